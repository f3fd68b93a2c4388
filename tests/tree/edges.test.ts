// Ports come up in networks of every make, with BPDUs lost and switches that stand still for a while: TREE_EDGES networks
// of each kind, from TREE_SEED. Among ours no loop closes; beside others, none that is not the other's own is there for long.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { bringUp, checkReach, type Kind, makeEdges, replug } from "./edges.js";

const test = suite("ports that come up");
const count = Number(process.env["TREE_EDGES"] ?? 20);
const seed = Number(process.env["TREE_SEED"] ?? Date.now() % 1_000_000);
const EVENTS = 4;

interface Sum {
  loops: number;
  ms: number;
  sent: number;
  twice: number;
  round: number;
}

/** Runs one network, and adds what was seen. */
function run(number: number, kind: Kind, sum: Sum): void {
  const edges = makeEdges(number, kind);
  const { network } = edges;
  network.countsLoops = true;
  network.probes.isLenient = true;
  let story = `TREE_SEED=${number} TREE_EDGES=1`;
  try {
    bringUp(edges);
    checkReach(edges);
    for (let i = 0; i < EVENTS; i++) {
      story += `, ${replug(edges)}`;
      checkReach(edges);
    }
  } catch (error) {
    if (error instanceof Error) error.message = `${story}: ${error.message}`;
    throw error;
  }
  if (process.env["TREE_LOOPS"] && network.loops.count > 0)
    console.log(`${network.loops.count} loops, ${network.loops.ms} ms: ${story}`);
  sum.loops += network.loops.count;
  sum.ms += network.loops.ms;
  for (const name of ["sent", "twice", "round"] as const) sum[name] += network.probes.counts[name];
}

function runAll(what: string, kind: Kind): Sum {
  const sum: Sum = { loops: 0, ms: 0, sent: 0, twice: 0, round: 0 };
  for (let i = 0; i < count; i++) run(seed + i, kind, sum);
  const { loops, ms, sent, twice, round } = sum;
  console.log(
    `${what}: ${loops} loops, ${ms} ms; of ${sent} frames ${twice} arrived twice, ${round} passed a bridge again`,
  );
  return sum;
}

console.log(`ports that come up: TREE_SEED=${seed}`);

for (const loss of [0, 50, 150, 300])
  test(`no loop closes among ours with ${loss / 10} % of all BPDUs lost`, () => {
    assert.is(runAll(`ours, ${loss / 10} % lost`, { dialects: ["own"], wires: { loss } }).loops, 0);
  });

test("no loop closes among ours that stand still for up to 150 ms", () => {
  const kind: Kind = { dialects: ["own"], wires: { loss: 50 }, pauseMs: 150 };
  assert.is(runAll("ours, standing still", kind).loops, 0);
});

for (const dialect of ["rstp", "stp"] as const)
  test(`a tree comes out beside bridges that are ${dialect}`, () => {
    runAll(`beside ${dialect}`, { dialects: [dialect], wires: { loss: 50 } });
  });

test("a tree comes out among bridges of every make", () => {
  runAll("every make", { dialects: ["own", "rstp", "stp"], wires: { loss: 150 }, pauseMs: 600 });
});

test.run();
