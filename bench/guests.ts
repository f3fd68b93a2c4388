// How fast two guests of v86 in a page reach each other through our switch, through the least hub that JavaScript can make,
// and through v86's own BroadcastChannel. All in one run of headless Chromium, in turns.
//
//   npm run build && node dist/bench/guests.js [--rounds N] [--kilobytes N]

import { loadavg } from "node:os";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { PARTS } from "../guests/parts.js";
import { makeState } from "../guests/state.js";
import { Tabs } from "../tests/browser/chromium.js";
import { type Subject, SWITCH_AND_HUB } from "./browser-subjects.js";
import { startedTime } from "./processor.js";
import { median } from "./results.js";

const SUBJECTS: readonly Subject[] = [
  ...SWITCH_AND_HUB,
  { name: "v86's `inbrowser`", design: "inbrowser", isolated: false },
];

const PINGS = 30;

/** Of one round; the table's columns. */
const FIGURES = ["ping, least ms", "ping, mean ms", "TCP, MB/s", "cpu, ms/MB"] as const;
type Sample = Readonly<Record<(typeof FIGURES)[number], number>>;

/** A fresh page for each: nothing of one is left to another. */
async function measure({ name, design }: Subject, tabs: Tabs, kilobytes: number): Promise<Sample> {
  const tab = await tabs.tab("guests");
  await tab.call("open", design);
  await tab.call("serve", kilobytes);
  await tab.call("fetchFile"); // compiled code is compared with compiled code
  const { leastMs, meanMs } = await tab.call<{ leastMs: number; meanMs: number }>("ping", PINGS);
  const before = startedTime(process.pid);
  const tookMs = await tab.call<number>("fetchFile");
  const cpuMs = (startedTime(process.pid) - before) * 1000;
  if (!(await tab.call<boolean>("isWhole"))) throw new Error(`${name}: the file arrived with errors`);
  await tab.close();
  const megabytes = (kilobytes * 1024) / 1e6;
  return {
    "ping, least ms": leastMs,
    "ping, mean ms": meanMs,
    "TCP, MB/s": (megabytes * 1000) / tookMs,
    "cpu, ms/MB": cpuMs / megabytes,
  };
}

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "3" }, kilobytes: { type: "string", default: "4096" } },
});
const files = { "/guests/": pathToFileURL(PARTS), "/state": pathToFileURL(await makeState()) };
const options = { programs: ["guests"], folder: "bench/browser/page", files };
const [isolated, plain] = [
  await Tabs.open({ ...options, isolated: true }),
  await Tabs.open({ ...options, isolated: false }),
];
const samples = new Map<Subject, Sample[]>(SUBJECTS.map((subject) => [subject, []]));
try {
  for (let round = 0; round < Number(values.rounds); round++)
    for (const subject of SUBJECTS) {
      const sample = await measure(subject, subject.isolated ? isolated : plain, Number(values.kilobytes));
      samples.get(subject)?.push(sample);
      console.error(subject.name, sample);
    }
} finally {
  await isolated.close();
  await plain.close();
}

console.log(`load ${loadavg()[0]?.toFixed(1)}\n`);
console.log(`| | ${FIGURES.join(" | ")} |\n| --- |${" ---: |".repeat(FIGURES.length)}`);
for (const [{ name }, rounds] of samples) {
  const medians = FIGURES.map((figure) => median(rounds.map((sample) => sample[figure])) ?? Number.NaN);
  console.log(`| ${name} | ${medians.map((value) => value.toPrecision(3)).join(" | ")} |`);
}
