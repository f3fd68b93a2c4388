// Sessions: how what is sent becomes commands, and in which order what is said comes.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Session } from "../../host/console/session.js";
import type { Plugin } from "../../host/plugin.js";
import { frame, plugStation } from "../lab.js";
import { consoleBench } from "./console-bench.js";

const test = suite("console sessions");
const PROMPT = "\nvde$ ";
const DONE = `1000 Success\n${PROMPT}`;
const BANNER = "VDE switch V.2.3.3-etherloom-0.0.0\n(C) 2026 The Etherloom authors - MIT\n";

const RING_FULL = 500;

/** A frame from the address of a number, to everybody. */
function from(number: number): Uint8Array {
  const octets = frame("a > *");
  new DataView(octets.buffer).setUint32(8, number);
  octets[7] = 0x77;
  return octets;
}

function manager(...args: Parameters<typeof consoleBench>) {
  const bench = consoleBench(...args);
  const one = bench.open();
  return { ...bench, one, greeting: one.said() };
}

test("a session begins with the banner and a prompt", () => {
  assert.is(manager().greeting, BANNER + PROMPT);
});

test("lines that come together are commands, in order", async () => {
  const { one, sw } = manager();
  assert.is(await one.send("vlan/create 7\r\n\n# nothing\nvlan/create 8\n"), DONE + PROMPT + PROMPT + DONE);
  assert.equal([...sw.vlans.list()], [0, 7, 8]);
});

test("a read without a newline is a command", async () => {
  const { one } = manager();
  assert.is(await one.send("vlan/create 7"), DONE);
  assert.is(await one.send("vlan/remove 7"), DONE);
});

test("what follows the last newline of a read waits for the rest of its line", async () => {
  const { one, sw } = manager();
  assert.is(await one.send("vlan/create 7\nvlan/create 1"), DONE);
  assert.is(await one.send("2"), "");
  assert.is(await one.send("3\nvlan/create 9\n"), DONE + DONE);
  assert.equal([...sw.vlans.list()], [0, 7, 9, 123]);
});

test("what was begun is run when the input ends", async () => {
  const { one, sw } = manager();
  await one.send("vlan/create 7\nvlan/create 8");
  await one.session.end();
  assert.ok(sw.vlans.has(8));
});

test("a line of 4096 characters is run, and one more is refused and skipped to its end", async () => {
  const { one, sw } = manager();
  const refused = `1022 Invalid argument: a line is 4096 characters at most\n${PROMPT}`;
  assert.is(await one.send(`${"vlan/create 7".padEnd(4096)}\n`), DONE);
  assert.is(await one.send(`${"vlan/create 8".padEnd(4097)}\nvlan/create 9\n`), refused + DONE);
  assert.is(await one.send("x".repeat(5000)), refused);
  assert.is(await one.send("x".repeat(70_000)), "");
  assert.is(await one.send(" tail\nvlan/create 10\n"), DONE);
  assert.equal([...sw.vlans.list()], [0, 7, 9, 10]);
});

test("replies come in order, though a command takes its time", async () => {
  let finish = () => {};
  const slow: Plugin = { name: "slow", help: "takes its time", start: () => new Promise((done) => (finish = done)) };
  const { one } = manager({ plugins: { slow } });
  const first = one.session.feed("plugin/add slow\nvlan/create 7\n");
  const second = one.session.feed("bogus\n");
  for (let turn = 0; turn < 9; turn++) await Promise.resolve();
  assert.is(one.said(), "");
  finish();
  await Promise.all([first, second]);
  assert.match(one.said(), /^1000 Success\n\nvde\$ 1000 Success\n\nvde\$ 1038 .*\n\nvde\$ $/);
});

test("events come at once to who asked, and before the reply to their cause", async () => {
  const { one, open } = manager({ setups: [{ port: 1 }] });
  const other = open();
  await other.say("debug/add port");
  other.said();
  assert.is(await one.say("port/create 5"), "1000 Success\n");
  assert.is(other.said(), "3021 port/+ 05\n");
  assert.is(await other.say("port/create 6"), "3021 port/+ 06\n1000 Success\n");
  assert.is(one.said(), "");
});

test("what the core forgets on a command is said before its reply", async () => {
  const { one, say } = manager({ setups: [{ port: 1 }] });
  await one.say("debug/add hash");
  say(1, "a > *");
  assert.is(await one.say("hash/flush"), "3012 hash/- 02:00:00:00:00:61 VLAN 00:00 Port 1\n1000 Success\n");
});

test("events end with the session", async () => {
  const { one, sw } = manager();
  await one.say("debug/add");
  assert.ok(sw.events.watched("hash/+"));
  one.session.close();
  assert.not.ok(sw.events.watched("hash/+"));
});

test("a session that does not read holds up its own commands only", async () => {
  const { one, open, sw } = manager();
  const other = open();
  one.isReading = false;
  const fed = one.session.feed("vlan/create 7\nvlan/create 8\nvlan/create 9\n");
  assert.is(await other.say("vlan/create 1"), "1000 Success\n");
  assert.equal([...sw.vlans.list()], [0, 1, 7]);
  one.catchUp();
  await fed;
  assert.is(one.said(), DONE + DONE + DONE);
});

test("a session that does not read misses events beyond a limit, and is told how many", async () => {
  const { one, sw } = manager();
  await one.say("debug/add port");
  one.isReading = false;
  for (let i = 0; i < 20_000; i++) sw.events.emit("port/+", "99 and a text of some length");
  assert.ok(one.heard.length < 300_000);
  const heard = one.said().split("\n").length - 1;
  one.catchUp();
  sw.events.emit("port/+", "99");
  assert.is(one.said(), `3000 debug/missed ${20_000 - heard} events\n3021 port/+ 99\n`);
});

test("events that the core had no room for are told of, to the last one, to those who wait for them", async () => {
  const { one, open, sw, engine, pass } = manager();
  const [other, late] = [open(), open()];
  await one.say("debug/add hash/+");
  await other.say("debug/add port/+");
  one.said();
  const { link } = plugStation(sw, 1);
  const read = engine.onactivity;
  let next = 1;
  for (const count of [10_000, 4_097, 5, 9_000]) {
    engine.onactivity = () => {}; // the main thread is busy
    for (let i = 0; i < count; i++) {
      link.send(from(next++));
      if (i % RING_FULL === 0) pass(0);
    }
    pass(0);
    engine.onactivity = read;
    sw.readEvents();
  }
  await late.say("debug/add hash/+");
  const heard = one.said();
  const seen = heard.match(/^3011 hash\/\+ /gm)?.length ?? 0;
  const missed = [...heard.matchAll(/^3000 debug\/missed (\d+) events$/gm)].map(([, count]) => Number(count));
  assert.ok(missed.length > 0, "some were missed");
  assert.is(seen + missed.reduce((sum, count) => sum + count, 0), 10_000 + 4_097 + 5 + 9_000);
  assert.not.match(other.said() + late.said(), /missed/);
});

test("logout ends the session, and what was sent behind it is not run", async () => {
  const { one, sw } = manager();
  assert.is(await one.send("logout\nvlan/create 7\n"), "9999 END OF SESSION");
  assert.ok(one.isEnded);
  assert.not.ok(sw.vlans.has(7));
});

test("shutdown ends the session and the switch", async () => {
  const { one, log } = manager();
  assert.is(await one.send("shutdown\n"), "9999 END OF SESSION");
  assert.ok(one.isEnded);
  assert.equal(log, ["shutdown"]);
});

test("on standard input there is no banner, and logout does nothing", async () => {
  const { console } = consoleBench();
  let heard = "";
  const write = (text: string) => {
    heard += text;
    return undefined;
  };
  const session = new Session(console, { backlog: 0, write, prompt: write }, { greet: false });
  await session.feed("logout\n");
  assert.is(heard, "");
  await session.feed("\nvlan/create 7\n");
  assert.is(heard, PROMPT + DONE);
});

test("control characters of others reach nobody's terminal", async () => {
  const { one, sw } = manager({ setups: [{ port: 1 }] });
  await one.say("debug/add port/descr");
  const [port] = sw.ports.list();
  sw.ports.describe(port!.endpoints[0]!, "\x1b[2J\n.\n1000 Success\x9b\u2028");
  const shown = "\\x1b[2J\\x0a.\\x0a1000 Success\\x9b\\x2028";
  assert.is(one.said(), `3023 port/descr Port 01 FD  1 -> "${shown}"\n`);
  assert.ok((await one.say("port/print 1")).includes(`module link        : ${shown}\n.\n1000 Success\n`));
});

function refuseToName(): never {
  throw new TypeError("no names here");
}

test("a command that breaks says so, and is logged", async () => {
  const { one, log } = manager({ system: { userName: () => refuseToName() } });
  await one.say("port/create 1\n");
  await one.say("port/setuser 1 0");
  assert.match(await one.say("port/allprint"), /^1005 Input\/output error: port\/allprint broke: /m);
  assert.match(log[0] ?? "", /^port\/allprint: TypeError: .*\n +at /);
});

test.run();
