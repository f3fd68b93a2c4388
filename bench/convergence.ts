// How long spanning tree takes: rings of switches in one process on simulated cables of 1 ms, and rings of processes, ours
// and VDE's, from the moment that a cable is pulled until a broadcast reaches everyone again.
//
//   node dist/bench/convergence.js

import { cable, HOST, hostAt, isIn, untilHeard } from "../tests/interop/fstp.js";
import { Lab } from "../tests/interop/lab.js";
import { real, startSwitch, underTest } from "../tests/interop/switch.js";
import { Network } from "../tests/tree/network.js";

const ROUNDS = 5;

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

/** A ring of simulated switches: until the tree stands, and until it stands again without one of its cables. */
function simulate(count: number): [start: number, cut: number] {
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
async function run(count: number, command: readonly string[]): Promise<[start: number, cut: number]> {
  const lab = new Lab();
  try {
    const options = (i: number) => ["--fstp", "--macaddr", `00:ff:00:00:00:${(i + 1).toString(16).padStart(2, "0")}`];
    const names = Array.from({ length: count }, (_, i) => i);
    const switches = await Promise.all(names.map((i) => startSwitch(lab, `s${i}`, { command, options: options(i) })));
    const [here, ...others] = await Promise.all(switches.map((each) => hostAt(lab, each)));
    for (const { console } of switches) await console.command(`fstp/setedge 0 ${HOST} 1`); // else ours listen there first
    const after = (i: number) => switches[(i + 1) % count]!;
    const cables = switches.map((from, i) => cable(lab, from, 1, after(i), 2));
    for (const [i, from] of switches.entries()) await isIn(from, 1, after(i), 2);
    const start = await untilHeard(here!, others);
    cables[0]!.signal("SIGTERM");
    return [start, await untilHeard(here!, others)];
  } finally {
    await lab.close();
  }
}

console.log(
  "| ring | where | until all hear all, ms | until they do again, a cable cut, ms |\n| --- | --- | --- | --- |",
);
const show = (ring: number, where: string, start: number, cut: number) =>
  console.log(`| ${ring} | ${where} | ${Math.round(start)} | ${Math.round(cut)} |`);
for (const count of [3, 8, 32]) show(count, "ours, simulated, cables of 1 ms", ...simulate(count));
for (const count of [3, 8])
  for (const [name, command] of [
    ["ours", underTest],
    ["vde_switch", real],
  ] as const) {
    const rounds: [number, number][] = [];
    for (let i = 0; i < ROUNDS; i++) rounds.push(await run(count, command));
    show(count, name, median(rounds.map(([start]) => start)), median(rounds.map(([, cut]) => cut)));
  }
