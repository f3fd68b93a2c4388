// The spanning tree's commands and events.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { consoleBench } from "./console-bench.js";

const test = suite("console fstp");
const SUCCESS = "1000 Success\n";
const ROOT = "1000020000000001";

function manager() {
  const bench = consoleBench({ setups: [{ port: 1, tagged: [7] }, { port: 2, tagged: [7] }, { port: 3 }] });
  return { ...bench, one: bench.open() };
}

/** A BPDU of a VDE switch that is the root, in a VLAN or in none, as it says hello every four seconds. */
function hello(vlan?: number): Uint8Array {
  const tag = vlan === undefined ? "" : `8100${vlan.toString(16).padStart(4, "0")}`;
  const body = `002742420300000202${"7c"}${ROOT}00000000${ROOT}8001000028000400000000`;
  return Uint8Array.from(Buffer.from(`0180c2000000020000000001${tag}${body}`, "hex"));
}

test("fstp/print shows root, designated bridge, cost and the role of every port, tagged ones too", async () => {
  const { one, say, pass } = manager();
  assert.match(await one.say("fstp/setfstp 1"), /1000 Success/);
  say(1, hello(), hello(7));
  say(2, hello(7));
  pass(4000);
  const shown = await one.say("fstp/print 7");
  assert.match(shown, /^FST DATA VLAN 0007 {2}$/m);
  assert.match(shown, /^ \+\+ root 10:00:02:00:00:00:00:01$/m);
  assert.match(shown, /^ \+\+ designated 10:00:02:00:00:00:00:01$/m);
  assert.match(shown, /^ \+\+ rootport 0001 cost 20000000 age 4 bonusport 0000 bonuscost 0$/m);
  assert.match(shown, /^ -- Port 0001 tagged=1 portcost=20000000 role=Root$/m);
  assert.match(shown, /^ -- Port 0002 tagged=1 portcost=20000000 role=Alternate$/m);
  assert.match(await one.say("fstp/print 0"), /^ -- Port 0003 tagged=0 portcost=20000000 role=Designated$/m);
  assert.is(await one.say("fstp/setedge 0 3 1"), SUCCESS);
  assert.match(await one.say("fstp/print 0"), /^ -- Port 0003 tagged=0 portcost=20000000 role=Edge$/m);
});

test("fstp/show draws the tree from where the switch stands", async () => {
  const { one, say, pass, sw } = manager();
  sw.fstp.enabled = true;
  say(1, hello());
  say(2, hello());
  pass(4000);
  const lines = (await one.say("fstp/show")).split("\n");
  assert.equal(lines.slice(1, -3), [
    "VLAN 0000",
    "  10:00:02:00:00:00:00:01  root",
    "     |  port 0001, cost 20000000",
    "  80:00:02:00:00:00:ee:00  this switch",
    "     +- x port 0002  Alternate   discarding  VDE at 10:00:02:00:00:00:00:01",
    "     +--- port 0003  Designated  forwarding  edge",
    "  topology changes: 1, the last 4 s ago",
  ]);
});

test("a port that BPDU guard shut is shown with what opens it, in the VLANs that it is in", async () => {
  const { one, say, pass, sw, stations } = manager();
  sw.fstp.enabled = true;
  assert.is(await one.say("fstp/setoption 2 bpduguard 1"), SUCCESS);
  say(1, hello());
  say(2, hello(7));
  pass(4000);
  const SHUT = "SHUT by bpduguard until unplugged: port/epclose 2 ID";
  for (const vlan of [0, 7]) {
    const tagged = vlan === 0 ? 0 : 1;
    const printed = ` -- Port 0002 tagged=${tagged} portcost=20000000 role=Unknown ${SHUT}`;
    assert.ok((await one.say(`fstp/print ${vlan}`)).split("\n").includes(printed));
    assert.ok((await one.say(`fstp/show ${vlan}`)).split("\n").includes(`     +- x port 0002  ${SHUT}`));
  }
  assert.ok((await one.say("fstp/showinfo")).split("\n").includes(`Port 0002 bpduguard ${SHUT}`));
  assert.is(await one.say(`port/epclose 2 ${stations[1]!.endpoint.id}`), SUCCESS);
  for (const listing of ["print", "show", "showinfo"]) assert.not.match(await one.say(`fstp/${listing}`), /SHUT/);
});

test("a bonus and a cost move the root port", async () => {
  const { one, say, sw } = manager();
  sw.fstp.enabled = true;
  say(1, hello());
  say(2, hello());
  assert.is(sw.fstp.tree(0).rootPort, 1);
  assert.is(await one.say("fstp/bonus 0 2 5000000"), SUCCESS);
  assert.equal([sw.fstp.tree(0).rootPort, sw.fstp.tree(0).cost], [2, 15_000_000]);
  assert.is(await one.say("fstp/setcost 1 100"), SUCCESS);
  assert.equal([sw.fstp.tree(0).rootPort, sw.fstp.tree(0).cost], [1, 100]);
  assert.is(await one.say("fstp/bonus 0 2 -5000000"), SUCCESS);
});

test("fstp/setpriority makes a root, of one VLAN or of all", async () => {
  const { one, say, sw } = manager();
  sw.fstp.enabled = true;
  say(1, hello(), hello(7));
  assert.is(await one.say("fstp/setpriority 0 7"), SUCCESS);
  assert.equal([sw.fstp.tree(0).rootPort, sw.fstp.tree(7).rootPort], [1, undefined]);
  assert.is(await one.say("fstp/setpriority 0x0800"), SUCCESS);
  assert.is(sw.fstp.tree(0).rootPort, undefined);
  assert.match(await one.say("fstp/showinfo"), /^MAC 02:00:00:00:ee:00 Priority 2048 \(0x0800\)$/m);
  assert.match(await one.say("fstp/setpriority 65536"), /^1022/);
});

test("settings are kept within the standard's bounds, and shown where they are not as usual", async () => {
  const { one } = manager();
  assert.is(await one.say("fstp/settimes 1 6 4"), SUCCESS);
  assert.match(await one.say("fstp/settimes 2 41 30"), /^1022 .*max age is 6 to 40/);
  assert.match(await one.say("fstp/settimes 2 20 4"), /^1022 .*twice the forward delay/);
  assert.match(await one.say("fstp/settimes 10 6 30"), /^1022 .*twice the hello time/);
  assert.is(await one.say("fstp/sethold 3"), SUCCESS);
  assert.match(await one.say("fstp/sethold 11"), /^1022/);
  assert.is(await one.say("fstp/setportprio 2 112"), SUCCESS);
  assert.match(await one.say("fstp/setportprio 2 100"), /^1022 .*multiple of 16/);
  assert.is(await one.say("fstp/setoption 2 rootguard 1"), SUCCESS);
  assert.match(await one.say("fstp/setoption 2 nonsense 1"), /^1022 .*bpduguard/);
  assert.is(await one.say("fstp/mcheck 2"), SUCCESS);
  assert.match(await one.say("fstp/mcheck 9"), /no port 9/);
  assert.is(await one.say("fstp/setstp 1"), SUCCESS);
  assert.match(await one.say("fstp/mcheck 2"), /^1022 .*setstp/);
  const shown = await one.say("fstp/showinfo");
  for (const line of [/^hello=1 maxage=6 delay=4$/m, /^hold=3$/m, /^stp=true$/m, /^Port 0002 priority=112 rootguard$/m])
    assert.match(shown, line);
});

test("debug shows roots, states, and neighbours that come and go", async () => {
  const { one, say, pass, sw, stations } = manager();
  sw.fstp.enabled = true;
  await one.say("debug/add fstp");
  one.said();
  say(1, hello());
  pass(0);
  assert.is(
    one.said(),
    "3041 fstp/+ Port 0001 VLAN 00:00\n" +
      "3045 fstp/root Port 0001 VLAN 00:00 -> 10:00:02:00:00:00:00:01\n" +
      "3044 fstp/status Port 0001 VLAN 00:00 learning+forwarding\n",
  );
  sw.unplug(stations[0]!.endpoint);
  pass(0);
  assert.match(one.said(), /^3042 fstp\/- Port 0001 VLAN 00:00\n3045 fstp\/root Port 0000 VLAN 00:00 -> 80:00:02/);
});

test.run();
