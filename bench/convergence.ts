// How long spanning tree takes, all in one run: rings of switches in one process on simulated cables of 1 ms, and rings of
// processes, ours, VDE's and Open vSwitch's, which take turns. A host broadcasts every millisecond; what is measured is for
// how long not every other host hears every frame once: from the cables' start on, and when a cable is pulled.
//
//   node dist/bench/convergence.js [rounds]       as root, for the namespace that Open vSwitch is in

import { Lab } from "../tests/interop/lab.js";
import { real, underTest } from "../tests/interop/switch.js";
import { Network } from "../tests/tree/network.js";
import { type MakeRing, openVSwitchRing, vdeRing } from "./rings.js";
import { Stream } from "./stream.js";

const rounds = Number(process.argv[2] ?? 3);

/** Milliseconds at the start, and when a cable was cut. */
type Took = readonly [start: number, cut: number];

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

/** A ring of simulated switches: until the tree stands, and until it stands again without one of its cables. */
function simulate(count: number): Took {
  const network = new Network(count);
  const nodes = Array.from({ length: count }, (_, i) => network.add(`B${i}`, 0x8000, [2, 0, 0, 0, 0, i + 1]));
  for (const node of nodes) node.bridge.setTimes(2, 40, 21); // 31 cables are more than the standard's 20 allow
  const places = nodes.map((node) => [network.place(node, 1), network.place(node, 2)] as const);
  for (const [i, [from]] of places.entries()) network.cable([from, places[(i + 1) % count]![1]]);
  const start = network.run(60_000, 10_000);
  network.cables[0]!.isUp = false;
  return [start, network.run(60_000, 10_000)];
}

/** A ring of processes. */
async function run(count: number, make: MakeRing): Promise<Took> {
  const lab = new Lab();
  const abandon = () => lab.abandon();
  process.once("exit", abandon);
  try {
    const { hosts, join, cut } = await make(lab, count);
    const [here, ...others] = hosts;
    const stream = new Stream(here!, others);
    return [await stream.outage(join), await stream.outage(cut)];
  } finally {
    await lab.close();
    process.off("exit", abandon);
  }
}

const SUBJECTS: Readonly<Record<string, MakeRing>> = {
  ours: vdeRing(underTest),
  vde_switch: vdeRing(real),
  "Open vSwitch": openVSwitchRing,
};

function show(ring: number, where: string, took: readonly Took[]): void {
  const [start, cut] = [0, 1].map((i) => Math.round(median(took.map((each) => each[i]!))));
  console.log(`| ${ring} | ${where} | ${start} | ${cut} |`);
}

console.log("| ring | where | until all hear all, ms | interrupted when a cable is cut, ms |");
console.log("| ---- | ----- | ---------------------- | ----------------------------------- |");
for (const count of [3, 8, 32]) show(count, "ours, simulated, cables of 1 ms", [simulate(count)]);
for (const count of [3, 8]) {
  const took = new Map(Object.keys(SUBJECTS).map((name) => [name, [] as Took[]]));
  for (let i = 0; i < rounds; i++)
    for (const [name, make] of Object.entries(SUBJECTS)) took.get(name)!.push(await run(count, make));
  for (const [name, each] of took) show(count, name, each);
}
