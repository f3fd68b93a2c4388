// 802.1Q: who is in which VLAN, with which tag. vectors/vlan.md has the octets.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { lab } from "../lab.js";

const test = suite("vlan");

test("pushes and pops the tag for members of the other kind", () => {
  const { say } = lab([
    { port: 1, vlan: 7 },
    { port: 2, tagged: [7] },
    { port: 3, vlan: 7 },
  ]);
  assert.equal(say(1, "a > *"), ["2: a > * #7", "3: a > *"]);
  assert.equal(say(2, "b > * #7"), ["1: b > *", "3: b > *"]);
  assert.equal(say(2, "b > a #7"), ["1: b > a"]);
});

test("keeps VLANs apart", () => {
  const { say } = lab([{ port: 1, vlan: 7 }, { port: 2, vlan: 8 }, { port: 3, vlan: 7 }, { port: 4 }]);
  assert.equal(say(1, "a > *"), ["3: a > *"]);
  assert.equal(say(2, "b > a"), []);
  assert.equal(say(4, "c > a"), []);
});

test("lets no tagged frame in for a VLAN that the port is not in", () => {
  const { say, sw } = lab([
    { port: 1, tagged: [7] },
    { port: 2, tagged: [8] },
    { port: 3, vlan: 8 },
  ]);
  assert.equal(say(1, "a > * #8"), []);
  assert.equal(say(1, "a > * #9", "a > * #4095"), []);
  assert.equal(sw.counters(1).drops, { "not-member": 3 });
  assert.is(sw.fdb.count, 0);
});

test("takes a frame tagged for the port's own untagged VLAN, as VDE does", () => {
  const { say } = lab([
    { port: 1, vlan: 7 },
    { port: 2, vlan: 7 },
    { port: 3, tagged: [7] },
  ]);
  assert.equal(say(1, "a > * #7"), ["2: a > *", "3: a > * #7"]);
});

test("lets no untagged frame in where the port has no VLAN for it", () => {
  const { say, sw } = lab([{ port: 1, vlan: 4095, tagged: [7] }, { port: 2, vlan: 7 }, { port: 3 }]);
  assert.equal(say(1, "a > *"), []);
  assert.equal(say(1, "a > * #0"), []);
  assert.equal(say(1, "a > * #7"), ["2: a > *"]);
  assert.equal(sw.counters(1).drops, { "no-pvid": 1, "not-member": 1 });
  assert.equal(say(3, "c > *"), []);
});

test("puts a priority tag's frame into the port's VLAN, and keeps the priority on the way out", () => {
  const { say } = lab([
    { port: 1, vlan: 7 },
    { port: 2, tagged: [7] },
    { port: 3, vlan: 7 },
  ]);
  assert.equal(say(1, "a > * #0p5d"), ["2: a > * #7p5d", "3: a > *"]);
});

test("carries priority and drop eligibility from tag to tag", () => {
  const { say } = lab([
    { port: 1, tagged: [7] },
    { port: 2, tagged: [7] },
  ]);
  for (let priority = 1; priority < 8; priority++) {
    assert.equal(say(1, `a > * #7p${priority}`), [`2: a > * #7p${priority}`]);
    assert.equal(say(1, `a > * #7p${priority}d`), [`2: a > * #7p${priority}d`]);
  }
});

test("carries every VLAN from 1 to 4094", () => {
  const { say, sw, pass } = lab([{ port: 1 }, { port: 2 }, { port: 3 }]);
  for (let vid = 1; vid <= 4094; vid++) {
    sw.vlans.create(vid);
    sw.vlans.addPort(vid, 1);
    sw.vlans.setPvid(2, vid);
    assert.equal(say(1, `a > * #${vid}`), ["2: a > *"]);
    assert.equal(say(2, "b > *"), [`1: b > * #${vid}`]);
    if (vid % 1000 === 0) pass(200_000);
  }
});

test("sends every VLAN to a port that trunks, those too that nobody made", () => {
  const { say, sw } = lab([
    { port: 1, trunk: true },
    { port: 2, trunk: true },
    { port: 3, vlan: 7 },
  ]);
  assert.equal(say(1, "a > * #7"), ["2: a > * #7", "3: a > *"]);
  assert.equal(say(1, "a > * #4094"), ["2: a > * #4094"]);
  assert.equal(say(1, "a > *"), ["2: a > *"]);
  assert.equal(say(3, "c > *"), ["1: c > * #7", "2: c > * #7"]);
  assert.equal(say(1, "a > * #4095"), []);
  sw.vlans.setTrunk(2, false);
  assert.equal(say(1, "a > * #7"), ["3: a > *"]);
});

test("sends a trunk the VLAN of its own untagged frames without a tag", () => {
  const { say } = lab([{ port: 1, trunk: true, vlan: 7 }, { port: 2, vlan: 7 }, { port: 3 }]);
  assert.equal(say(2, "b > *"), ["1: b > *"]);
  assert.equal(say(1, "a > *"), ["2: a > *"]);
  assert.equal(say(3, "c > *"), []);
});

test("drops a frame that would show another tag when it leaves without its own", () => {
  const { say } = lab([
    { port: 1, tagged: [7] },
    { port: 2, vlan: 7 },
    { port: 3, tagged: [7] },
    { port: 4, vlan: 8 },
  ]);
  assert.equal(say(1, "a > * #7 #8"), ["3: a > * #7 #8"]);
  assert.equal(say(1, "a > * #7 @8"), ["3: a > * #7 @8"]);
  assert.equal(say(1, "a > * #7 #7 #8"), ["3: a > * #7 #7 #8"]);
});

test("does not let a priority tag hide another tag", () => {
  const { say } = lab([
    { port: 1, vlan: 7 },
    { port: 2, vlan: 7 },
    { port: 3, tagged: [7] },
  ]);
  assert.equal(say(1, "a > * #0 #8"), ["3: a > * #7 #8"]);
});

test("takes an 802.1ad tag for payload of the port's VLAN", () => {
  const { say } = lab([
    { port: 1, vlan: 7 },
    { port: 2, vlan: 7 },
    { port: 3, tagged: [7] },
  ]);
  assert.equal(say(1, "a > * @9 #8"), ["2: a > * @9 #8", "3: a > * #7 @9 #8"]);
});

test("forgets a port's addresses when its VLANs change, and others' never", () => {
  const { say, sw } = lab([
    { port: 1, tagged: [7] },
    { port: 2, tagged: [7] },
  ]);
  const changes = [
    () => sw.vlans.setPvid(1, 4095),
    () => sw.vlans.setTrunk(1, true),
    () => sw.vlans.setTrunk(1, false),
    () => sw.vlans.removePort(7, 1),
  ];
  say(2, "b > * #7");
  for (const change of changes) {
    say(1, "a > * #7");
    assert.is(sw.fdb.count, 2);
    change();
    assert.equal(
      [...sw.fdb.list()].map(({ port }) => port),
      [2],
    );
  }
});

test("sends nothing to a port that left a VLAN, or whose VLAN is gone", () => {
  const { say, sw } = lab([
    { port: 1, tagged: [7] },
    { port: 2, tagged: [7] },
  ]);
  sw.vlans.removePort(7, 2);
  assert.equal(say(1, "a > * #7"), []);
  sw.vlans.removePort(7, 1);
  sw.vlans.remove(7);
  assert.equal(say(1, "a > * #7"), []);
  assert.is(sw.fdb.count, 0);
});

test.run();
