// How fast frames go between workers of a page, on our switch and on what emulators in pages have otherwise: a hub in
// JavaScript that passes each message on, and v86's own BroadcastChannel. All in one run, in turns.
//
//   npm run build && node dist/bench/browser.js [--rounds N] [--ms N]

import { parseArgs } from "node:util";
import { type Tab, Tabs } from "../tests/browser/chromium.js";
import { type Subject, SWITCH_AND_HUB } from "./browser-subjects.js";
import { startedTime } from "./processor.js";
import { median } from "./results.js";

const SUBJECTS: readonly Subject[] = [
  ...SWITCH_AND_HUB,
  { name: "etherloom's broadcastChannel", design: "tabs", isolated: false },
  { name: "BroadcastChannel, v86's `inbrowser`", design: "inbrowser", isolated: false },
];

const OCTETS = [64, 1514];

interface Sample {
  readonly framesPerS: number;
  /** Processor time of the whole browser, a delivered frame. */
  readonly cpuUs: number;
  /** Of a hundred frames, how many the third station heard. */
  readonly strays: number;
}

async function flood(tab: Tab, octets: number, ms: number): Promise<Sample> {
  await tab.call("flood", octets, ms / 4); // compiled code is compared with compiled code
  const before = startedTime(process.pid);
  const {
    frames,
    ms: took,
    strays,
  } = await tab.call<{ frames: number; ms: number; strays: number }>("flood", octets, ms);
  const cpuUs = ((startedTime(process.pid) - before) * 1e6) / frames;
  return { framesPerS: (frames * 1000) / took, cpuUs, strays: (100 * strays) / frames };
}

async function roundTripUs(tab: Tab, ms: number): Promise<number> {
  const { frames, ms: took } = await tab.call<{ frames: number; ms: number }>("ask", ms);
  return (took * 1000) / frames;
}

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "3" }, ms: { type: "string", default: "2000" } },
});
const ms = Number(values.ms);
const results = new Map<string, number[]>();

function note(subject: string, figure: string, value: number): void {
  const key = `${subject}|${figure}`;
  results.set(key, [...(results.get(key) ?? []), value]);
}

/** A fresh page for each: nothing of one is left to another. */
async function measure({ name, design }: Subject, tabs: Tabs, round: number): Promise<void> {
  const tab = await tabs.tab("stations");
  await tab.call("open", design, `bench ${design} ${round}`);
  for (const octets of OCTETS) {
    const { framesPerS, cpuUs, strays } = await flood(tab, octets, ms);
    note(name, `${octets} octets, frames/s`, framesPerS);
    note(name, `${octets} octets, cpu µs/frame`, cpuUs);
    note(name, "heard by the third, %", strays);
  }
  note(name, "round trip, µs", await roundTripUs(tab, ms / 2));
  await tab.close();
}

const options = { programs: ["stations", "station"], folder: "bench/browser/page" };
const [isolated, plain] = [
  await Tabs.open({ ...options, isolated: true }),
  await Tabs.open({ ...options, isolated: false }),
];
try {
  for (let round = 0; round < Number(values.rounds); round++)
    for (const subject of SUBJECTS) await measure(subject, subject.isolated ? isolated : plain, round);
} finally {
  await isolated.close();
  await plain.close();
}

const figures = [...new Set([...results.keys()].map((key) => key.split("|")[1]!))];
console.log(`| | ${figures.join(" | ")} |\n| --- |${" ---: |".repeat(figures.length)}`);
for (const { name } of SUBJECTS) {
  const cells = figures.map((figure) => median(results.get(`${name}|${figure}`) ?? []) ?? Number.NaN);
  console.log(
    `| ${name} | ${cells.map((value) => (value >= 100 ? Math.round(value).toLocaleString("en") : value.toFixed(1))).join(" | ")} |`,
  );
}
