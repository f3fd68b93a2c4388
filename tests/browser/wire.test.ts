// The same wire in a page as on Node: with the same seed, the same frames meet the same fate.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { linkPair } from "../../host/link-pair.js";
import { wireFrom } from "../../host/wire/settings.js";
import { nodeClock } from "../../host-node/clock.js";
import { needs } from "../skip.js";
import { fates } from "../wire/fate.js";
import { CHROMIUM_NEEDS, type Tab, Tabs } from "./chromium.js";

const test = suite("wire in a page");
const when = needs(test, CHROMIUM_NEEDS);
const FRAMES = 3000;
let tabs: Tabs;
let tab: Tab;

when("a page opens", async () => {
  tabs = await Tabs.open({ programs: ["wire"], isolated: false });
  tab = await tabs.tab("wire");
});

for (const settings of [
  "loss=10,lostburst=3,noise=500,dup=5",
  "delay=20+15N,correlation=60,loss=2,fifo=0",
  "bandwidth=10M,qlen=3000,reorder=3,delay=5",
]) {
  when(`${settings}: as on Node`, async () => {
    const there = await tab.call<string[]>("run", settings, 7, FRAMES);
    const here = await fates(wireFrom(settings, { seed: 7, clock: nodeClock }), linkPair(), FRAMES);
    assert.ok(here.length > FRAMES / 2);
    assert.equal([...there].sort(), [...here].sort());
  });
}

when("a delay is kept", async () => {
  const took = await tab.call<number[]>("delays", "delay=30", 10);
  assert.ok(
    took.every((ms) => ms >= 30),
    `${took}`,
  );
});

when("nothing broke beside that", async () => {
  const said = tabs.said;
  await tabs.close();
  assert.equal(said, []);
});

test.run();
