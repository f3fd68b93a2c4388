// The tree as its definition has it, with no protocol: shortest paths from the best bridge, then the best port of every
// cable. 802.1D-2004 17.5, 17.6.

import type { Role } from "./bridge.js";
import type { Network } from "./network.js";
import type { Cable, Node, Place } from "./places.js";

export interface Costs {
  cost(place: Place): number;
  priority(place: Place): number;
  isGuarded?(place: Place): boolean;
}

export interface Expected {
  readonly roles: Map<Place, Role>;
  readonly roots: Map<Node, { root: Node; cost: number; port: number }>;
}

export function expected(network: Network, { cost, priority, isGuarded = () => false }: Costs): Expected {
  const live = (place: Place) => place.node.bridge.isPlugged(place.port);
  const on = (cable: Cable) => cable.places.filter(live);
  const idOf = (place: Place) => priority(place) * 4096 + place.port;
  const root = new Map<Node, Node>();
  const rpc = new Map<Node, number>();
  const nodes = network.nodes.filter(({ isUp }) => isUp).sort((a, b) => (a.id < b.id ? -1 : 1));
  for (const best of nodes) {
    if (root.has(best)) continue;
    const reached = new Map([[best, 0]]);
    const open = new Map(reached);
    while (open.size > 0) {
      const [node, far] = [...open].reduce((a, b) => (b[1] < a[1] ? b : a));
      open.delete(node);
      for (const from of node.places.filter(live))
        for (const to of on(from.cable!)) {
          const sum = far + cost(to);
          if (to.node === node || root.has(to.node) || isGuarded(to)) continue;
          if (sum >= (reached.get(to.node) ?? Number.POSITIVE_INFINITY)) continue;
          reached.set(to.node, sum);
          open.set(to.node, sum);
        }
    }
    for (const [node, sum] of reached) {
      root.set(node, best);
      rpc.set(node, sum);
    }
  }
  const vector = (place: Place) => [root.get(place.node)!.id, rpc.get(place.node)!, place.node.id, idOf(place)];
  const designated = new Map<Cable, Place>();
  for (const cable of network.cables) {
    const [first] = on(cable).sort((a, b) => compare(vector(a), vector(b)));
    if (first !== undefined) designated.set(cable, first);
  }
  return rolesOf(nodes, { root, rpc, designated, live, idOf, cost, isGuarded });
}

interface Found {
  readonly root: Map<Node, Node>;
  readonly rpc: Map<Node, number>;
  readonly designated: Map<Cable, Place>;
  live(place: Place): boolean;
  idOf(place: Place): number;
  cost(place: Place): number;
  isGuarded(place: Place): boolean;
}

function rolesOf(nodes: readonly Node[], { root, rpc, designated, live, idOf, cost, isGuarded }: Found): Expected {
  const roles = new Map<Place, Role>();
  const roots: Expected["roots"] = new Map();
  for (const node of nodes) {
    const ways = node.places
      .filter((place) => root.get(node) !== node && live(place) && !isGuarded(place))
      .map((place) => ({ place, to: designated.get(place.cable!)! }))
      .filter(({ to }) => to.node !== node && root.get(to.node) === root.get(node))
      .map(({ place, to }) => ({ place, key: [rpc.get(to.node)! + cost(place), to.node.id, idOf(to), idOf(place)] }))
      .sort((a, b) => compare(a.key, b.key));
    const way = ways[0]?.place;
    roots.set(node, { root: root.get(node)!, cost: rpc.get(node)!, port: way?.port ?? 0 });
    for (const place of node.places) {
      const head = place.cable === undefined ? undefined : designated.get(place.cable);
      if (!live(place)) roles.set(place, "Disabled");
      else if (place === way) roles.set(place, "Root");
      else if (head === place) roles.set(place, "Designated");
      else roles.set(place, head?.node === node ? "Backup" : "Alternate");
    }
  }
  return { roles, roots };
}

function compare(a: readonly (number | bigint)[], b: readonly (number | bigint)[]): number {
  for (let i = 0; i < a.length; i++) {
    if (a[i]! < b[i]!) return -1;
    if (a[i]! > b[i]!) return 1;
  }
  return 0;
}
