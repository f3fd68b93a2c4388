// Switches in several tabs of headless Chromium, on one network: by channels between tabs, by a switch in a SharedWorker,
// by WebRTC.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { until } from "../interop/wait.js";
import { needs } from "../skip.js";
import { CHROMIUM_NEEDS, type Tab, Tabs } from "./chromium.js";

/** The port where the cable out of a tab is. */
const CABLE = 9;

for (const isolated of [true, false]) {
  const test = suite(`tabs, ${isolated ? "isolated" : "not isolated"}`);
  const when = needs(test, CHROMIUM_NEEDS);

  /** Three tabs with a switch and a host each, on one network, and nothing left of them afterwards. */
  async function three(kind: string, meets: boolean, work: (a: Tab, b: Tab, c: Tab) => Promise<void>): Promise<void> {
    const tabs = await Tabs.open({ programs: ["switch", "hub"], isolated });
    try {
      const [a, b, c] = [await tabs.tab("switch"), await tabs.tab("switch"), await tabs.tab("switch")];
      for (const tab of [a, b, c]) {
        await tab.call("open", [1]);
        await tab.call("plug", CABLE, kind, "lan");
      }
      if (meets) for (const tab of [a, b, c]) await tab.call("meet", CABLE, 2);
      await work(a, b, c);
      assert.equal(tabs.said, []);
    } finally {
      await tabs.close();
    }
  }

  /** Who is called hears it, and the third hears nothing, in its switch or at the cable. */
  async function converse(a: Tab, b: Tab, c: Tab): Promise<void> {
    await until("all are heard", async () => {
      await a.call("send", 1, "a > *");
      await new Promise((done) => setTimeout(done, 50));
      const heard = [await b.call<string[]>("overhear"), await c.call<string[]>("overhear")];
      return heard.every(({ length }) => length > 0);
    });
    await a.call("send", 1, "d > *");
    for (const tab of [b, c])
      await until("what was sent before has come", async () =>
        (await tab.call<string[]>("overhear")).includes("1: d > *"),
      );
    await b.call("send", 1, "b > a");
    assert.equal(await a.call("hear", 1), ["1: b > a"]);
    const before = await c.call("received", CABLE);
    for (let i = 0; i < 10; i++) {
      await a.call("send", 1, "a > b");
      assert.equal(await b.call("hear", 1), ["1: a > b"]);
      await b.call("send", 1, "b > a");
      assert.equal(await a.call("hear", 1), ["1: b > a"]);
    }
    assert.equal(await c.call("overhear"), []);
    assert.is(await c.call("received", CABLE), before);
  }

  when("by a broadcast channel: who is not meant hears nothing, and who goes is missed by all", () =>
    three("broadcast", true, async (a, b, c) => {
      await converse(a, b, c);
      await c.close();
      for (const tab of [a, b]) await tab.call("meet", CABLE, 1);
      await a.call("send", 1, "a > *");
      assert.equal(await b.call("hear", 1), ["1: a > *"]);
    }),
  );

  when("by a switch in a SharedWorker, which unplugs who is gone", () =>
    three("hub", false, async (a, b, c) => {
      await converse(a, b, c);
      const plugged = () =>
        a.page.evaluate(`new Promise((done) => {
          const census = new BroadcastChannel("census");
          census.onmessage = ({ data }) => { census.close(); done(data); };
          census.postMessage("how many?");
        })`);
      assert.is(await plugged(), 3);
      await c.close();
      await until("the third is unplugged", async () => (await plugged()) === 2);
    }),
  );

  when("by WebRTC, each with each", () =>
    three("rtc", true, async (a, b, c) => {
      await converse(a, b, c);
      await a.call("close"); // says goodbye
      for (const tab of [b, c]) await tab.call("meet", CABLE, 1);
    }),
  );

  test.run();
}
