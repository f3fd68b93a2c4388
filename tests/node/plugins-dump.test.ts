// The plugin dump. What it answers is in the transcript "plugins", too.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as abi from "../../assembly/abi.js";
import { data, pluginBench, SUCCESS } from "./plugins-bench.js";

const test = suite("plugins dump");

async function dumping() {
  const bench = await pluginBench();
  await bench.one.say("plugin/add dump");
  const isCapturing = () => bench.core.u8(abi.CONFIG + abi.CONFIG_CAPTURE) === 1;
  return { ...bench, isCapturing };
}

test("shows who listens every frame that comes in and goes out, with all its octets", async () => {
  const { one, say } = await dumping();
  await one.say("debug/add dump");
  assert.is(await one.say("dump/active 1"), SUCCESS);
  const frame = Uint8Array.from({ length: 64 }, (_, i) => (i < 6 ? 255 : i));
  say(1, frame);
  const octets = Array.from(frame, (octet) => `${octet.toString(16).padStart(2, "0")} `).join("");
  assert.is(
    one.said().replace(/^\nvde\$ /, ""),
    `3101 dump/packetin Pkt: Port 0001 len=0064 ${octets}\n3102 dump/packetout Pkt: Port 0002 len=0064 ${octets}\n`,
  );
  assert.is(await one.say("dump/active 0"), SUCCESS);
  say(1, frame);
  assert.is(one.said(), "");
});

test("captures only while it is active and somebody listens", async () => {
  const { one, isCapturing } = await dumping();
  const steps: [string, boolean][] = [
    ["dump/active 1", false],
    ["debug/add dump/packetin", true],
    ["debug/add dump", true],
    ["debug/del dump/packetin", true],
    ["debug/del dump", false],
    ["debug/add dump", true],
    ["dump/active 0", false],
    ["dump/active 1", true],
    ["dump/active 1", true],
  ];
  for (const [command, captures] of steps) {
    assert.is(await one.say(command), SUCCESS, command);
    assert.is(isCapturing(), captures, command);
  }
  one.session.close();
  assert.not(isCapturing(), "the one who listened is gone");
});

test("comes and goes many times, and leaves nothing behind", async () => {
  const { one, sw, console, isCapturing } = await dumping();
  const before = await one.say("help");
  for (let round = 0; round < 50; round++) {
    for (const command of ["debug/add dump", "dump/active 1", "plugin/del dump", "plugin/add dump"])
      assert.is(await one.say(command), SUCCESS);
  }
  assert.is(await one.say("help"), before);
  assert.is([...sw.events.list("dump")].length, 2);
  await console.plugins.close();
  assert.is([...sw.events.list("dump")].length, 0);
  assert.not(isCapturing());
});

test("works beside pdump and iplog", async () => {
  const { one, say } = await dumping();
  for (const command of ["plugin/add pdump", "plugin/add iplog", "iplog/ipadd ::/0", "debug/add", "dump/active 1"])
    assert.is(await one.say(command), SUCCESS);
  say(1, "a > *");
  assert.is(one.said().match(/^3101 dump.packetin /gm)?.length, 1);
  assert.is(
    await one.say("plugin/list"),
    data([
      "NAME                   HELP",
      "------------           ----",
      "dump                   dump packets",
      "pdump                  dump packets to file, in pcap format",
      "iplog                  log ip/port/user assignment",
    ]),
  );
});

test.run();
