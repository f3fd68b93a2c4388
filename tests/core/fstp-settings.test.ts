// What a manager sets for spanning tree: guards, filters, edges, versions.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { bench, bpdu, CONFIGURATION, last, states } from "./fstp-bench.js";

const test = suite("fstp settings");

test("speaks rapid spanning tree again when it is told to check, until STP is heard after it", () => {
  const made = bench();
  for (let i = 0; i < 4; i++) {
    made.say(1, CONFIGURATION);
    made.pass(2000);
  }
  assert.is(made.sw.fstp.branch(0, 1)?.peer, "stp");
  made.stations[0]!.heard = [];
  made.sw.fstp.check(1);
  made.clock.pass(0);
  assert.match(last(made.stations[0]!), /^.{28}42420300000202/);
  assert.is.not(made.sw.fstp.branch(0, 1)?.peer, "stp");
  for (let i = 0; i < 4; i++) {
    made.say(1, CONFIGURATION);
    made.pass(1000);
  }
  assert.is(made.sw.fstp.branch(0, 1)?.peer, "stp");
  made.sw.fstp.stpOnly = true;
  assert.throws(() => made.sw.fstp.check(1), /setstp/);
  assert.throws(() => made.sw.fstp.check(9), /no port 9/);
});

test("keeps what was set for a port of a VLAN before there was one, and while it is elsewhere", () => {
  const { sw, stations, plug } = bench([{ port: 1 }]);
  sw.vlans.create(7);
  sw.fstp.setEdge(7, 2, true);
  sw.fstp.setBonus(7, 2, 5);
  plug({ port: 2, vlan: 7 });
  assert.ok(sw.fstp.isEdge(7, 2));
  assert.equal(sw.fstp.bonus(7), { port: 2, cost: 5 });
  assert.is(sw.vlans.members(7)[0]?.state, "forwarding");
  sw.vlans.setPvid(2, 0);
  assert.is(sw.vlans.members(0)[1]?.state, "discarding");
  sw.vlans.setPvid(2, 7);
  assert.is(sw.vlans.members(7)[0]?.state, "forwarding");
  sw.unplug(stations[1]!.endpoint);
  sw.ports.remove(2);
  assert.not.ok(sw.fstp.isEdge(7, 2));
  assert.throws(() => sw.fstp.setCost(2, 5), /no port 2/);
});

test("shuts a port with BPDU guard at the first BPDU, until it is unplugged", () => {
  const made = bench();
  made.sw.fstp.setOption(1, "bpduguard", true);
  made.clock.pass(3000);
  made.say(1, bpdu({ flags: 0x3c }));
  made.clock.pass(60_000);
  assert.ok(made.sw.fstp.isShut(1));
  assert.is(states(made)[0], "discarding");
  made.sw.unplug(made.stations[0]!.endpoint);
  assert.not.ok(made.sw.fstp.isShut(1));
});

test("sends and hears nothing at a port with a filter", () => {
  const made = bench();
  made.sw.fstp.setOption(1, "bpdufilter", true);
  for (const station of made.stations) station.heard = [];
  made.clock.pass(10_000);
  assert.equal(made.stations[0]!.heard, []);
  made.say(1, bpdu({ flags: 0x3c }));
  assert.is(made.sw.fstp.tree(0).rootPort, undefined);
  assert.is(states(made)[0], "forwarding");
});

test("keeps a port with loop guard closed when its neighbour falls silent", () => {
  const made = bench();
  made.sw.fstp.setOption(2, "loopguard", true);
  made.say(1, bpdu({ flags: 0x3c }));
  made.say(2, bpdu({ flags: 0x3c, cost: 1, bridge: "8000020000000002" }));
  for (let i = 0; i < 60; i++) {
    made.say(1, bpdu({ flags: 0x3c }));
    made.clock.pass(1000);
  }
  assert.equal(states(made).slice(0, 2), ["forwarding", "discarding"]);
});

test("never takes a port with root guard for its root port", () => {
  const made = bench();
  made.sw.fstp.setOption(1, "rootguard", true);
  made.say(1, bpdu({ flags: 0x3c }));
  assert.is(made.sw.fstp.tree(0).rootPort, undefined);
  assert.is(made.sw.fstp.branch(0, 1)?.role, "Alternate");
  assert.is(states(made)[0], "discarding");
});

test("takes two endpoints in one port for a LAN that is shared", () => {
  const made = bench();
  assert.ok(made.sw.fstp.branch(0, 1)?.isPointToPoint);
  made.plug({ port: 1 });
  assert.not.ok(made.sw.fstp.branch(0, 1)?.isPointToPoint);
});

test("stops in a hub, and does not come back by itself", () => {
  const { sw } = bench();
  sw.hub = true;
  assert.not.ok(sw.fstp.enabled);
  assert.throws(() => {
    sw.fstp.enabled = true;
  }, /hub mode/);
  sw.hub = false;
  assert.not.ok(sw.fstp.enabled);
});

test.run();
