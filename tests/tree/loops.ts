// Loops of ports that forward: where there is one now, and how often and for how long there was one.

import type { Cable, Node } from "./places.js";

/** A port where frames could go round: where two ways of ports that forward lead to one place. */
export function findLoop(nodes: readonly Node[], vid: number, nowMs: number): string | undefined {
  const parent = new Map<Node | Cable, Node | Cable>();
  const find = (start: Node | Cable): Node | Cable => {
    let at = start;
    for (let up = parent.get(at); up !== undefined; up = parent.get(at)) at = up;
    return at;
  };
  for (const node of nodes) {
    if (node.pausedMs > nowMs) continue; // who does not run forwards nothing
    for (const { port, cable } of node.places) {
      if (cable === undefined || !node.bridge.isOpen(port, vid)) continue;
      const [a, b] = [find(node), find(cable)];
      if (a === b) return `${node.name}.${port}`;
      parent.set(a, b);
    }
  }
  return undefined;
}

/** What was seen of loops. */
export class Loops {
  count = 0;
  ms = 0;
  #sinceMs: number | undefined;

  look(nodes: readonly Node[], vids: readonly number[], nowMs: number): void {
    const isThere = vids.some((vid) => findLoop(nodes, vid, nowMs) !== undefined);
    if (this.#sinceMs !== undefined && !isThere) this.ms += nowMs - this.#sinceMs;
    if (this.#sinceMs === undefined && isThere) this.count++;
    this.#sinceMs = isThere ? (this.#sinceMs ?? nowMs) : undefined;
  }
}
