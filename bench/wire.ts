// How exact and how fast wires are, ours and Debian's, which take turns in one run: delays, bandwidths, and what passes a
// wire without a fault.
//
//   node dist/bench/wire.js [rounds]

import { fileURLToPath } from "node:url";
import { carry, pass, piped } from "./piped.js";
import { quantile } from "./results.js";

const rounds = Number(process.argv[2] ?? 3);
const loom = fileURLToPath(new URL("../../bin/loom.js", import.meta.url));
const MAKES: readonly (readonly string[])[] = [[process.execPath, loom, "wire"], ["/usr/bin/wirefilter"]];
/** Frames that go first, so that compiled code is compared with compiled code. */
const WARM_UP = 300;

type Figures = Readonly<Record<string, number>>;

/** How far off times are, in µs. */
function errors(name: string, milliseconds: readonly number[]): Figures {
  const off = milliseconds.map((ms) => 1000 * Math.abs(ms));
  return { [`${name}, p50 µs off`]: quantile(off, 0.5), [`${name}, p99 µs off`]: quantile(off, 0.99) };
}

/** A frame every 3 ms, each delayed by 20. */
async function delay(make: readonly string[]): Promise<Figures> {
  return await piped([...make, "-d", "20"], async (input, output) => {
    const count = 1300;
    const { sent, came } = carry([input, output], { count, size: 498, dueMs: (number) => 3 * number, ms: 20_000 });
    return errors(
      "delay 20 ms",
      came.slice(WARM_UP).map(({ number, atMs }) => atMs - sent[number]! - 20),
    );
  });
}

/** Frames as fast as the pipe takes them. The time that each should come at is the first one's and what the rate says. */
async function bandwidth(
  make: readonly string[],
  name: string,
  rate: number,
  size: number,
  count: number,
): Promise<Figures> {
  return await piped([...make, "-b", String(rate)], async (input, output) => {
    const { came } = carry([input, output], { count, size, dueMs: () => 0, ms: 20_000 });
    const from = Math.min(WARM_UP, count >> 2);
    const [first, last] = [came[from]!, came.at(-1)!];
    const eachMs = (1000 * (size + 2)) / rate;
    const late = came.slice(from).map(({ atMs }, i) => atMs - first.atMs - i * eachMs);
    const middle = quantile(late, 0.5);
    const measured = ((came.length - 1 - from) * (size + 2)) / ((last.atMs - first.atMs) / 1000);
    const share = { [`${name}, % of the rate`]: (100 * measured) / rate };
    return eachMs < 1
      ? share
      : {
          ...share,
          ...errors(
            name,
            late.map((ms) => ms - middle),
          ),
        };
  });
}

async function throughput(make: readonly string[], size: number, count: number): Promise<Figures> {
  return { [`${size} octets, frames/s`]: count / (await pass(make, size, count)) };
}

const MEASURES: readonly ((make: readonly string[]) => Promise<Figures>)[] = [
  delay,
  (make) => bandwidth(make, "64 kbit/s", 8_000, 98, 400),
  (make) => bandwidth(make, "10 Mbit/s", 1_250_000, 1_248, 2_500),
  (make) => bandwidth(make, "1 Gbit/s", 125_000_000, 1_248, 150_000),
  (make) => throughput(make, 64, 1_000_000),
  (make) => throughput(make, 1514, 200_000),
];

console.log("| figure | ours | wirefilter | ours by wirefilter |\n| --- | ---: | ---: | ---: |");
for (const measure of MEASURES) {
  const samples: Figures[][] = MAKES.map(() => []);
  for (let round = 0; round < rounds; round++)
    for (const [i, make] of MAKES.entries()) samples[i]!.push(await measure(make));
  for (const name of Object.keys(samples[0]![0]!)) {
    const [mine = Number.NaN, theirs = Number.NaN] = samples.map((of) =>
      quantile(
        of.map((figures) => figures[name]!),
        0.5,
      ),
    );
    console.log(`| ${name} | ${shown(mine)} | ${shown(theirs)} | ${(mine / theirs).toFixed(2)}x |`);
  }
}

function shown(value: number): string {
  return value >= 10_000 ? `${Math.round(value / 1000)} k` : String(Number(value.toPrecision(4)));
}
