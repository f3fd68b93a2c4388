// A wire whose settings change at random under load, over its console: nothing breaks, memory stays bounded, and the
// counters add up. LOOM_SOAK_S says for how many seconds.

import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { residentOf } from "../process.js";
import { random } from "../random.js";
import { type Console, openConsole } from "./console.js";
import { framed } from "./frames.js";
import { inLab } from "./lab.js";
import { ours } from "./tools.js";
import { until } from "./wait.js";
import { counters, WIRE_PROMPT } from "./wire.js";

const test = suite("a wire under load");
const SECONDS = Number(process.env["LOOM_SOAK_S"] ?? 8);
/** Beside a Node program's 100 MB, 64 MiB may wait in the direction that is loaded, and its batches and streams. */
const RSS_MAX = 350 * 2 ** 20;
const FRAMES = 40;

const VALUES = ["0", "0.5", "1", "3+3", "10", "20+20N", "90", "LR5", "RL7+2"];
const RATES = ["0", "LR50000", "1M", "10M", "500K+100K"];
const CHANGES: Readonly<Record<string, readonly string[]>> = {
  loss: VALUES,
  lostburst: ["0", "1", "4", "7+3"],
  delay: ["0", "1", "5+5", "30+20N", "LR200", "0.05"],
  dup: ["0", "1", "30", "90", "100"],
  bandwidth: RATES,
  speed: RATES,
  noise: ["0", "10", "1000", "1M", "8M"],
  mtu: ["0", "1500", "700", "100+50"],
  chanbufsize: ["0", "0", "5000", "1M+500K"],
  burst: ["0", "3000", "100K"],
  qlen: ["0", "1", "100"],
  codel: ["0", "0", "1", "5"],
  correlation: ["0", "50", "100"],
  reorder: ["0", "0", "10"],
  fifo: ["0", "1"],
  preset: ["dsl", "3g", "lte", "satellite", "lossy-wifi", "none", "none"],
  seed: ["1", "2", "99"],
  "markov-numnodes": ["1", "1", "3"],
  "markov-time": ["1", "10", "100"],
  "markov-setnode": ["0", "2"],
  setedge: ["0,1,30", "1,0,50", "2,0,10", "0,2,5"],
  stats: [""],
  showinfo: [""],
  help: [""],
};

async function addsUp(console: Console): Promise<Record<string, number>> {
  const of = await counters(console, "LR");
  assert.is(of["received"]! + of["duplicated"]!, of["passed"]! + of["lost"]! + of["queued"]!, JSON.stringify(of));
  return of;
}

test(
  `for ${SECONDS} seconds`,
  inLab(async (lab) => {
    const chance = random(SECONDS);
    const mgmt = lab.path("mgmt");
    const drain = ["sh", "-c", '"$0" "$@" | cat > /dev/null'];
    const wire = lab.start(drain[0]!, ...drain.slice(1), ours(lab, "wirefilter"), "-M", mgmt);
    const console = await openConsole(lab, mgmt, { prompt: WIRE_PROMPT, server: wire });
    const pid = Number(readFileSync(`/proc/${wire.pid}/task/${wire.pid}/children`, "utf8").split(" ")[0]);
    const names = Object.keys(CHANGES);
    let [most, changes, sent] = [0, 0, 0];
    for (const end = Date.now() + 1000 * SECONDS; Date.now() < end; ) {
      const name = chance.pick(names);
      const answer = await console.command(`${name} ${chance.pick(CHANGES[name]!)}`);
      assert.match(answer, /^(0000 DATA|1000 Success|1022 Invalid argument: )/, `${name}: ${answer}`);
      if (!wire.isBehind)
        for (let i = 0; i < FRAMES; i++, sent++) wire.tell(framed(new Uint8Array(60 + chance.below(1440))));
      await addsUp(console);
      most = Math.max(most, residentOf(pid));
      assert.ok(most < RSS_MAX, `${most} octets after ${changes} changes`);
      changes++;
      if (changes % 10 === 0) await sleep(chance.below(30));
    }
    for (const line of ["markov-numnodes 1", "preset none"]) assert.match(await console.command(line), /^1000/);
    await until(
      "all that was sent has come in, and left",
      async () => {
        const { received, queued } = await addsUp(console);
        return received === sent && queued === 0;
      },
      120_000,
    );
    globalThis.console.log(`${changes} changes, ${sent} frames, at most ${Math.round(most / 2 ** 20)} MiB`);
  }),
);

test.run();
