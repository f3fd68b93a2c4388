// Wires between two switches, ours and Debian's, and what is measured through them.

import { setImmediate as turn } from "node:timers/promises";
import { type Console, openConsole } from "./console.js";
import type { Lab } from "./lab.js";
import { type Plug, plugInto } from "./plug.js";
import type { Program } from "./program.js";
import { type SwitchBench, startSwitch } from "./switch.js";
import { PATIENCE_MS } from "./wait.js";

export const WIRE_PROMPT = "\nVDEwf$ ";
const SIZE = 498;
/** Nothing came for so long: what is not there is lost. */
const QUIET_MS = 2_000;

/** A wire under way, and a plug at either end. */
export interface Wired {
  readonly wire: Program;
  readonly console: Console;
  readonly left: Plug;
  readonly right: Plug;
  readonly switches: readonly [SwitchBench, SwitchBench];
}

let serial = 0;

/** A wirefilter, by the word that starts it, between two fresh switches. */
export async function wired(
  lab: Lab,
  command: string,
  options: readonly string[],
  kind?: readonly string[],
): Promise<Wired> {
  const number = serial++;
  const start = (name: string) => startSwitch(lab, `${name}${number}`, kind && { command: kind });
  const switches = [await start("l"), await start("r")] as const;
  const mgmt = lab.path(`wire${number}.mgmt`);
  const ends = `${switches[0].directory}:${switches[1].directory}`;
  const wire = lab.start("env", `HOME=${lab.folder}`, command, "-v", ends, "-M", mgmt, ...options);
  const console = await openConsole(lab, mgmt, { prompt: WIRE_PROMPT, server: wire });
  for (const bench of switches) await bench.console.shows("port/print", /vde_crosscable/);
  const [left, right] = [await plugInto(lab, switches[0].directory), await plugInto(lab, switches[1].directory)];
  return { wire, console, left, right, switches };
}

/** A broadcast with a number in it. */
function numbered(number: number): Uint8Array {
  const frame = new Uint8Array(SIZE).fill(0xff, 0, 6);
  frame.set([2, 0, 0, 0, 0, 1, 0x88, 0xb5], 6);
  new DataView(frame.buffer).setUint32(14, number);
  return frame;
}

/** When a frame was sent, and when it came. */
export interface Passage {
  readonly sentMs: number;
  readonly cameMs: number;
}

/** What became of frames that were sent every so many ms at the soonest, by their numbers. Lost ones are absent. */
export async function measure(from: Plug, to: Plug, count: number, everyMs: number): Promise<Map<number, Passage>> {
  const [sent, came] = [new Map<number, number>(), new Map<number, Passage>()];
  const start = performance.now();
  let [quietSince, lastSent] = [start, Number.NEGATIVE_INFINITY];
  for (let next = 0; next < count || (came.size < count && performance.now() - quietSince < QUIET_MS); ) {
    if (next < count && performance.now() >= lastSent + everyMs) {
      lastSent = performance.now();
      sent.set(next, lastSent);
      if (from.offer(numbered(next))) next++; // else the switch is behind: again in a moment
    }
    for (let frame = to.receive(); frame !== undefined; frame = to.receive()) {
      if (frame.length !== SIZE || frame[12] !== 0x88) continue;
      const number = new DataView(frame.buffer, frame.byteOffset).getUint32(14);
      quietSince = performance.now();
      came.set(number, { sentMs: sent.get(number)!, cameMs: quietSince });
    }
    if (performance.now() - start > PATIENCE_MS) throw new Error(`${came.size} of ${count} frames came`);
    await turn();
  }
  return came;
}

export function median(values: Iterable<number>): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

/** The counters of a direction, from `stats`. */
export async function counters(console: Console, way: "LR" | "RL"): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  const lines = (await console.command("stats")).split("\n").filter((line) => line.startsWith(`${way} `));
  for (const line of lines.slice(0, 2))
    for (const [, name = "", value] of line.matchAll(/(\w+) (\d+)/g)) found[name] = Number(value);
  return found;
}
