// VLANs as a manager sees them: what is refused, and who is in which.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { lab } from "../lab.js";
import { refuses } from "../refusal.js";

const test = suite("vlans");

test("makes VLANs 1 to 4094, each once", () => {
  const { sw } = lab();
  for (const vid of [1, 4094]) sw.vlans.create(vid);
  for (const vid of [-1, 0, 4095, 4096]) refuses("EINVAL", () => sw.vlans.create(vid));
  refuses("EEXIST", () => sw.vlans.create(1));
  assert.equal([...sw.vlans.list()], [0, 1, 4094]);
});

test("unmakes a VLAN that no port is in, and never VLAN 0", () => {
  const { sw } = lab([{ port: 1, vlan: 7, tagged: [8] }]);
  refuses("ENXIO", () => sw.vlans.remove(9));
  refuses("EADDRINUSE", () => sw.vlans.remove(7));
  refuses("EADDRINUSE", () => sw.vlans.remove(8));
  refuses("EINVAL", () => sw.vlans.remove(0));
  sw.vlans.setPvid(1, 0);
  sw.vlans.remove(7);
  assert.equal([...sw.vlans.list()], [0, 8]);
});

test("does not count a trunk as being in a VLAN that is to go", () => {
  const { sw } = lab([{ port: 1, trunk: true }]);
  sw.vlans.create(7);
  sw.vlans.remove(7);
});

test("wants VLANs and ports to be there before they meet", () => {
  const { sw } = lab();
  sw.vlans.create(7);
  refuses("ENXIO", () => sw.vlans.addPort(8, 1));
  refuses("ENXIO", () => sw.vlans.addPort(7, 9));
  refuses("EINVAL", () => sw.vlans.addPort(7, 65));
  refuses("ENXIO", () => sw.vlans.setPvid(1, 8));
  refuses("ENXIO", () => sw.vlans.setPvid(9, 7));
  refuses("ENXIO", () => sw.vlans.setTrunk(9, true));
});

test("does not take a port out of the VLAN of its untagged frames", () => {
  const { sw } = lab([{ port: 1, vlan: 7 }]);
  refuses("EADDRINUSE", () => sw.vlans.removePort(7, 1));
});

test("leaves a port that is untagged in a VLAN so, when it is added", () => {
  const { sw } = lab([{ port: 1, vlan: 7 }]);
  sw.vlans.addPort(7, 1);
  assert.equal(sw.vlans.members(7), [{ port: 1, tagged: false, open: true, state: "forwarding" }]);
});

test("takes a tagged member for an untagged one when the VLAN becomes its own", () => {
  const { sw } = lab([{ port: 1, tagged: [7] }]);
  sw.vlans.setPvid(1, 7);
  assert.equal(
    sw.vlans.members(7).map(({ tagged }) => tagged),
    [false],
  );
  sw.vlans.setPvid(1, 0);
  assert.equal(sw.vlans.members(7), []);
});

test("lists the members of a VLAN by number, idle ones and trunks too", () => {
  const { sw, stations } = lab([{ port: 3, trunk: true }, { port: 1, vlan: 7 }, { port: 2, tagged: [7] }, { port: 4 }]);
  sw.unplug(stations[1]!.endpoint);
  assert.equal(
    sw.vlans.members(7).map(({ port, tagged, open }) => [port, tagged, open]),
    [
      [1, false, false],
      [2, true, true],
      [3, true, true],
    ],
  );
  assert.equal(
    sw.vlans.members(7, { trunks: false }).map(({ port }) => port),
    [1, 2],
  );
});

test.run();
