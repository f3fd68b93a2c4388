// How fast guests get out: one guest in a namespace, a server in another, and a gateway in between, ours or another's, in
// turns, round after round.
//
//    node dist/bench/gateway.js [ROUNDS [SUBJECT]]      all subjects whose names have SUBJECT in them

import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { engineRate } from "./gateway-engine.js";
import type { Connections } from "./gateway-load.js";
import { type GatewaySubject, type Place, SUBJECTS } from "./gateway-subjects.js";
import { familyTime } from "./processor.js";
import { machine } from "./report.js";
import { median, quantile } from "./results.js";
import { addSpace, ip, runIn, startIn, succeedsIn, until } from "./space.js";
import { hostProgram, temporaryFolder } from "./subjects.js";

const LOAD = fileURLToPath(new URL("gateway-load.js", import.meta.url));
const ROUTER = "10.0.2.2";
const PORT = "5310";
const CONNECT = [process.execPath, LOAD, "connect", ROUTER, PORT];
const SECONDS = "2";
/** VDE's old one ends at a thousand connections, whoever made them. */
const CONNECTIONS = "256";
const PINGS = "300";

type Sample = Readonly<Record<string, number>>;

/** Figures, in the order of the table, and whether more is better. */
const FIGURES: readonly (readonly [name: string, isMoreBetter: boolean])[] = [
  ["down, Mbit/s", true],
  ["up, Mbit/s", true],
  ["down, cpu ms/MB", false],
  ["up, cpu ms/MB", false],
  ["connections/s", true],
  ["connect p50, ms", false],
  ["connect p99, ms", false],
  ["ping p50, ms", false],
  ["ping p99, ms", false],
];

function layOut(): Omit<Place, "folder"> {
  const [world, guest] = ["w", "g"].map((name) => `loom-gate-${process.pid}-${name}`) as [string, string];
  addSpace(world);
  addSpace(guest);
  // passt looks at the interface that the way out leads through
  ip("-n", world, "tuntap", "add", "out", "mode", "tap");
  ip("-n", world, "address", "add", "198.51.100.2/24", "dev", "out");
  ip("-n", world, "link", "set", "out", "up");
  ip("-n", world, "route", "add", "default", "via", "198.51.100.1");
  startIn(world, ["iperf3", "-s", "-B", "127.0.0.1"]);
  return { world, guest, tap: `g${process.pid}` };
}

/** Gives the guest its interface, wherever it is by now, and its way out. */
async function configure({ world, guest, tap }: Place): Promise<void> {
  const has = (space: string) => succeedsIn(space, "ip", "link", "show", tap);
  await until("the guest's interface", () => has(guest) || has(world));
  if (!has(guest)) ip("-n", world, "link", "set", tap, "netns", guest);
  ip("-n", guest, "link", "set", tap, "mtu", "1500", "up");
  ip("-n", guest, "address", "add", "10.0.2.15/24", "dev", tap);
  ip("-n", guest, "route", "add", "default", "via", ROUTER);
  await until("a way out", () => succeedsIn(guest, ...CONNECT, "1"));
}

/** One connection at full speed. The first second is not counted, so that compiled code is compared with compiled code. */
function transfer(
  place: Place,
  pids: readonly number[],
  ...options: readonly string[]
): { mbits: number; cpu: number } {
  const words = ["iperf3", "-c", ROUTER, "-J", ...options];
  runIn(place.guest, [...words, "-t", "1"]);
  const before = cpuOf(pids);
  const { bytes, bits_per_second } = JSON.parse(runIn(place.guest, [...words, "-t", SECONDS])).end.sum_received;
  return { mbits: bits_per_second / 1e6, cpu: (1000 * (cpuOf(pids) - before)) / (bytes / 1e6) };
}

const cpuOf = (pids: readonly number[]) => pids.reduce((sum, pid) => sum + familyTime(pid), 0);

/** Times of pings. passt answers none to its own address. */
function ping({ guest }: Place): readonly number[] {
  if (!succeedsIn(guest, "ping", "-c", "1", "-W", "1", ROUTER)) return [];
  const text = runIn(guest, ["ping", "-c", PINGS, "-i", "0.003", ROUTER]);
  return [...text.matchAll(/time=([\d.]+)/g)].map(([, ms]) => Number(ms));
}

async function measure(subject: GatewaySubject, laidOut: Omit<Place, "folder">): Promise<Sample> {
  const place = { ...laidOut, folder: temporaryFolder() };
  const children = await subject.start(place);
  const pids = children.map(({ pid }) => pid!);
  try {
    await configure(place);
    const down = transfer(place, pids, "-R");
    const up = transfer(place, pids);
    const connections = JSON.parse(runIn(place.guest, [...CONNECT, CONNECTIONS])) as Connections;
    const pings = ping(place);
    return {
      "down, Mbit/s": down.mbits,
      "up, Mbit/s": up.mbits,
      "down, cpu ms/MB": down.cpu,
      "up, cpu ms/MB": up.cpu,
      "connections/s": connections.perSecond,
      "connect p50, ms": connections.p50,
      "connect p99, ms": connections.p99,
      "ping p50, ms": quantile(pings, 0.5),
      "ping p99, ms": quantile(pings, 0.99),
    };
  } finally {
    for (const child of children) child.kill("SIGTERM");
    await until("the end of the guest's interface", () => !succeedsIn(place.guest, "ip", "link", "show", place.tap));
  }
}

const shown = (value: number | undefined) => (value === undefined ? "" : String(Number(value.toPrecision(3))));

/** A subject a column; behind each of the others' figures how many times as good our first one is. */
function print(samples: ReadonlyMap<GatewaySubject, readonly Sample[]>): void {
  const names = [...samples.keys()].map(({ name }) => name);
  console.log(`| figure | ${names.join(" | ")} |\n| --- | ${names.map(() => "---:").join(" | ")} |`);
  for (const [figure, isMoreBetter] of FIGURES) {
    const medians = [...samples.values()].map((taken) => median(taken.map((sample) => sample[figure]!)));
    const [ours = Number.NaN] = medians;
    const cells = medians.map((value, i) => {
      if (value === undefined || i === 0) return shown(value);
      const times = isMoreBetter ? ours / value : value / ours;
      return `${shown(value)} (${times.toFixed(2)}x)`;
    });
    console.log(`| ${figure} | ${cells.join(" | ")} |`);
  }
}

async function main(rounds: number, wanted: string): Promise<void> {
  const present = SUBJECTS.filter(({ name, lacks }) => {
    const absent = lacks();
    if (absent.length > 0) console.log(`${name}: left out: ${absent.join(", ")} is not installed`);
    return absent.length === 0 && name.includes(wanted);
  });
  const samples = new Map<GatewaySubject, Sample[]>(present.map((subject) => [subject, []]));
  const rates: number[] = [];
  const laidOut = layOut();
  const server = startIn(laidOut.world, [process.execPath, LOAD, "serve", PORT], ["ignore", "pipe", "inherit"]);
  await once(server.stdout!, "data");
  for (let round = 0; round < rounds; round++) {
    for (const subject of present) {
      try {
        samples.get(subject)!.push(await measure(subject, laidOut));
      } catch (error) {
        console.log(`${subject.name}: failed: ${(error as Error).message}`);
      }
      await sleep(200);
    }
    rates.push(await engineRate());
  }
  console.log(`${machine()}; medians of ${rounds} interleaved rounds; in brackets how many times as good ours is\n`);
  print(samples);
  console.log(`\nin process, down: ${shown(median(rates))} Gbit/s`);
}

const lacking = ["ip", "iperf3", "ping"].filter((program) => hostProgram(program) === undefined);
if (process.getuid?.() !== 0) console.log("namespaces need root");
else if (lacking.length > 0) console.log(`${lacking.join(", ")}: not installed`);
else await main(Number(process.argv[2] ?? 5), process.argv[3] ?? "");
process.exit();
