// Every kind of link of a page, in headless Chromium, isolated and not.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { WISHES } from "../conformance/wishes.js";
import { needs } from "../skip.js";
import { CHROMIUM_NEEDS, type Tab, Tabs } from "./chromium.js";

const KINDS = [
  "message port",
  "wire before a message port",
  "broadcast channel",
  "inbrowser",
  "data channel",
  "WebRTC mesh",
  "emulator",
  "two lent ports of a switch",
];

for (const isolated of [true, false]) {
  const test = suite(`links of a page, ${isolated ? "isolated" : "not isolated"}`);
  const when = needs(test, CHROMIUM_NEEDS);
  let tabs: Tabs;
  let tab: Tab;

  when("all kinds are tried", async () => {
    tabs = await Tabs.open({ programs: ["links"], isolated });
    tab = await tabs.tab("links");
    assert.equal(await tab.call("kinds"), KINDS);
  });
  for (const kind of KINDS)
    for (const wish of Object.keys(WISHES)) when(`${kind} ${wish}`, () => tab.call<void>("grant", kind, wish));
  when("nothing broke beside that", async () => {
    const said = tabs.said;
    await tabs.close();
    assert.equal(said, []);
  });

  test.run();
}
