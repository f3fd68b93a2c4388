// Frames that go nowhere, each for a reason, and each counted under it; and sizes, which are one of the reasons.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as abi from "../../assembly/abi.js";
import { DROP_REASONS } from "../../host/counters.js";
import { lab } from "../lab.js";

const test = suite("drops");

function discard({ core }: ReturnType<typeof lab>, set: number, port: number): void {
  core.put(abi.VLANS + set, port, true);
}

/** How each reason comes about. A queue's reasons want a peer that takes nothing: queue.test.ts has them. */
const WAYS: Record<string, (bench: ReturnType<typeof lab>) => void> = {
  runt: ({ say }) => say(1, new Uint8Array(13)),
  giant: ({ say }) => say(1, "a > b /9217"),
  "no-pvid": ({ say, sw }) => {
    sw.vlans.setPvid(1, 4095);
    say(1, "a > b");
  },
  "not-member": ({ say }) => say(1, "a > b #7"),
  reserved: ({ say }) => say(1, "a > 01:80:c2:00:00:00"),
  discarding: (bench) => {
    discard(bench, abi.VLAN_NOT_FORWARDING, 1);
    bench.say(1, "a > b");
  },
  local: ({ say }) => say(1, "a > *", "b > a"),
  nowhere: ({ say, sw, stations }) => {
    for (const { endpoint } of stations.slice(1)) sw.unplug(endpoint);
    say(1, "a > b");
  },
};
const ELSEWHERE = ["inner-tag", "queue", "share", "peer", "closed", "memory"];

test("every reason has a way here, or is one of vlan.test.ts, queue.test.ts and offload.test.ts", () => {
  const names = [...DROP_REASONS.values()].map(({ name }) => name);
  assert.equal([...Object.keys(WAYS), ...ELSEWHERE].sort(), names.sort());
});

for (const [reason, happen] of Object.entries(WAYS)) {
  test(`counts a frame as ${reason}, once, at the port where it came in`, () => {
    const bench = lab();
    happen(bench);
    assert.equal(bench.sw.counters(1).drops, { [reason]: 1 });
    assert.equal(bench.sw.counters(2).drops, {});
    assert.is(bench.stations.flatMap(({ heard }) => heard).length, 0);
  });
}

test("says inner-tag at the port where the frame should have left", () => {
  const { say, sw } = lab([
    { port: 1, tagged: [7] },
    { port: 2, vlan: 7 },
  ]);
  assert.equal(say(1, "a > b #7 #8"), []);
  assert.equal([sw.counters(1).drops, sw.counters(2).drops], [{}, { "inner-tag": 1 }]);
});

test("counts frames and octets, as they come in and as they go out", () => {
  const { say, sw } = lab([
    { port: 1, vlan: 7 },
    { port: 2, tagged: [7] },
    { port: 3, vlan: 7 },
  ]);
  say(1, "a > *", "a > * /1000");
  const { rxFrames, rxOctets, txFrames, txOctets, addresses } = sw.counters(1);
  assert.equal([rxFrames, rxOctets, txFrames, txOctets, addresses], [2, 1060, 0, 0, 1]);
  assert.equal([sw.counters(2).txFrames, sw.counters(2).txOctets], [2, 1068]);
  assert.equal([sw.counters(3).txFrames, sw.counters(3).txOctets], [2, 1060]);
});

test("counts a frame that leaves once for all endpoints of a port", () => {
  const { say, sw, plug } = lab();
  plug({ port: 2 });
  say(1, "a > *");
  assert.is(sw.counters(2).txFrames, 1);
});

test("counts what it drops as received, too", () => {
  const { say, sw } = lab();
  say(1, new Uint8Array(13), "a > b /9217", "a > b #7");
  assert.equal([sw.counters(1).rxFrames, sw.counters(1).rxOctets], [3, 13 + 9217 + 64]);
});

test("sets the counters of one port to zero, and not its addresses", () => {
  const { say, sw } = lab();
  say(1, "a > *", new Uint8Array(3));
  sw.resetCounters(1);
  assert.equal(sw.counters(1), { rxFrames: 0, rxOctets: 0, txFrames: 0, txOctets: 0, addresses: 1, drops: {} });
  assert.is(sw.counters(2).txFrames, 1);
});

test("drops every runt, 0 to 13 octets, and a tagged frame without room for a type", () => {
  const { say, sw } = lab();
  for (let size = 0; size < 14; size++) assert.equal(say(1, new Uint8Array(size)), []);
  for (let size = 14; size < 18; size++) assert.equal(say(1, `a > b #0 /${size}`), []);
  assert.equal(sw.counters(1).drops, { runt: 18 });
});

test("takes frames of 9,216 octets as it starts, and none longer", () => {
  const { say, sw } = lab();
  assert.is(say(1, "a > b /9216").length, 2);
  assert.is(say(1, "a > b /9217").length, 0);
  assert.is(say(1, "a > b /20000").length, 0);
  assert.equal(sw.counters(1).drops, { giant: 2 });
});

test("takes frames as long as its MTU, a header and a tag", () => {
  const { say, sw } = lab();
  for (const mtu of [46, 1500, 9000, 9216]) {
    sw.mtu = mtu;
    assert.is(say(1, `a > b /${mtu + 18}`).length, 2);
    assert.is(say(1, `a > b /${mtu + 19}`).length, 0);
  }
});

test("pushes a tag onto the longest frame", () => {
  const { say, sw } = lab([
    { port: 1, vlan: 7 },
    { port: 2, tagged: [7] },
  ]);
  sw.mtu = 9216;
  assert.equal(say(1, "a > b /9234"), ["2: a > b #7 /9238"]);
});

test("neither learns nor forwards where spanning tree forbids both, and learns where it forbids one", () => {
  const bench = lab();
  discard(bench, abi.VLAN_NOT_FORWARDING, 1);
  discard(bench, abi.VLAN_NOT_LEARNING, 1);
  assert.equal(bench.say(1, "a > *"), []);
  assert.is(bench.sw.fdb.count, 0);
  bench.core.put(abi.VLANS + abi.VLAN_NOT_LEARNING, 1, false);
  assert.equal(bench.say(1, "a > *"), []);
  assert.is(bench.sw.fdb.count, 1);
  assert.equal(bench.say(2, "b > *"), ["3: b > *"]);
  assert.equal(bench.say(2, "b > a"), []);
});

test.run();
