// Cables of ours whose switch is restarted: they plug in again, quietly, and into the port that they had.

import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { needs } from "../skip.js";
import { heard } from "./crossing.js";
import { frame, framed } from "./frames.js";
import { inLab, type Lab } from "./lab.js";
import { plugInto } from "./plug.js";
import type { Program } from "./program.js";
import { real, type SwitchBench, startSwitch } from "./switch.js";
import { ours, startTool } from "./tools.js";
import { until } from "./wait.js";

const test = suite("cables that come back");
const withReal = needs(test, { commands: ["vde_switch"] });

/** The switch, ended by a signal and started again. */
async function restarted(
  lab: Lab,
  { program }: SwitchBench,
  name: string,
  command?: readonly string[],
): Promise<SwitchBench> {
  program.signal("SIGKILL");
  await program.exit();
  return await startSwitch(lab, name, command && { command });
}

/** A frame from one plug of a switch to what is heard elsewhere, sent until it is. */
async function passes(lab: Lab, directory: string, text: string, isHeard: () => boolean): Promise<void> {
  const plug = await plugInto(lab, directory);
  await until(text, () => {
    plug.offer(frame(text));
    return isHeard();
  });
}

for (const [title, wrap, command] of [
  ["ours", test, undefined],
  ["Debian's", withReal, real],
] as const)
  wrap(
    `vde_plug --reconnect hears a switch again that was restarted, ${title}, and says one line of each`,
    inLab(async (lab) => {
      let sw = await startSwitch(lab, "sw", command && { command });
      const plug = lab.start(ours(lab, "vde_plug"), "--reconnect", sw.directory);
      for (const life of [1, 2, 3]) {
        const text = `s > * life ${life}`;
        await passes(lab, sw.directory, text, () => heard(plug).includes(text));
        if (life < 3) sw = await restarted(lab, sw, "sw", command);
      }
      const said = plug.complaints().trim().split("\n");
      assert.is(
        said.filter((line) => /opened again when it can be$/.test(line)).length,
        said.filter((line) => / back$/.test(line)).length,
      );
      assert.ok(said.length >= 2 && said.length <= 4, said.join("\n"));
    }),
  );

test(
  "vde_plug ends with its switch where nobody asked for more, in the foreground",
  inLab(async (lab) => {
    const sw = await startSwitch(lab, "sw");
    const plug = lab.start(ours(lab, "vde_plug"), sw.directory);
    await sw.console.shows("port/print", /endpoint ID/);
    sw.program.signal("SIGTERM");
    assert.is((await plug.exit()).code, 0);
  }),
);

test(
  "a plug comes back into its port, if that is free",
  inLab(async (lab) => {
    let sw = await startSwitch(lab, "sw");
    const start = async (port: number): Promise<Program> => {
      const plug = lab.start(ours(lab, "vde_plug"), "--reconnect", "--descr", `plug${port}`, sw.directory);
      await sw.console.shows(`port/print ${port}`, new RegExp(`plug${port}`));
      return plug;
    };
    const [first, second] = [await start(1), await start(2)];
    await first.stop();
    sw = await restarted(lab, sw, "sw");
    await sw.console.shows("port/print 2", /plug2/);
    assert.is((await sw.console.command("port/print 1")).includes("plug2"), false);
    assert.is(second.complaints().includes("port"), false);
  }),
);

test(
  "a cable between two switches carries frames again, whichever of them was restarted, as a daemon by itself",
  inLab(async (lab) => {
    let [left, right] = [await startSwitch(lab, "left"), await startSwitch(lab, "right")];
    const pidfile = lab.path("pid");
    await lab.start(ours(lab, "vde_plug"), "-d", "-p", pidfile, left.directory, right.directory).exit();
    const pid = Number(readFileSync(pidfile, "utf8"));
    lab.later(() => void kill(pid));
    await crosses(lab, left, right, "one");
    left = await restarted(lab, left, "left");
    await crosses(lab, left, right, "two");
    right = await restarted(lab, right, "right");
    await crosses(lab, left, right, "three");
    kill(pid);
  }),
);

test(
  "wirefilter --reconnect keeps its settings while a switch is away",
  inLab(async (lab) => {
    let [left, right] = [await startSwitch(lab, "left"), await startSwitch(lab, "right")];
    startTool(
      lab,
      "wirefilter",
      "--reconnect",
      "--nostdin",
      "-l",
      "RL100",
      "-v",
      `${left.directory}:${right.directory}`,
    );
    await crosses(lab, left, right, "one");
    [left, right] = [await restarted(lab, left, "left"), await restarted(lab, right, "right")];
    await crosses(lab, left, right, "two");
    const [near, far] = [await plugInto(lab, left.directory), await plugInto(lab, right.directory)];
    far.send(frame("f > * never"));
    await crosses(lab, left, right, "three");
    assert.is(near.all().includes("f > * never"), false);
  }),
);

async function crosses(lab: Lab, left: SwitchBench, right: SwitchBench, text: string): Promise<void> {
  const far = await plugInto(lab, right.directory);
  await passes(lab, left.directory, `l > * ${text}`, () => far.all().includes(`l > * ${text}`));
}

/** ARP: who has 10.0.2.2? */
const ASKS = Buffer.from(
  "ffffffffffff02000000000f08060001080006040001" + "02000000000f0a00020f" + "0000000000000a000202",
  "hex",
);

test(
  "slirpvde --reconnect answers again after its switch was restarted",
  inLab(async (lab) => {
    let sw = await startSwitch(lab, "sw");
    startTool(lab, "slirpvde", "--reconnect", "-s", sw.directory);
    for (const life of [1, 2]) {
      const guest = await plugInto(lab, sw.directory);
      await until(`an answer in life ${life}`, () => {
        guest.offer(ASKS);
        for (let reply = guest.receive(); reply !== undefined; reply = guest.receive())
          if (reply.length >= 42 && reply[12] === 8 && reply[13] === 6 && reply[21] === 2) return true;
        return undefined;
      });
      if (life === 1) sw = await restarted(lab, sw, "sw");
    }
  }),
);

test(
  "a plug that waits for its switch ends when it is told to, and what it is told meanwhile goes nowhere",
  inLab(async (lab) => {
    const sw = await startSwitch(lab, "sw");
    const plug = lab.start(ours(lab, "vde_plug"), "--reconnect", sw.directory);
    await sw.console.shows("port/print", /endpoint ID/);
    sw.program.signal("SIGTERM");
    await until("it is told", () => plug.complaints().includes("opened again"));
    for (let i = 0; i < 1_000; i++) plug.tell(framed(frame("p > * lost /1514")));
    await until("all of it is taken", () => !plug.isBehind);
    plug.hangUp();
    assert.is((await plug.exit()).code, 0);
  }),
);

function kill(pid: number): void {
  try {
    process.kill(pid);
  } catch {
    // it has ended
  }
}

test.run();
