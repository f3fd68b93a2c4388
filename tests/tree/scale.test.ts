// A thousand switches in one process, in a graph of two thousand cables: they find one tree, and heal it.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { random } from "../random.js";
import { Network } from "./network.js";
import { check } from "./random.js";

const test = suite("a thousand switches");
const COUNT = Number(process.env["TREE_SWITCHES"] ?? 1000);
const COST = 20_000;

/** A graph where every switch has four cables on the average, and none is far from another. */
function makeGraph() {
  const chance = random(COUNT);
  const network = new Network(COUNT);
  const costs = new Map();
  for (let i = 0; i < COUNT; i++) network.add(`B${i}`, 0x8000, [2, 0, 0, 0, i >> 8, i & 255]);
  const join = (a: number, b: number) => {
    const places = [a, b].map((i) => network.nodes[i]!).map((node) => network.place(node, node.places.length + 1));
    for (const place of places) costs.set(place, COST);
    for (const { node, port } of places) node.bridge.setPort(port, { cost: COST }, network.nowMs);
    network.cable(places);
  };
  for (let i = 1; i < COUNT; i++) join(i, chance.below(i));
  for (let i = 0; i < COUNT; i++) join(i, (i + 1 + chance.below(COUNT - 1)) % COUNT);
  return { network, chance, costs };
}

test("they end as one tree, and so they do when a cable and the root go", () => {
  const graph = makeGraph();
  const { network } = graph;
  network.watchesLoops = false; // looking for loops among a thousand at each of their steps would be all that it does
  const before = process.cpuUsage();
  const startMs = network.run(30_000, 5000);
  network.requireNoLoop();
  check(graph, "start");
  const { user, system } = process.cpuUsage(before);
  const seconds = (user + system) / 1e6;
  const megabytes = Math.round(process.memoryUsage().rss / 2 ** 20);
  const rate = Math.round(network.bpdus / seconds);
  console.log(
    `${COUNT} switches: ${startMs} ms of theirs, ${seconds.toFixed(1)} s of a processor, ` +
      `${network.bpdus} BPDUs, ${rate} a second, ${megabytes} MB`,
  );
  network.cables[0]!.isUp = false;
  console.log(`a cable cut: ${network.run(30_000, 5000)} ms`);
  network.requireNoLoop();
  check(graph, "a cable cut");
  network.nodes[0]!.isUp = false;
  console.log(`the root gone: ${network.run(60_000, 5000)} ms`);
  network.requireNoLoop();
  check(graph, "the root gone");
  assert.is(network.nodes.length, COUNT);
});

test.run();
