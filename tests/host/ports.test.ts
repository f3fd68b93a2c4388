// Ports as a manager sees them: which number a plug gets, who may plug in, and what is refused.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { linkPair } from "../../host/link-pair.js";
import type { Identity, Port } from "../../host/ports.js";
import { lab } from "../lab.js";
import { refuses } from "../refusal.js";

const test = suite("ports");

const ALICE: Identity = { uid: 1000, inGroup: (gid) => gid === 50 };
const BOB: Identity = { uid: 1001, inGroup: () => false };
const ROOT: Identity = { uid: 0, inGroup: () => false };

function plugAs({ sw }: ReturnType<typeof lab>, port: Port, { uid }: Identity) {
  return sw.ports.plug(port, { kind: 1, module: "test", uid, close: () => {} });
}

test("gives the lowest number that is free, from 1, and one that came free again", () => {
  const { sw } = lab([]);
  const endpoints = [1, 2, 3].map(() => sw.plug(linkPair()[0]));
  assert.equal(
    endpoints.map(({ port }) => port),
    [1, 2, 3],
  );
  sw.unplug(endpoints[1]!);
  assert.is(sw.plug(linkPair()[0]).port, 2);
  assert.is(sw.plug(linkPair()[0]).port, 4);
});

test("an endpoint's number is nobody else's for long, and comes round at four digits", () => {
  const { sw } = lab([]);
  const [first, second] = [sw.plug(linkPair()[0]), sw.plug(linkPair()[0])];
  assert.equal([first.id, second.id], [1, 2]);
  sw.unplug(first);
  assert.is(sw.plug(linkPair()[0], { port: first.port }).id, 3);
  for (let id = 4; id <= 9_999; id++) {
    const endpoint = sw.plug(linkPair()[0]);
    assert.is(endpoint.id, id);
    sw.unplug(endpoint);
  }
  assert.is(sw.plug(linkPair()[0]).id, 1, "the first that is free");
  assert.is(sw.plug(linkPair()[0]).id, 4, "2 and 3 are plugged in");
});

test("gives port 0 only to who asks for it", () => {
  const { sw } = lab([], { ports: 1 });
  assert.is(sw.plug(linkPair()[0]).port, 1);
  refuses("ENOSPC", () => sw.plug(linkPair()[0]));
  assert.is(sw.plug(linkPair()[0], { port: 0 }).port, 0);
});

test("gives a port that a manager made only to who asks for it by number", () => {
  const { sw } = lab([]);
  sw.ports.create(1);
  assert.is(sw.plug(linkPair()[0]).port, 2);
  assert.is(sw.plug(linkPair()[0], { port: 1 }).port, 1);
  sw.ports.create(5).allocatable = true;
  assert.equal(
    [3, 4, 5].map(() => sw.plug(linkPair()[0]).port),
    [3, 4, 5],
  );
});

test("refuses ports that cannot be, are there, are not there, or are in use", () => {
  const { sw } = lab([{ port: 1 }], { ports: 8 });
  refuses("EINVAL", () => sw.ports.create(9));
  refuses("EINVAL", () => sw.ports.create(-1));
  refuses("EEXIST", () => sw.ports.create(1));
  refuses("ENXIO", () => sw.ports.remove(2));
  refuses("EADDRINUSE", () => sw.ports.remove(1));
  refuses("EINVAL", () => sw.plug(linkPair()[0], { port: 9 }));
});

test("keeps the number of ports within 1 and 4096, and above those that are there", () => {
  const { sw } = lab([{ port: 5 }]);
  for (const count of [0, 4097]) refuses("EINVAL", () => Object.assign(sw.ports, { count }));
  refuses("EADDRINUSE", () => Object.assign(sw.ports, { count: 4 }));
  sw.ports.count = 5;
  sw.ports.count = 4096;
  assert.is(sw.plug(linkPair()[0], { port: 4096 }).port, 4096);
});

test("lets in the user and the group that a port is for, and root", () => {
  const { sw } = lab([]);
  const port = sw.ports.create(1);
  sw.ports.admit(port, BOB);
  port.user = 1000;
  sw.ports.admit(port, ALICE);
  sw.ports.admit(port, ROOT);
  refuses("EACCES", () => sw.ports.admit(port, BOB));
  port.user = undefined;
  port.group = 50;
  sw.ports.admit(port, ALICE);
  refuses("EACCES", () => sw.ports.admit(port, BOB));
});

test("lets in beside a user only himself: not root, either", () => {
  const bench = lab([]);
  const port = bench.sw.ports.create(1);
  const endpoint = plugAs(bench, port, ALICE);
  bench.sw.ports.admit(port, ALICE);
  for (const other of [BOB, ROOT]) refuses("EACCES", () => bench.sw.ports.admit(port, other));
  bench.sw.ports.unplug(endpoint);
  bench.sw.ports.admit(port, BOB);
});

test("passes over ports that are for others when any will do", () => {
  const { sw } = lab([]);
  sw.ports.create(1).allocatable = true;
  sw.ports.get(1).user = 1000;
  assert.is(sw.ports.allocate(undefined, BOB).id, 2);
  assert.is(sw.ports.allocate(undefined, ALICE).id, 1);
});

test("keeps VLANs, limits and counters of a port while nothing is plugged in, and no longer than the port", () => {
  const { sw, say, plug, stations } = lab([
    { port: 1, vlan: 7 },
    { port: 2, vlan: 7 },
  ]);
  sw.fdb.setPortLimit(1, 3);
  say(1, "a > *");
  sw.unplug(stations[0]!.endpoint);
  plug({ port: 1, vlan: 7 });
  assert.equal([sw.vlans.pvid(1), sw.fdb.portLimit(1), sw.counters(1).rxFrames], [7, 3, 1]);
  sw.unplug(stations[2]!.endpoint);
  sw.ports.remove(1);
  sw.ports.create(1);
  assert.equal([sw.vlans.pvid(1), sw.fdb.portLimit(1), sw.counters(1).rxFrames], [0, 65_536, 0]);
});

test("lists ports by number, and those in use if asked", () => {
  const { sw } = lab([{ port: 9 }, { port: 2 }]);
  sw.ports.create(5);
  assert.equal(
    sw.ports.list().map(({ id }) => id),
    [2, 5, 9],
  );
  assert.equal(
    sw.ports.list({ open: true }).map(({ id }) => id),
    [2, 9],
  );
});

test.run();
