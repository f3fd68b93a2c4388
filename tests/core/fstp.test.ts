// Spanning tree at one switch: what it says, octet by octet, to whom, and what becomes of its ports. tree/ has networks.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { lab, plain, type Station } from "../lab.js";
import { bench, bpdu, CONFIGURATION, hex, last, OWN, states, type Words } from "./fstp-bench.js";

const test = suite("fstp");

const FOLLOWERS_FROM = 65;

test("greets every neighbour at once, in the standard's form with its own mark behind", () => {
  const { sw, stations, clock } = lab(plain);
  sw.fstp.enabled = true;
  clock.pass(0);
  const frame = last(stations[0]!);
  const header = `0180c2000000${OWN}0034424203`;
  const body = `000002020e8000${OWN}000000008000${OWN}8001000014000200${"0f00"}00`;
  assert.is(frame.slice(0, 106), header + body);
  assert.match(frame.slice(106), /^4c4f4f4d01[0-9a-f]{8}00000000$/);
});

test("says nothing while it is off, and forgets what it had blocked", () => {
  const made = lab(plain);
  made.clock.pass(10_000);
  assert.equal(
    made.stations.flatMap(({ heard }) => heard),
    [],
  );
  made.sw.fstp.enabled = true;
  assert.equal(states(made as never), ["discarding", "discarding", "discarding"]);
  made.sw.fstp.enabled = false;
  assert.equal(states(made as never), ["forwarding", "forwarding", "forwarding"]);
});

test("opens a port that a manager calls an edge at once", () => {
  const made = bench();
  made.sw.fstp.setEdge(0, 3, true);
  assert.equal(states(made), ["discarding", "discarding", "forwarding"]);
});

test("closes an edge port where a bridge is heard, until that one has agreed", () => {
  const made = bench();
  made.clock.pass(4000);
  made.say(1, bpdu({ flags: 0x3c, root: "f000020000000001" }));
  assert.equal(states(made), ["discarding", "forwarding", "forwarding"]);
  made.say(1, bpdu({ flags: 0x68, root: `8000${OWN}`, cost: 20_000, bridge: "f000020000000001" }));
  assert.equal(states(made), ["forwarding", "forwarding", "forwarding"]);
});

test("takes a better bridge for its root, and answers a proposal with an agreement", () => {
  const made = bench();
  made.sw.fstp.setCost(1, 20_000);
  made.stations[0]!.heard = [];
  made.clock.pass(0);
  made.stations[0]!.link.send(bpdu({ flags: 0x0e }));
  made.clock.pass(0);
  assert.match(last(made.stations[0]!), /^.{42}(78|79)1000020000000001/);
  assert.equal(made.sw.fstp.tree(0).rootPort, 1);
  assert.is(made.sw.fstp.tree(0).cost, 20_000);
});

test("speaks VDE's dialect to a VDE switch: its times, and root and alternate swapped", () => {
  const made = bench();
  const vde = { times: [40, 4, 0] as const };
  made.stations[0]!.link.send(bpdu({ flags: 0x3c, ...vde }));
  made.stations[1]!.link.send(bpdu({ flags: 0x3c, cost: 20_000_000, bridge: "8000020000000002", ...vde }));
  made.clock.pass(0);
  assert.match(last(made.stations[0]!), /^.{42}7[45].{44}.{4}280004000000/);
  assert.match(last(made.stations[1]!), /^.{42}4[ab].{44}.{4}280004000000/);
  assert.equal(states(made), ["forwarding", "discarding", "discarding"]);
  assert.is(made.sw.fstp.branch(0, 1)?.peer, "vde");
});

test("falls back to STP for a neighbour that speaks nothing else", () => {
  const made = bench();
  for (let i = 0; i < 4; i++) {
    made.say(1, CONFIGURATION);
    made.pass(2000);
  }
  assert.is(made.sw.fstp.branch(0, 1)?.peer, "stp");
  assert.equal(made.sw.fstp.tree(0).rootPort, 1);
});

test("keeps a tree for each VLAN, with tagged BPDUs where the port is tagged", () => {
  const made = bench([
    { port: 1, tagged: [7] },
    { port: 2, tagged: [7] },
    { port: 3, vlan: 7 },
  ]);
  made.clock.pass(2000);
  assert.ok(made.stations[0]!.heard.some((frame) => hex(frame).startsWith(`0180c2000000${OWN}81000007`)));
  assert.not.ok(made.stations[2]!.heard.some((frame) => hex(frame).startsWith(`0180c2000000${OWN}8100`)));
  made.say(1, bpdu({ flags: 0x3c, vlan: 7 }));
  assert.is(made.sw.fstp.tree(7).rootPort, 1);
  assert.is(made.sw.fstp.tree(0).rootPort, undefined);
});

test("lets VLANs beyond the trees there are follow the common one", () => {
  const made = bench([{ port: 1 }, { port: 2 }]);
  for (let vid = 1; vid <= FOLLOWERS_FROM; vid++) {
    made.sw.vlans.create(vid);
    made.sw.vlans.addPort(vid, 1);
    made.sw.vlans.addPort(vid, 2);
  }
  assert.is(made.sw.fstp.treeOf(FOLLOWERS_FROM), 0);
  assert.ok(made.sw.fstp.treeOf(63) > 0);
  assert.equal(states(made, FOLLOWERS_FROM), ["discarding", "discarding"]);
  made.clock.pass(3000);
  assert.equal(states(made, FOLLOWERS_FROM), ["forwarding", "forwarding"]);
});

test("lets the VLANs of a port that trunks follow, those too that nobody made", () => {
  const made = bench([
    { port: 1, trunk: true },
    { port: 2, trunk: true },
  ]);
  assert.equal(made.say(1, "a > * #99"), []);
  made.clock.pass(3000);
  for (const station of made.stations) station.heard = [];
  assert.equal(made.say(1, "a > * #99"), ["2: a > * #99"]);
});

test("forgets addresses behind other ports when the topology changes, and only in that tree", () => {
  const made = bench([
    { port: 1, tagged: [7] },
    { port: 2, tagged: [7] },
  ]);
  const answer = (port: number, flags: number): Words => ({
    flags,
    root: `8000${OWN}`,
    cost: 20_000_000,
    bridge: `f00002000000000${port}`,
    times: [40, 4, 0],
  });
  for (const port of [1, 2]) made.say(port, bpdu(answer(port, 0x74)), bpdu({ ...answer(port, 0x74), vlan: 7 }));
  made.say(1, "a > *", "a > * #7");
  made.say(2, "b > *", "b > * #7");
  assert.is(made.sw.fdb.count, 4);
  made.say(1, bpdu(answer(1, 0x75)));
  const left = [...made.sw.fdb.list()].map(({ port, vlan }) => `${port} #${vlan}`).sort();
  assert.equal(left, ["1 #0", "1 #7", "2 #7"]);
});

test("breaks a loop of a tagged VLAN through bridges that have one tree for all", () => {
  const made = bench([
    { port: 1, tagged: [7] },
    { port: 2, tagged: [7] },
  ]);
  const [one, two] = made.stations;
  const cloud = (from: Station, to: Station) => {
    from.link.onframe = (frame) => {
      if (!hex(frame).startsWith("0180c2")) to.link.send(frame.slice());
    };
  };
  cloud(one!, two!);
  cloud(two!, one!);
  for (let second = 0; second < 60; second++) {
    for (const port of [1, 2]) made.say(port, bpdu({ flags: 0x3c, cost: port, bridge: "8000020000000009" }));
    made.pass(1000);
  }
  assert.equal(states(made, 7), ["forwarding", "discarding"]);
  assert.is(made.sw.fstp.branch(7, 2)?.role, "Backup");
});

test("closes a port that hears itself", () => {
  const made = bench();
  made.clock.pass(4000);
  for (let i = 0; i < 10; i++) {
    made.stations[0]!.heard = [];
    made.clock.pass(2000);
    for (const frame of [...made.stations[0]!.heard]) made.stations[0]!.link.send(frame);
    made.clock.pass(0);
  }
  assert.is(states(made)[0], "discarding");
});

test.run();
