// What a link does to the machine that it is the card of, and what strangers may send: in a page, isolated and not.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { needs } from "../skip.js";
import { CHROMIUM_NEEDS, type Tab, Tabs } from "./chromium.js";

/** What the page's program does, by the function that does it. */
const DEEDS: Readonly<Record<string, string>> = {
  behave: "a machine's frames are copied, come in a turn of their own, and end with the link",
  breakNothing: "what breaks on one side does not break the other",
  pace: "a card gets no more at once than it can take",
  bearGarbage: "what is no message of ours is passed over",
  boundBacklog: "nothing is kept for who does not listen",
  loop: "a cable from a switch to itself is held",
};

for (const isolated of [true, false]) {
  const test = suite(`machines and strangers, ${isolated ? "isolated" : "not isolated"}`);
  const when = needs(test, CHROMIUM_NEEDS);
  let tabs: Tabs;
  let tab: Tab;

  when("a page is opened", async () => {
    tabs = await Tabs.open({ programs: ["machines"], isolated });
    tab = await tabs.tab("machines");
  });
  for (const [name, deed] of Object.entries(DEEDS)) when(deed, () => tab.call<void>(name));
  when("nothing broke beside that", async () => {
    const { said } = tabs;
    await tabs.close();
    assert.equal(said, []);
  });

  test.run();
}
