// What a network of the tests is made of: bridges, and cables between places at them.

import type { Bridge, Dialect } from "./bridge.js";

export interface Place {
  readonly node: Node;
  readonly port: number;
  isUp: boolean;
  cable: Cable | undefined;
}

export interface Node {
  readonly name: string;
  id: bigint;
  readonly bridge: Bridge;
  isUp: boolean;
  dueMs: number;
  places: Place[];
  dialect: Dialect;
  /** Until when it does nothing at all: a process that does not run. What comes meanwhile waits. */
  pausedMs: number;
}

export interface Cable {
  places: Place[];
  isUp: boolean;
  /** A hub: several bridges may be on it, and a port of it does not notice who leaves. */
  isShared: boolean;
  /** Where it is not as long as all others. */
  delayMs?: number;
}
