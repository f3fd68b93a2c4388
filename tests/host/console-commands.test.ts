// The commands that VDE has not, and the table that all of them are printed from.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { SILENT } from "../../host/console/command.js";
import { consoleBench } from "./console-bench.js";

const test = suite("console commands");
const SUCCESS = "1000 Success\n";

function manager(...args: Parameters<typeof consoleBench>) {
  const bench = consoleBench(...args);
  return { ...bench, one: bench.open() };
}

/** The data of a command. */
function data(reply: string): string {
  return reply.replace(/^0000 DATA END WITH '.'\n/, "").replace(/\.\n1000 Success\n$/, "");
}

test("port/settrunk carries every VLAN, and the prints show it", async () => {
  const { one, say } = manager({ setups: [{ port: 1, vlan: 7 }, { port: 2 }] });
  assert.equal(say(1, "a > *"), []);
  assert.is(await one.say("port/settrunk 2 1"), SUCCESS);
  assert.equal(say(1, "a > *"), ["2: a > * #7"]);
  assert.match(await one.say("port/print 2"), /^Port 0002 untagged_vlan=0000 ACTIVE - Unnamed Allocatable - Trunk\n/m);
  assert.match(await one.say("vlan/print 7"), /^ -- Port 0002 tagged=1 active=1 status=Forwarding trunk=1\n/m);
  assert.is(await one.say("port/settrunk 2 0"), SUCCESS);
  assert.not.match(await one.say("port/print"), /Trunk/);
});

test("port/defqlen and port/epqlen bound what waits, and port/stats counts what is lost", async () => {
  const { one, sw } = manager({ setups: [{ port: 1 }] });
  assert.is(await one.say("port/defqlen 16"), SUCCESS);
  assert.match(await one.say("port/showinfo"), /^defqlen=16$/m);
  assert.is(await one.say("port/epqlen 1 0x1 8"), SUCCESS);
  assert.is(sw.queueLimit, 16);
  assert.is(
    data(await one.say("port/stats 1")),
    `Port 0001 addresses=0 limit=65536
 IN:  pkts          0          bytes                    0
 OUT: pkts          0          bytes                    0
  -- endpoint ID 0001 limit=8 waiting=0 sent=0 dropped=0 kernel=0
`,
  );
});

test("port/stats tells drops by reason", async () => {
  const { one, say } = manager({ setups: [{ port: 1 }, { port: 2 }] });
  say(1, "a > * #9");
  say(2, "b > *");
  const stats = data(await one.say("port/stats"));
  assert.match(stats, /^Port 0001 addresses=0 .*\n.*\n.*\n drop not-member 1\n {2}-- endpoint/m);
  assert.match(stats, /^Port 0002 addresses=1 /m);
});

test("showinfo counts the frames that wait, when some do", async () => {
  const { one, sw } = manager();
  assert.not.match(await one.say("showinfo"), /unsent/);
  Object.defineProperty(sw, "memory", { value: { queued: 12 } });
  assert.match(await one.say("showinfo"), /^unsent frames 12$/m);
});

test("port/setmaclimit and hash/setlimit bound the addresses", async () => {
  const { one, sw, say } = manager({ setups: [{ port: 1 }, { port: 2 }] });
  say(1, "a > *", "b > *", "c > *");
  assert.is(await one.say("port/setmaclimit 1 2"), SUCCESS);
  assert.is(sw.fdb.count, 2);
  assert.is(await one.say("hash/setlimit 1"), SUCCESS);
  assert.is(sw.fdb.count, 1);
  assert.match(await one.say("hash/showinfo"), /^Addresses 1 of 1$/m);
});

test("hash/flush forgets the addresses of a VLAN, or all", async () => {
  const { one, sw, say } = manager({ setups: [{ port: 1 }, { port: 2, vlan: 7 }] });
  say(1, "a > *");
  say(2, "b > *");
  assert.is(await one.say("hash/flush 7"), SUCCESS);
  assert.equal(
    [...sw.fdb.list()].map(({ vlan }) => vlan),
    [0],
  );
  assert.is(await one.say("hash/flush"), SUCCESS);
  assert.is(sw.fdb.count, 0);
});

test("port/settransparent forwards reserved group addresses", async () => {
  const { one, say } = manager({ setups: [{ port: 1 }, { port: 2 }] });
  assert.equal(say(1, "a > 01:80:c2:00:00:0e"), []);
  assert.is(await one.say("port/settransparent 1"), SUCCESS);
  assert.equal(say(1, "a > 01:80:c2:00:00:0e"), ["2: a > 01:80:c2:00:00:0e"]);
  assert.match(await one.say("port/showinfo"), /^transparent=true$/m);
});

test("port/setmtu bounds the frames that are let in", async () => {
  const { one, say } = manager({ setups: [{ port: 1 }, { port: 2 }] });
  assert.is(await one.say("port/setmtu 1500"), SUCCESS);
  assert.match(await one.say("port/showinfo"), /^mtu=1500$/m);
  assert.equal(say(1, "a > * /1519", "a > * /1514"), ["2: a > * /1514"]);
});

test("a hub has no VLANs to print, and no spanning tree", async () => {
  const { one } = manager({ setups: [{ port: 1 }] });
  await one.say("port/sethub 1");
  assert.is(data(await one.say("vlan/print")), "VLAN 0000\n");
  assert.is(data(await one.say("fstp/setfstp 1")), "Can't use fstp in hub mode\n");
  assert.match(await one.say("fstp/showinfo"), /^FSTP=false$/m);
});

test("who may use a port is a name, a number, or anybody", async () => {
  const { one, sw } = manager();
  await one.say("port/create 1");
  assert.is(await one.say("port/setuser 1 daemon"), SUCCESS);
  assert.is(await one.say("port/setgroup 1 4242"), SUCCESS);
  assert.match(await one.say("port/allprint"), /\(User: daemon - Group: 4242\)/);
  assert.is(await one.say("port/setuser 1 ANY"), SUCCESS);
  assert.is(sw.ports.get(1).user, undefined);
});

test("the Tab key completes commands, and arguments from the switch as it is", () => {
  const { console, sw } = manager({ setups: [{ port: 3 }, { port: 12 }] });
  assert.equal(
    console.commands.complete("port/se"),
    ["port/setnumports", "port/sethub", "port/setvlan"].concat([
      "port/setuser",
      "port/setgroup",
      "port/settrunk",
      "port/setmaclimit",
      "port/settransparent",
      "port/setmtu",
    ]),
  );
  assert.equal(console.commands.complete("port/print 1"), ["12"]);
  assert.equal(console.commands.complete("port/setvlan 3 "), ["0"]);
  assert.equal(console.commands.complete("nosuch 1"), []);
  sw.vlans.create(7);
  assert.equal(console.commands.complete("vlan/print "), ["0", "7"]);
  assert.equal(console.commands.complete("debug/add port/e"), ["port/ep/+", "port/ep/-"]);
});

test("help and the docs come from the same table", () => {
  const { commands } = manager().console;
  const rows = [...commands.help()].slice(2).filter((row) => !row.includes(" ============ "));
  const docs = [...commands.markdown()];
  for (const row of rows)
    assert.ok(
      docs.some((line) => line.startsWith(`| \`${row.split(" ")[0]}\` |`)),
      row,
    );
  assert.ok(docs.includes("| `port/create` | N | create the port N (inactive\\|notallocatable) |"));
});

test("a console needs no session", async () => {
  const { console } = manager();
  assert.is(await console.run("vlan/create 7", { scripts: [] }), SUCCESS);
  assert.is(await console.run(" # nothing", { scripts: [] }), undefined);
  assert.is(await console.run("logout", { scripts: [] }), SILENT);
});

test.run();
