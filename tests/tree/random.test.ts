// Random graphs against the definition of the tree, and never a loop on the way: 200 of them, each with six events, or
// TREE_GRAPHS many, from TREE_SEED.

import { suite } from "uvu";
import type { Wires } from "./network.js";
import { check, happen, makeGraph } from "./random.js";

const test = suite("random trees");
const count = Number(process.env["TREE_GRAPHS"] ?? 200);
const seed = Number(process.env["TREE_SEED"] ?? Date.now() % 1_000_000);
const EVENTS = 6;
const BRIDGES = 8;

/** Runs one graph. What happened is in the message where it fails. */
function run(number: number, wires: Wires, hubs = false): void {
  const graph = makeGraph(number, BRIDGES, wires, hubs);
  let story = `TREE_SEED=${number} TREE_GRAPHS=1`;
  for (let i = 0; i <= EVENTS; i++) {
    try {
      graph.network.run(120_000, 45_000);
      check(graph, story);
    } catch (error) {
      if (error instanceof Error) error.message = `${story}: ${error.message}`;
      throw error;
    }
    story += `, ${happen(graph)}`;
  }
}

function runAll(share: number, wires: Wires, hubs = false): void {
  for (let i = 0; i < Math.ceil(count * share); i++) run(seed + i, wires, hubs);
}

console.log(`random trees: TREE_SEED=${seed}`);

test("ends in the right tree, and no loop ever closes", () => runAll(0.5, {}));
test("so it does with a fifth of all BPDUs lost and a fifth of them late", () => runAll(0.4, { loss: 200, late: 200 }));
test("so it does with long cables", () => runAll(0.1, { delayMs: 100, loss: 50, late: 100 }));
test("so it does with hubs between", () => runAll(0.1, {}, true));

test.run();
