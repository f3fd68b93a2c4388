// The plugin pdump: its answers, and its files as a reader of pcap files sees them.

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as abi from "../../assembly/abi.js";
import { WallClock } from "../../host/plugins/wall-clock.js";
import { frame } from "../lab.js";
import { needs } from "../skip.js";
import { data, inFolder, pluginBench, SUCCESS } from "./plugins-bench.js";

const test = suite("plugins pdump");
const HEAD = 24;

async function loaded() {
  const bench = await pluginBench();
  await bench.one.say("plugin/add pdump");
  return bench;
}

/** Gives commands that answer with nothing but success. */
async function all(one: { say(command: string): Promise<string> }, ...commands: readonly string[]): Promise<void> {
  for (const command of commands) assert.match(await one.say(command), /1000 Success\n$/, command);
}

interface Record {
  readonly wallMs: number;
  readonly octets: Buffer;
}

/** What is in a capture file, which must be whole. */
function records(path: string): Record[] {
  const file = readFileSync(path);
  assert.is(file.subarray(0, HEAD).toString("hex"), "d4c3b2a1020004000000000000000000" + "0000040001000000");
  const found: Record[] = [];
  for (let at = HEAD; at < file.length; ) {
    const size = file.readUInt32LE(at + 8);
    assert.is(file.readUInt32LE(at + 12), size);
    const wallMs = file.readUInt32LE(at) * 1000 + file.readUInt32LE(at + 4) / 1000;
    found.push({ wallMs, octets: file.subarray(at + 16, at + 16 + size) });
    at += 16 + size;
    assert.ok(at <= file.length, "the last frame is whole");
  }
  return found;
}

test("answers as VDE's does", () =>
  inFolder(async (folder) => {
    const { one } = await loaded();
    const path = join(folder, "x.cap");
    assert.is(
      await one.say("help pdump"),
      data([
        "COMMAND PATH       SYNTAX          HELP",
        "------------       --------------  ------------",
        "pdump              ============    DUMP Packets to file",
        "pdump/active       0/1             start dumping data",
        "pdump/filename     <file>          set/show output filename (default: vde_dump.cap)",
        "pdump/buffered     0/1             set buffered/unbuffered dump",
        "pdump/showinfo                     show what was dumped and what is missing",
      ]),
    );
    assert.is(
      await one.say("debug/list pdump"),
      data([
        "CATEGORY               TAG STATUS HELP",
        "------------           --- ------ ----",
        "pdump/packetin         101 OFF    dump incoming packet to file",
        "pdump/packetout        102 OFF    dump outgoing packet to file",
      ]),
    );
    const answers: [string, string][] = [
      ["pdump/filename", data(["dumpfile=vde_dump.cap"])],
      [`pdump/filename ${path}`, data([`dumpfile=${path}`])],
      ["pdump/buffered 1", SUCCESS],
      ["pdump/active 1", data([])],
      ["pdump/active 1", data([], "1017 File exists: it is active\n")],
      ["debug/add pdump", SUCCESS],
      ["pdump/active 0", data([])],
      ["pdump/active 0", data([], "1002 No such file or directory: it is not active\n")],
      [
        "pdump/filename /nonexistent/x",
        data([], "1022 Invalid argument: cannot dump: No such file or directory: /nonexistent/x\n"),
      ],
      ["pdump/filename", data([`dumpfile=${path}`])],
      [`pdump/filename ${path}`, data([`dumpfile=${path}`])],
    ];
    for (const [command, answer] of answers) assert.is(await one.say(command), answer, command);
  }));

test("keeps every frame that comes in or goes out, whole, with its time of day", () =>
  inFolder(async (folder) => {
    const path = join(folder, "x.cap");
    const { one, say } = await loaded();
    const before = Date.now();
    await all(one, `pdump/filename ${path}`, "pdump/active 1", "debug/add pdump/packetout");
    const frames = [frame("a > *"), frame("a > b #7 /1000"), frame("a > b /9216")];
    say(1, ...frames);
    assert.is(one.said().match(/^3102 pdump.packetout Pkt: Port 0002 len=9216 /gm)?.length, 1);
    await all(one, "pdump/active 0");
    const found = records(path);
    const expected = [frames[0], frames[1], frames[2], frames[0], frames[2]];
    assert.equal(
      found.map(({ octets }) => octets.toString("hex")).sort(),
      expected.map((each) => Buffer.from(each ?? []).toString("hex")).sort(),
    );
    for (const { wallMs } of found) assert.ok(wallMs >= before - 50 && wallMs <= Date.now() + 50);
    assert.is(statSync(path).mode & 0o077, 0);
    assert.equal(
      await one.say("pdump/showinfo"),
      data([`dumpfile=${path}`, "stopped", "frames 5", "lost 0 on the way from the switch, 0 for the disk"]),
    );
  }));

needs(test, { commands: ["tshark"] })("tshark reads it", () =>
  inFolder(async (folder) => {
    const path = join(folder, "x.cap");
    const { one, say } = await loaded();
    await all(one, `pdump/filename ${path}`, "pdump/active 1");
    const frames = [frame("a > *"), frame("b > a #7p5 /1500"), frame("a > b /9216")];
    for (const each of frames) say(1, each);
    await all(one, "pdump/active 0");
    const [first = "", second = "", third = ""] = frames.map((each) => Buffer.from(each).toString("hex"));
    const shown = execFileSync("tshark", ["-n", "-r", path, "-T", "jsonraw"], { encoding: "utf8", stdio: "pipe" });
    const raw = (JSON.parse(shown) as { _source: { layers: { frame_raw: [string] } } }[]).map(
      ({ _source: { layers } }) => layers.frame_raw[0],
    );
    assert.equal(raw, [first, first, second, third, third]);
  }),
);

test("writes anew what was there, and appends nothing to it", () =>
  inFolder(async (folder) => {
    const path = join(folder, "x.cap");
    writeFileSync(path, "x".repeat(100_000));
    const { one, say } = await loaded();
    await all(one, `pdump/filename ${path}`);
    assert.is(statSync(path).size, 100_000, "naming a file leaves it as it is");
    for (const count of [3, 1]) {
      await all(one, "pdump/active 1");
      for (let i = 0; i < count; i++) say(1, "a > *");
      await all(one, "pdump/active 0");
      assert.is(records(path).length, count * 2);
    }
  }));

test("goes on in another file that is named on the way, or in its own where that cannot be", () =>
  inFolder(async (folder) => {
    const [x, y] = [join(folder, "x.cap"), join(folder, "y.cap")];
    symlinkSync(x, join(folder, "link"));
    const { one, say } = await loaded();
    await all(one, `pdump/filename ${x}`, "pdump/active 1");
    say(1, "a > *");
    assert.match(await one.say(`pdump/filename ${join(folder, "link")}`), /^1022 .* symbolic links/m);
    await all(one, `pdump/filename ${x}`);
    say(1, "a > *");
    await all(one, `pdump/filename ${y}`);
    say(1, "a > *");
    await all(one, "pdump/active 0");
    assert.equal([records(x).length, records(y).length], [4, 2]);
  }));

test("without a buffer frames are written as they come, with one after a second at most", () =>
  inFolder(async (folder) => {
    const path = join(folder, "x.cap");
    const { one, say, pass } = await loaded();
    const written = async (count: number) => {
      while (statSync(path).size < HEAD + count * (16 + 60)) await new Promise((done) => setTimeout(done, 1));
      assert.is(records(path).length, count);
    };
    await all(one, `pdump/filename ${path}`, "pdump/active 1");
    say(1, "a > *");
    await written(2);
    await all(one, "pdump/buffered 1");
    say(1, "a > *");
    await new Promise((done) => setImmediate(done));
    await written(2);
    pass(1000);
    await written(4);
    say(1, "a > *");
    await all(one, "pdump/buffered 0");
    await written(6);
    await all(one, "pdump/active 0");
  }));

test("what passed is in the file when the plugin, or the switch, goes", () =>
  inFolder(async (folder) => {
    const { one, say, console, core } = await loaded();
    for (const [name, end] of [
      ["x.cap", () => one.say("plugin/del pdump")],
      ["y.cap", () => console.plugins.close()],
    ] as const) {
      if (name === "y.cap") await all(one, "plugin/add pdump");
      await all(one, `pdump/filename ${join(folder, name)}`, "pdump/buffered 1", "pdump/active 1");
      say(1, "a > *");
      await end();
      assert.is(records(join(folder, name)).length, 2);
      assert.is(core.u8(abi.CONFIG + abi.CONFIG_CAPTURE), 0);
    }
  }));

test("comes and goes many times, and leaves no file open", () =>
  inFolder(async (folder) => {
    const { one, say } = await loaded();
    const open = () => readdirSync("/proc/self/fd").length;
    const before = open();
    for (let round = 0; round < 20; round++) {
      await all(one, `pdump/filename ${join(folder, String(round))}`, "pdump/active 1");
      say(1, "a > *");
      await all(one, "plugin/del pdump", "plugin/add pdump");
    }
    assert.is(open(), before);
  }));

test("says how many frames were missed between the switch and the file", () =>
  inFolder(async (folder) => {
    const path = join(folder, "x.cap");
    const { one, core, say } = await loaded();
    core.setU32(abi.CAPTURE + abi.RING_LOST, 7);
    await all(one, `pdump/filename ${path}`, "pdump/active 1");
    core.setU32(abi.CAPTURE + abi.RING_LOST, 12);
    say(1, "a > *");
    assert.is(await one.say("pdump/active 0"), data(["5 frames are missing, see pdump/showinfo"]));
    assert.match(await one.say("pdump/showinfo"), /^frames 2\nlost 5 on the way from the switch, 0 for the disk$/m);
  }));

test("stamps follow the wall clock, and never go back by the rounding of two clocks", () => {
  const core = { startedMs: 0xffff_fff0, uptimeMs: 0 };
  let wallMs = 1_700_000_000_000;
  const clock = new WallClock(core, () => wallMs);
  assert.is(clock.at(core.startedMs), wallMs);
  const pass = (ms: number, wall = ms) => {
    core.uptimeMs += ms;
    wallMs += wall;
  };
  pass(32, 33);
  assert.is(clock.at(16), 1_700_000_000_032, "a core's clock that wrapped, and a rounding");
  assert.is(clock.at(15), 1_700_000_000_031);
  pass(1000, 3_601_000);
  assert.is(clock.at(1016), wallMs, "the wall clock was set");
  pass(2 ** 31 - 1);
  pass(2 ** 31 - 1);
  assert.is(clock.at((core.startedMs + core.uptimeMs) >>> 0), wallMs, "months later");
});

test.run();
