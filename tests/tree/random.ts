// Random graphs: bridges, cables and hubs by chance, and what happens to them. The tree must come out as its definition
// has it after each step, and no loop may close at any moment.

import * as assert from "uvu/assert";
import * as abi from "../../assembly/abi.js";
import { type Random, random } from "../random.js";
import { Network, type Wires } from "./network.js";
import { expected } from "./oracle.js";
import type { Cable, Node, Place } from "./places.js";

const COSTS = [20_000, 20_000, 20_000, 200_000, 1, 19_999];
const PRIORITIES = [0x8000, 0x8000, 0x1000, 0x2000, 0];

export interface Graph {
  readonly network: Network;
  readonly chance: Random;
  readonly costs: Map<Place, number>;
}

/** Makes a graph of up to `most` bridges. `hubs`: whether some cables lead to more than two. */
export function makeGraph(seed: number, most: number, wires: Wires, hubs: boolean): Graph {
  const chance = random(seed);
  const network = new Network(seed, wires);
  const costs = new Map<Place, number>();
  const count = 2 + chance.below(most - 1);
  for (let i = 0; i < count; i++) network.add(`B${i + 1}`, chance.pick(PRIORITIES), [2, 0, 0, 0, 0, i + 1]);
  const connect = (nodes: readonly Node[], isShared: boolean) => {
    const places = nodes.map((node) => {
      const cost = chance.pick(COSTS);
      const options = isShared ? abi.SPAN_SHARED : 0;
      const place = network.place(node, node.places.length + 1, { cost, options });
      costs.set(place, cost);
      return place;
    });
    network.cable(places, isShared);
  };
  for (let i = 1; i < count; i++) connect([network.nodes[i]!, network.nodes[chance.below(i)]!], false);
  for (let i = chance.below(count + 2); i > 0; i--) {
    const nodes = [chance.pick(network.nodes), chance.pick(network.nodes)];
    const isShared = hubs && chance.below(6) === 0;
    if (isShared) nodes.push(chance.pick(network.nodes));
    if (isShared || nodes[0] !== nodes[1]) connect(nodes, isShared);
  }
  return { network, chance, costs };
}

/** Something happens. Returns what, in words. */
export function happen({ network, chance, costs }: Graph): string {
  const kind = chance.below(5);
  if (kind <= 1) {
    const cable = chance.pick<Cable>(network.cables);
    cable.isUp = !cable.isUp;
    return `cable ${cable.places.map(({ node, port }) => `${node.name}.${port}`)} ${cable.isUp ? "in" : "out"}`;
  }
  const node = chance.pick(network.nodes);
  if (kind === 2) {
    node.isUp = !node.isUp;
    return `bridge ${node.name} ${node.isUp ? "up" : "down"}`;
  }
  if (kind === 3) {
    const priority = chance.pick(PRIORITIES);
    network.setPriority(node, priority);
    return `priority ${node.name} ${priority}`;
  }
  const place = chance.pick([...costs.keys()]);
  costs.set(place, chance.pick(COSTS));
  place.node.bridge.setPort(place.port, { cost: costs.get(place)! }, network.nowMs);
  return `cost ${place.node.name}.${place.port} ${costs.get(place)}`;
}

/** Lets a host broadcast, now that the tree stands: each host that can be reached hears it once, and no other. */
export function checkFlood({ network, chance }: Graph, story: string): void {
  const up = network.nodes.filter(({ isUp }) => isUp);
  if (up.length === 0) return;
  const from = chance.pick(up);
  const copies = network.flood(from);
  for (const node of network.nodes) {
    const isReached = node !== from && node.isUp && node.bridge.root().rootId === from.bridge.root().rootId;
    assert.is(copies.get(node) ?? 0, isReached ? 1 : 0, `copies from ${from.name} at ${node.name}: ${story}`);
  }
}

/** Compares the network with what it must be. */
export function check({ network, costs }: Graph, story: string): void {
  const { roles, roots } = expected(network, { cost: (place) => costs.get(place)!, priority: () => 128 });
  for (const [node, { root, cost, port }] of roots) {
    const got = node.bridge.root();
    const found = network.nodes.find(({ id }) => id === got.rootId)?.name;
    assert.equal(
      { root: found, cost: got.cost, port: got.port },
      { root: root.name, cost, port },
      `${node.name}: ${story}`,
    );
  }
  for (const [{ node, port }, role] of roles) {
    const isOpen = role === "Root" || role === "Designated" ? "Forwarding" : "Discarding";
    const got = `${node.name}.${port} ${node.bridge.roleOf(port)} ${node.bridge.stateOf(port)}`;
    assert.is(got, `${node.name}.${port} ${role} ${isOpen}`, story);
  }
}
