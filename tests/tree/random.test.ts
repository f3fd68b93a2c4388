// Random graphs against the definition of the tree, with frames under way at every step, of which none may go round and none
// arrive twice but for what a port's opening overtook: 1,000 of them, each with six events, or TREE_GRAPHS many, from
// TREE_SEED.

import { suite } from "uvu";
import type { Wires } from "./network.js";
import { check, checkFlood, happen, makeGraph } from "./random.js";

const test = suite("random trees");
const count = Number(process.env["TREE_GRAPHS"] ?? 1000);
const seed = Number(process.env["TREE_SEED"] ?? Date.now() % 1_000_000);
const EVENTS = 6;
const BRIDGES = 8;
const total = { sent: 0, twice: 0, round: 0 };

/** Runs one graph. What happened is in the message where it fails. */
function run(number: number, wires: Wires, hubs = false): void {
  const graph = makeGraph(number, BRIDGES, wires, hubs);
  graph.network.hasTraffic = true;
  let story = `TREE_SEED=${number} TREE_GRAPHS=1`;
  for (let i = 0; i <= EVENTS; i++) {
    try {
      graph.network.run(120_000, 45_000);
      check(graph, story);
      checkFlood(graph, story);
    } catch (error) {
      if (error instanceof Error) error.message = `${story}: ${error.message}`;
      throw error;
    }
    story += `, ${happen(graph)}`;
  }
  for (const name of ["sent", "twice", "round"] as const) total[name] += graph.network.probes.counts[name];
}

function runAll(share: number, wires: Wires, hubs = false): void {
  for (let i = 0; i < Math.ceil(count * share); i++) run(seed + i, wires, hubs);
}

console.log(`random trees: TREE_SEED=${seed}`);

const BAD: Wires = { loss: 200, late: 200 };

test("ends in the right tree, and no loop ever closes", () => runAll(0.4, {}));
test("so it does with a fifth of all BPDUs lost and a fifth of frames late", () => runAll(0.3, BAD));
test("so it does with long cables", () => runAll(0.1, { delayMs: 100, loss: 50, late: 100 }));
test("so it does with hubs between", () => runAll(0.1, {}, true));
test("so it does with hubs between that lose a fifth of all BPDUs", () => {
  runAll(0.1, BAD, true);
  const { sent, twice, round } = total;
  console.log(
    `${sent} frames sent meanwhile; a port that opened made ${twice} arrive twice and ${round} pass a bridge again`,
  );
});

test.run();
