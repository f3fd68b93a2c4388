// Random scripts for a switch and its model: steps that a seed leads to, their words, and a shorter script that fails too.

import { frame } from "../lab.js";
import { type Random, random } from "../random.js";

/** Each step is a word and numbers, but for what is said, so that a script can be printed and pasted. */
export type Step =
  | readonly ["say", port: number, index: number, text: string]
  | readonly ["raw", port: number, size: number, type: number, tci: number, inner: number]
  | readonly ["plug" | "unplug" | "remove" | "flush-port", port: number]
  | readonly ["create" | "destroy" | "flush-vlan", vid: number]
  | readonly ["join" | "leave", vid: number, port: number]
  | readonly ["pvid", port: number, vid: number]
  | readonly ["trunk", port: number, on: number]
  | readonly ["hub" | "transparent", on: number]
  | readonly ["pass", ms: number];

export type Script = readonly Step[];

const PORTS = [0, 1, 2, 3, 63, 64];
const VIDS = [0, 1, 7, 8, 4094, 4095];
const STATIONS = ["a", "b", "c", "d", "e"];
const GROUPS = ["*", "01:00:5e:00:00:01", "01:80:c2:00:00:00", "01:80:c2:00:00:0f", "01:80:c2:00:00:10"];
const TYPES = [0x8100, 0x88a8, 0x0800, 0x0806, 0x86dd, 0, 0xffff, 46];
const TAGS = [
  "",
  "",
  "",
  " #0",
  " #0p5",
  " #7",
  " #7p3d",
  " #8",
  " #1",
  " #4094",
  " #4095",
  " #7 #8",
  " #0 #7",
  " @7",
  " @7 #8",
];
const PASSES = [0, 1, 500, 999, 1_000, 1_001, 2_999, 3_000, 3_001, 50_000, 99_999, 100_000, 100_001];
const SIZES = ["", "", "", "", " /64", " /1514", " /1518", " /9216", " /9217"];

function sayStep({ pick, below }: Random): Step {
  const to = below(4) === 0 ? pick(GROUPS) : pick(STATIONS);
  const from = below(20) === 0 ? pick(GROUPS) : pick(STATIONS);
  return ["say", pick(PORTS), below(3), `${from} > ${to}${pick(TAGS)}${pick(SIZES)}`];
}

function commandStep({ pick, below }: Random): Step {
  const steps: readonly (() => Step)[] = [
    () => ["plug", pick(PORTS)],
    () => ["plug", pick(PORTS)],
    () => ["unplug", pick(PORTS)],
    () => ["remove", pick(PORTS)],
    () => ["flush-port", pick(PORTS)],
    () => ["create", pick(VIDS)],
    () => ["create", pick(VIDS)],
    () => ["destroy", pick(VIDS)],
    () => ["flush-vlan", pick(VIDS)],
    () => ["join", pick(VIDS), pick(PORTS)],
    () => ["join", pick(VIDS), pick(PORTS)],
    () => ["leave", pick(VIDS), pick(PORTS)],
    () => ["pvid", pick(PORTS), pick(VIDS)],
    () => ["pvid", pick(PORTS), pick(VIDS)],
    () => ["trunk", pick(PORTS), below(2)],
    () => ["hub", below(4) === 0 ? 1 : 0],
    () => ["transparent", below(2)],
  ];
  return pick(steps)();
}

export function makeScript(seed: number, length = 400): Script {
  const source = random(seed);
  const { below, pick } = source;
  const plugs = PORTS.slice(0, 4).map((port): Step => ["plug", port]);
  const steps = Array.from({ length }, (): Step => {
    const kind = below(20);
    if (kind < 12) return sayStep(source);
    if (kind === 12) return ["raw", pick(PORTS), below(80), pick(TYPES), below(65536), pick(TYPES)];
    return kind < 16 ? ["pass", pick(PASSES)] : commandStep(source);
  });
  return [...plugs, ["create", 7], ["create", 8], ...steps];
}

/** The frame of a "say" or a "raw" step. */
export function frameOf(step: Step): Uint8Array {
  if (step[0] === "say") return frame(step[3]);
  const [, , size, type, tci, inner] = step as Extract<Step, readonly ["raw", ...unknown[]]>;
  const head = [2, 0, 0, 0, 0, 98, 2, 0, 0, 0, 0, 97, ...[type, tci, inner].flatMap((word) => [word >> 8, word & 255])];
  return Uint8Array.from({ length: size }, (_, i) => head[i] ?? i);
}

/** Drops steps, large stretches first, for as long as what is left fails. */
export function shrink(script: Script, fails: (script: Script) => boolean): Script {
  let shortest = script;
  for (let stretch = script.length >> 1; stretch > 0; stretch >>= 1)
    for (let at = 0; at < shortest.length; ) {
      const shorter = [...shortest.slice(0, at), ...shortest.slice(at + stretch)];
      if (fails(shorter)) shortest = shorter;
      else at += stretch;
    }
  return shortest;
}

export function print(script: Script): string {
  return script.map((step) => `  ${JSON.stringify(step)},`).join("\n");
}
