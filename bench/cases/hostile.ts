// Unkind company: what it costs everybody else when one endpoint floods, sleeps, or never says who it is.

import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type Case, figure, load, range, SWITCHES, withCrew, withPlugs } from "../case.js";
import type { Order } from "../orders.js";
import { type Plug, plug, reaches, unplug } from "../plug.js";
import type { Switch } from "../switch.js";

const SIZE = 64;
const RATE = 100_000; // of the pair and of the flood: both together are within what a switch can do
const FLOOD_TIMES = 5; // as long as other loads, which take 2 s: at its rate, a million addresses

export const strangers: Case = {
  name: "strangers",
  about: `Port 1 sends ${RATE} frames a second to port 2, without and with port 3 sending as many, each from another source address.`,
  subjects: SWITCHES,
  options: {},
  figures: [
    figure("kept", "%", { atLeast: 80 }),
    figure("alone", "frames/s"),
    figure("flooded", "frames/s"),
    figure("addresses", "frames"),
    figure("rss", "MB"),
  ],
  run: (running, ms) =>
    withPlugs(running, 3, async (plugs) => {
      const pair: Order[] = [
        { role: "send", ports: [0], to: [1], size: SIZE, burst: 64, perSecond: RATE },
        { role: "receive", ports: [1] },
      ];
      // To the flood's own port, where the switch has nobody to send them to: learning is all that it costs.
      const flood: Order = {
        role: "send",
        ports: [2],
        to: [2],
        size: SIZE,
        burst: 64,
        perSecond: RATE,
        disguised: true,
      };
      const alone = (await load(running, pair, plugs, ms)).delivered;
      return withCrew([flood, ...pair], plugs, async (crew) => {
        const [stranger, , receiver] = await crew.run(ms * FLOOD_TIMES);
        const flooded = receiver!.received / (receiver!.seconds || Number.NaN);
        return { kept: (100 * flooded) / alone, alone, flooded, addresses: stranger!.sent, rss: running.rss };
      });
    }),
};

const READERS = 7;
const TURNS = 4; // healthy and stalled alternate, as subjects do: a busy machine makes more than five percent

/** Frames a second at the readers, with the last port read or not. */
async function readers(running: Switch, plugs: readonly Plug[], to: number[] | "all", read: number, ms: number) {
  const send: Order = { role: "send", ports: [0], to, size: SIZE, burst: 64 };
  const receive: Order = { role: "receive", ports: range(read, 1) };
  const { reports } = await load(running, [send, receive], plugs, ms);
  const { byPort, seconds } = reports[1]!;
  return byPort.slice(0, READERS).reduce((sum, n) => sum + n, 0) / seconds;
}

function stalled(kind: string, to: number[] | "all"): Case {
  return {
    name: `stalled-${kind}`,
    about: `Port 1 sends to ${to === "all" ? "all" : "each"} of ${READERS + 1} others; one of them stops reading. Counted at the ${READERS} that do read.`,
    subjects: SWITCHES,
    options: {},
    figures: [figure("kept", "%", { atLeast: 95 }), figure("healthy", "frames/s"), figure("stalled", "frames/s")],
    run: (running, ms) =>
      withPlugs(running, READERS + 2, async (plugs) => {
        let [healthy, stalled] = [0, 0];
        for (let turn = 0; turn < TURNS; turn++) {
          healthy += (await readers(running, plugs, to, READERS + 1, ms / TURNS)) / TURNS;
          stalled += (await readers(running, plugs, to, READERS, ms / TURNS)) / TURNS;
        }
        return { kept: (100 * stalled) / healthy, healthy, stalled };
      }),
  };
}

export const stalledAddressed = stalled("addressed", range(READERS + 1, 1));
export const stalledFlooded = stalled("flooded", "all");

const HALF_OPEN = 10_000;

/** How many descriptors a process started from here may have: Node raises its limit as far as it may. */
function openFiles(): number {
  return Number(/^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8"))![1]);
}

export const halfOpen: Case = {
  name: "half-open",
  about: `${HALF_OPEN} connections to the control socket say nothing; then two endpoints plug in, and one sends the other a frame.`,
  subjects: SWITCHES,
  options: {},
  figures: [figure("plug", "ms", { atMost: 1000 }), figure("rss", "MB")],
  lacks: () => (openFiles() > HALF_OPEN + 500 ? undefined : `ulimit -n is ${openFiles()}`),
  run: (running) =>
    withCrew([{ role: "hold", ports: [], dir: running.dir, count: HALF_OPEN }], [], async () => {
      await sleep(500); // for the switch to have accepted the last of them
      const start = performance.now();
      const plugs = [plug(running.dir), plug(running.dir)] as const;
      const through = reaches(...plugs);
      const took = performance.now() - start;
      plugs.forEach(unplug);
      if (!through) throw new Error("no frame came through");
      return { plug: took, rss: running.rss };
    }),
};
