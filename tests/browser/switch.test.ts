// A switch in a page of headless Chromium, with its core on a thread of its own and without.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { needs } from "../skip.js";
import { CHROMIUM_NEEDS, type Tab, Tabs } from "./chromium.js";

for (const isolated of [true, false]) {
  const test = suite(`a page's switch, ${isolated ? "isolated" : "not isolated"}`);
  const when = needs(test, CHROMIUM_NEEDS);
  let tabs: Tabs;
  let tab: Tab;

  test.before(async () => {
    tabs = await Tabs.open({ programs: ["switch"], isolated });
    tab = await tabs.tab("switch");
  });
  test.after(() => tabs.close());

  when("learns, floods and forwards", async () => {
    assert.equal(await tab.call("open", [1, 2, 3]), []);
    assert.equal(await tab.call("say", 1, "a > *", 2), ["2: a > *", "3: a > *"]);
    assert.equal(await tab.call("say", 2, "b > a", 1), ["1: b > a"]);
    assert.equal(await tab.call("say", 1, "a > b", 1), ["2: a > b"]);
    assert.equal(tabs.said, []);
    assert.is(
      tab.page.workers().some((worker) => worker.url().endsWith("/core-worker.js")),
      isolated,
    );
    await tab.call("close");
  });

  when("has VLANs and the console of every switch", async () => {
    await tab.call("open", [1, 2, 3]);
    for (const line of ["vlan/create 7", "port/setvlan 1 7", "port/setvlan 2 7", "vlan/addport 7 3"])
      assert.match(await tab.call("type", line), /1000 Success/);
    assert.equal(await tab.call("say", 1, "a > *", 2), ["2: a > *", "3: a > * #7"]);
    assert.match(await tab.call("type", "hash/print"), /02:00:00:00:00:61.*0007/s);
    assert.match(await tab.call("type", "nonsense"), /1038/);
    await tab.call("close");
  });

  when("plugs in links by URL, and says what it cannot", async () => {
    await tab.call("open", [1]);
    assert.match(await tab.call("type", "port/link 7 wire://delay=1{broadcast://lan}"), /1000 Success/);
    assert.equal(await tab.call("endpoints", 7), ["wire://delay=1{broadcast://lan}"]);
    const refused = { "tap://tap0": "1093", nonsense: "1022", "wire://loss{": "1022", "ws://127.0.0.1:1/": "1111" };
    for (const [url, code] of Object.entries(refused))
      assert.match(await tab.call("type", `port/link 8 ${url}`), new RegExp(`^${code} .*`, "m"), url);
    await tab.call("close");
  });

  test.run();
}

const test = suite("a page's switch without its worker");

needs(test, CHROMIUM_NEEDS)("runs in the page, and says why", async () => {
  const files = { "/lib/core-worker.js": new URL("file:///nowhere") };
  const tabs = await Tabs.open({ programs: ["switch"], isolated: true, files });
  try {
    const tab = await tabs.tab("switch");
    const [said = ""] = await tab.call<string[]>("open", [1, 2]);
    assert.match(said, /worker does not start: .*; the switch runs on this thread$/);
    assert.is(await tab.call("isThreaded"), false);
    assert.equal(await tab.call("say", 1, "a > *", 1), ["2: a > *"]);
    await tab.call("close");
  } finally {
    await tabs.close();
  }
});

test.run();
