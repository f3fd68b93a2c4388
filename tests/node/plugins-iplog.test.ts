// The plugin iplog: its answers, its table and its log.

import { existsSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as abi from "../../assembly/abi.js";
import { linkPair } from "../../host/link-pair.js";
import { IpTable } from "../../host-node/plugins/ip-table.js";
import { arpFrame, data, inFolder, ipFrame, pluginBench, SUCCESS } from "./plugins-bench.js";

const test = suite("plugins iplog");
const A = "02:00:00:00:00:61";
const B = "02:00:00:00:00:62";

/** Two plugs of root, and a manager who hears of new addresses in these ranges. */
async function watching(...ranges: readonly string[]) {
  const bench = await pluginBench("", { setups: [] });
  for (const [port, description] of [
    [1, "plug one"],
    [2, "plug two"],
  ] as const) {
    const [inside, link] = linkPair();
    const endpoint = bench.sw.plug(inside, { port, description, module: "unix prog", uid: 0 });
    bench.stations.push({ port, endpoint, link, heard: [] });
  }
  const { one } = bench;
  const commands = ["plugin/add iplog", "debug/add iplog", ...ranges.map((range) => `iplog/ipadd ${range}`)];
  for (const command of commands) assert.is(await one.say(command), SUCCESS, command);
  /** Says frames from a port, and returns what is new. */
  const news = (port: number, ...frames: readonly Uint8Array[]) => {
    one.said();
    bench.say(port, ...frames);
    return one
      .said()
      .replace(/^3301 iplog.newip /gm, "")
      .trimEnd()
      .split("\n");
  };
  return { ...bench, news };
}

test("answers as VDE's does", async () => {
  const { one } = await watching();
  const ranges = ["0.0.0.0/0", "::/0", "1.2.3.0/24", "10.1.2.3", "fe80::1/10"];
  const answers: [string, string][] = [
    [
      "iplog/showinfo",
      data(["iplog: ip/port/user logging plugin", "log disabled", "GC interval 10 secs", "GC expire 360 secs"]),
    ],
    ...ranges.map((range): [string, string] => [`iplog/ipadd ${range}`, SUCCESS]),
    ["iplog/ipadd 1.2.3.4/24", "1017 File exists: 1.2.3.0/24 is watched\n"],
    ["iplog/ipadd zz", "1022 Invalid argument: zz is no range like 10.0.0.0/8 or 2001:db8::/32\n"],
    ["iplog/ipadd 1.2.3.4/33", "1022 Invalid argument: 1.2.3.4 has 32 bits\n"],
    [
      "iplog/list",
      data(["  ipv4: 0.0.0.0/0", "  ipv4: 1.2.3.0/24", "  ipv4: 10.1.2.3/32", "  ipv6: ::/0", "  ipv6: fe80::/10"]),
    ],
    ["iplog/ipdel 1.2.3.0/24", SUCCESS],
    ["iplog/ipdel 1.2.3.0/24", "1002 No such file or directory: 1.2.3.0/24 is not watched\n"],
    ["iplog/ipport 9", data([])],
    ["iplog/ipuser root", data([])],
    ["iplog/ipuser nosuch", data([], "1022 Invalid argument: there is no user nosuch\n")],
    ["iplog/ipuser", data([], "1022 Invalid argument: there is no user \n")],
    ["iplog/ipsearch 9.9.9.9", data([])],
    ["iplog/ipsearch", data([], "1022 Invalid argument:  is no IP address\n")],
    ["iplog/setgcint 5", SUCCESS],
    ["iplog/setexpire 100", SUCCESS],
    ["iplog/setgcint 0", "1022 Invalid argument: N is 1 to 2147483\n"],
    ["iplog/logfile /nonexistent/x", "1002 No such file or directory: /nonexistent/x\n"],
    ["iplog/logfile -", SUCCESS],
    [
      "iplog/showinfo",
      data(["iplog: ip/port/user logging plugin", "log on syslog", "GC interval 5 secs", "GC expire 100 secs"]),
    ],
    ["iplog/logfile", SUCCESS],
    ["plugin/del iplog", SUCCESS],
    ["iplog/list", "1038 Function not implemented: there is no such command, see help\n"],
  ];
  for (const [command, answer] of answers) assert.is(await one.say(command), answer, command);
});

test("tells who first has an address, and at which port, and lists it", async () => {
  const { one, news } = await watching("0.0.0.0/0", "2001:db8::/32");
  assert.equal(news(1, ipFrame({ from: "1.2.3.4" })), [`ipv4 1.2.3.4 mac=${A} port=1 vlan=0 user=root "plug one"`]);
  assert.equal(news(1, ipFrame({ from: "1.2.3.4" }), arpFrame({ from: "1.2.3.4" })), [""]);
  assert.equal(news(2, ipFrame({ from: "2001:db8::1", station: "b" }), arpFrame({ from: "10.0.0.1", station: "b" })), [
    `ipv6 2001:db8::1 mac=${B} port=2 vlan=0 user=root "plug two"`,
    `ipv4 10.0.0.1 mac=${B} port=2 vlan=0 user=root "plug two"`,
  ]);
  const [first, second, third] = [
    "ipv4 1.2.3.4 port=1 user=root",
    "ipv6 2001:db8::1 port=2 user=root",
    "ipv4 10.0.0.1 port=2 user=root",
  ] as const;
  assert.is(await one.say("iplog/iplist"), data([first, second, third]));
  assert.is(await one.say("iplog/ipport 2"), data([second, third]));
  assert.is(await one.say("iplog/ipuser 0"), data([first, second, third]));
  assert.is(await one.say("iplog/ipuser daemon"), data([]));
  assert.is(await one.say("iplog/ipsearch 2001:DB8:0::1"), data([second]));
});

test("tells of an address that moves to another port or station", async () => {
  const { news } = await watching("10.0.0.0/8");
  const from = "10.0.0.1";
  news(1, ipFrame({ from }));
  assert.equal(news(1, ipFrame({ from, station: "b" })), [`ipv4 ${from} mac=${B} port=1 vlan=0 user=root "plug one"`]);
  assert.equal(news(2, ipFrame({ from, station: "b" })), [`ipv4 ${from} mac=${B} port=2 vlan=0 user=root "plug two"`]);
  assert.equal(news(2, ipFrame({ from, station: "b" })), [""]);
});

test("an address is one for each VLAN, and only of ports that are in it", async () => {
  const { news, sw } = await watching("10.0.0.0/8");
  for (const vlan of [7, 8]) sw.vlans.create(vlan);
  sw.vlans.addPort(7, 1);
  sw.vlans.setPvid(2, 8);
  const from = "10.0.0.1";
  const vlansOf = (told: readonly string[]) => told.map((line) => /vlan=\d+/.exec(line)?.[0] ?? line);
  assert.equal(vlansOf(news(1, ipFrame({ from }), ipFrame({ from, vlan: 7 }))), ["vlan=0", "vlan=7"]);
  assert.equal(vlansOf(news(2, ipFrame({ from }))), ["vlan=8"]);
  assert.equal(news(2, ipFrame({ from, vlan: 7 })), [""], "the switch does not take it");
  assert.equal(news(1, ipFrame({ from }), ipFrame({ from, vlan: 7 })), [""]);
});

test("captures only while there is a range, and tells only of what is in one", async () => {
  const { one, news, core } = await watching();
  const isCapturing = () => core.u8(abi.CONFIG + abi.CONFIG_CAPTURE) === 1;
  assert.not(isCapturing());
  await one.say("iplog/ipadd 10.0.0.0/9");
  assert.ok(isCapturing());
  const told = news(
    1,
    ...["10.127.255.255", "10.128.0.0", "9.255.255.255", "::a00:1"].map((from) => ipFrame({ from })),
  );
  assert.equal(told, [`ipv4 10.127.255.255 mac=${A} port=1 vlan=0 user=root "plug one"`]);
  await one.say("iplog/ipdel 10.0.0.0/9");
  assert.not(isCapturing());
});

test("forgets an address that was silent for as long as is set, and tells of it again", async () => {
  const { one, news, pass } = await watching("0.0.0.0/0");
  await one.say("iplog/setexpire 100");
  await one.say("iplog/setgcint 5");
  news(1, ipFrame({ from: "10.0.0.1" }), ipFrame({ from: "10.0.0.2" }));
  pass(60_000);
  news(1, ipFrame({ from: "10.0.0.1" }));
  pass(45_000);
  assert.is(await one.say("iplog/iplist"), data(["ipv4 10.0.0.1 port=1 user=root"]));
  pass(60_000);
  assert.is(await one.say("iplog/iplist"), data([]));
  assert.is(news(1, ipFrame({ from: "10.0.0.1" })).length, 1);
});

test("keeps 65,536 addresses, and lets the one go that was silent for longest", () => {
  const table = new IpTable();
  const holder = (n: number) => ({
    address: Uint8Array.of(10, n >> 16, (n >> 8) & 255, n & 255),
    vlan: 0,
    mac: 1,
    port: 1,
    uid: undefined,
    seenMs: n,
  });
  for (let n = 0; n < 65_536; n++) table.put(holder(n));
  assert.ok(table.touch({ ...holder(0), seenMs: 70_000 }));
  table.put(holder(65_536));
  table.put(holder(65_536));
  assert.is(table.size, 65_536);
  assert.not(table.touch(holder(1)));
  assert.ok(table.touch(holder(0)));
  table.expire(65_536 + 10, 10);
  assert.is(table.size, 2, "what was seen before the time is gone");
});

const withoutTime = (text: string) => text.replace(/^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d /gm, "");

test("writes to a file, and opens it anew on a hangup", () =>
  inFolder(async (folder) => {
    const { one, news, sw } = await watching("0.0.0.0/0");
    const path = join(folder, "ip.log");
    assert.is(await one.say(`iplog/logfile ${path}`), SUCCESS);
    assert.match(await one.say("iplog/showinfo"), new RegExp(`^log on file ${path}$`, "m"));
    const [first] = news(1, ipFrame({ from: "10.0.0.1" }));
    renameSync(path, `${path}.1`);
    sw.events.emit("sig/hup", "hangup");
    const [second] = news(1, ipFrame({ from: "10.0.0.2" }));
    await one.say("plugin/del iplog");
    const old = readFileSync(`${path}.1`, "utf8");
    assert.match(old, /^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d ipv4 /);
    assert.is(withoutTime(old), `${first}\nSIGHUP: closing file\n`);
    assert.is(withoutTime(readFileSync(path, "utf8")), `SIGHUP: opening file\n${second}\n`);
  }));

test("goes on in the file that it has where a hangup finds no other", () =>
  inFolder(async (folder) => {
    const { one, news, sw, log } = await watching("0.0.0.0/0");
    const path = join(folder, "ip.log");
    const moved = join(folder, "..", `${folder.split("/").at(-1)}.moved`);
    await one.say(`iplog/logfile ${path}`);
    renameSync(folder, moved);
    sw.events.emit("sig/hup", "hangup");
    renameSync(moved, folder);
    const [line] = news(1, ipFrame({ from: "10.0.0.2" }));
    await one.say("iplog/logfile");
    assert.equal(log, [`iplog goes on in the file that it has: No such file or directory: ${path}`]);
    assert.is(withoutTime(readFileSync(path, "utf8")), `SIGHUP: closing file\n${line}\n`);
  }));

test("what a plug calls itself cannot make lines in the log", () =>
  inFolder(async (folder) => {
    const { one, news, sw } = await watching("0.0.0.0/0");
    const path = join(folder, "ip.log");
    await one.say(`iplog/logfile ${path}`);
    const [endpoint] = sw.ports.get(1).endpoints;
    if (endpoint) endpoint.description = "one\nNov 22 13:10:54 ipv4 9.9.9.9";
    news(1, ipFrame({ from: "10.0.0.1" }));
    await one.say("iplog/logfile");
    assert.is(readFileSync(path, "utf8").split("\n").length, 2);
  }));

test("comes and goes many times, and leaves nothing behind", () =>
  inFolder(async (folder) => {
    const { one, core, sw } = await watching();
    for (let round = 0; round < 20; round++) {
      const path = join(folder, String(round));
      for (const command of [`iplog/logfile ${path}`, "iplog/ipadd ::/0", "plugin/del iplog", "plugin/add iplog"])
        assert.is(await one.say(command), SUCCESS);
      assert.ok(existsSync(path));
    }
    await one.say("plugin/del iplog");
    assert.is(core.u8(abi.CONFIG + abi.CONFIG_CAPTURE), 0);
    assert.not(sw.events.watched("sig/hup"));
  }));

test.run();
