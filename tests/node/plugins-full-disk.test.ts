// A capture on a disk that fills up: what the file holds, and what is said of it.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as abi from "../../assembly/abi.js";
import { WallClock } from "../../host/plugins/wall-clock.js";
import { CaptureFile } from "../../host-node/plugins/capture-file.js";
import { pdumpTo } from "../../host-node/plugins/pdump.js";
import { frame } from "../lab.js";
import { pluginBench } from "./plugins-bench.js";

const test = suite("plugins on a full disk");
const HEAD = 24;

/** Gives commands that answer with nothing but success. */
async function all(one: { say(command: string): Promise<string> }, ...commands: readonly string[]): Promise<void> {
  for (const command of commands) assert.match(await one.say(command), /1000 Success\n$/, command);
}

/** A file on a disk that has room for so many octets. */
function smallDisk(room: number) {
  const disk = {
    size: 0,
    async write(octets: Uint8Array) {
      const taken = Math.min(octets.length, room - disk.size);
      disk.size += taken;
      if (taken === 0) throw Object.assign(new Error("full"), { code: "ENOSPC" });
      return taken;
    },
    truncate(size: number) {
      disk.size = size;
    },
    async close() {},
  };
  return disk;
}

test("a disk that fills up ends a capture after the last whole write", async () => {
  const disk = smallDisk(1000);
  const told: string[] = [];
  const clock = new WallClock({ startedMs: 0, uptimeMs: 0 }, () => 0);
  const file = new CaptureFile("x", disk, clock, (error) => told.push(error.message));
  for (let i = 0; i < 20; i++) {
    file.add({ port: 1, outgoing: false, timeMs: 0, frame: frame("a > b") });
    await file.flush();
  }
  await file.close();
  assert.equal(told, ["full"]);
  assert.is(disk.size, HEAD + 12 * (16 + 60));
  assert.equal([file.frames, file.lost], [12, 8]);
});

test("a disk that fills up has as many frames as the capture says, and no half of one, however they were written", async () => {
  for (const room of [0, 10, HEAD, HEAD + 75, HEAD + 76, 1000]) {
    const disk = smallDisk(room);
    const clock = new WallClock({ startedMs: 0, uptimeMs: 0 }, () => 0);
    const file = new CaptureFile("x", disk, clock, () => {});
    file.buffered = true;
    for (let i = 0; i < 20; i++) file.add({ port: 1, outgoing: false, timeMs: 0, frame: frame("a > b") });
    await file.close();
    const frames = Math.max(0, Math.floor((room - HEAD) / 76));
    assert.equal([file.frames, file.lost], [frames, 20 - frames], `${room}`);
    assert.is(disk.size, room < HEAD ? 0 : HEAD + frames * 76);
  }
});

test("a disk that fills up is in the log, and the switch and the plugin go on", async () => {
  const importPlugin = async () => pdumpTo(() => smallDisk(100)); // which is empty again when it is opened anew
  const { one, say, log, core } = await pluginBench("", { system: { importPlugin } });
  await all(one, "plugin/add pdump", "pdump/active 1");
  assert.equal(say(1, "a > *", "a > *"), ["2: a > *", "2: a > *"]);
  while (log.length === 0) await new Promise((done) => setImmediate(done));
  assert.equal(log, ["pdump: no more is written: No space left on device: vde_dump.cap"]);
  assert.is(core.u8(abi.CONFIG + abi.CONFIG_CAPTURE), 0);
  const shown = await one.say("pdump/showinfo");
  assert.match(shown, /^No space left on device: vde_dump.cap$/m);
  assert.match(shown, /^frames 1$/m);
  assert.match(await one.say("pdump/active 0"), /^1002 /m);
  await all(one, "pdump/active 1");
  say(1, "a > *", "a > *");
  assert.match(await one.say("pdump/active 0"), /^1028 No space left on device: vde_dump.cap$/m);
  await all(one, "plugin/del pdump");
});

test.run();
