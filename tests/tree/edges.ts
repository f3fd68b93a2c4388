// Random networks whose cables come up one end after the other, at switches that are busy, with bridges of every make behind
// them: what a port believes too soon to lead to a host closes a loop here.

import * as assert from "uvu/assert";
import { type Random, random } from "../random.js";
import type { Dialect } from "./bridge.js";
import { Network, type Wires } from "./network.js";
import type { Node, Place } from "./places.js";

export interface Kind {
  /** What bridges may be beside ours, as often as they are named. */
  readonly dialects: readonly Dialect[];
  readonly wires: Wires;
  /** The longest that a switch does nothing at all, in milliseconds. */
  readonly pauseMs?: number;
}

export interface Edges {
  readonly network: Network;
  readonly chance: Random;
  readonly pauseMs: number;
}

const BRIDGES = 6;
const PRIORITIES = [0x8000, 0x8000, 0x1000, 0xf000];
/** The longest cable, and within what time both its ends come up. */
const DELAY_MS = 20;
const APART_MS = 1000;
const QUIET_MS = 45_000;
/** How long BPDUs are lost after the last change. */
const LOSSY_MS = 5_000;

/** Makes a network that is dark still. Each cable has one of our switches at one end at least. */
export function makeEdges(seed: number, { dialects, wires, pauseMs = 0 }: Kind): Edges {
  const chance = random(seed);
  const network = new Network(seed, wires);
  network.hasTraffic = true;
  const count = 2 + chance.below(BRIDGES - 1);
  for (let i = 0; i < count; i++) {
    const node = network.add(`B${i + 1}`, chance.pick(PRIORITIES), [2, 0, 0, 0, 0, i + 1]);
    if (i > 0 && chance.below(5) < 2) network.speak(node, chance.pick(dialects));
  }
  const ours = network.nodes.filter(({ dialect }) => dialect === "own");
  for (const node of network.nodes.slice(1)) {
    const others = network.nodes.slice(0, network.nodes.indexOf(node));
    const fit = node.dialect === "own" ? others : others.filter(({ dialect }) => dialect === "own");
    connect(network, chance, [node, chance.pick(fit)]);
  }
  for (let i = 1 + chance.below(count + 2); i > 0; i--) {
    const ends = [chance.pick(ours), chance.pick(network.nodes)] as const;
    if (ends[0] !== ends[1]) connect(network, chance, ends);
  }
  return { network, chance, pauseMs };
}

/** Lays a cable of some length. Of some, no end notices whether the other is there: a converter is between, or a process. */
function connect(network: Network, chance: Random, ends: readonly [Node, Node]): void {
  const places = ends.map((node) => network.place(node, node.places.length + 1));
  for (const place of places) place.isUp = false;
  network.cable(places, chance.below(2) === 0).delayMs = 1 + chance.below(DELAY_MS);
}

function all({ network }: Edges): Place[] {
  return network.nodes.flatMap(({ places }) => places);
}

/** Puts ends in, each at its own time, while some switch does nothing for a while. */
export function bringUp(edges: Edges, places: readonly Place[] = all(edges)): void {
  const { network, chance, pauseMs } = edges;
  const times = places.map((place) => ({ place, atMs: network.nowMs + chance.below(APART_MS) }));
  for (const { place, atMs } of times.sort((a, b) => a.atMs - b.atMs)) {
    network.run(atMs - network.nowMs);
    place.isUp = true;
    if (pauseMs > 0 && chance.below(3) === 0)
      chance.pick(network.nodes).pausedMs = network.nowMs + chance.below(pauseMs);
    network.refresh();
  }
  network.run(LOSSY_MS);
  settle(edges);
}

/** Waits until nothing changes any more, on cables that lose nothing: a bridge that believes others for three hellos only
 * would change its mind now and then. */
function settle({ network }: Edges): void {
  const { wires } = network;
  network.wires = { ...wires, loss: 0 };
  network.run(2 * QUIET_MS, QUIET_MS);
  network.wires = wires;
}

/** Something happens by which ports come up anew. Returns what. */
export function replug(edges: Edges): string {
  const { network, chance } = edges;
  const kind = chance.below(3);
  if (kind === 0) {
    const node = chance.pick(network.nodes.filter(({ dialect }) => dialect === "own"));
    node.bridge.turnOnAnew(network.nowMs);
    network.run(LOSSY_MS);
    settle(edges);
    return `setfstp ${node.name}`;
  }
  const places = kind === 1 ? [chance.pick(all(edges))] : chance.pick(network.nodes).places;
  for (const place of places) place.isUp = false;
  network.run(chance.below(3000));
  bringUp(edges, places);
  return `plugs ${places.map(({ node, port }) => `${node.name}.${port}`)}`;
}

/** Expects that no loop is left, and that a broadcast of our switch comes to every host once. */
export function checkReach({ network }: Edges): void {
  network.requireNoLoop();
  const [from] = network.nodes;
  const copies = network.flood(from!);
  for (const node of network.nodes) if (node !== from) assert.is(copies.get(node) ?? 0, 1, `copies at ${node.name}`);
}
