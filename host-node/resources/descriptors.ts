// File descriptors: how many this process may have, and how many it has open, whoever opened them.

import { readdirSync, statSync } from "node:fs";

/** Open descriptors of this process; since Linux 6.2 the size of this folder is how many. */
const FOLDER = "/proc/self/fd";
/** A count is believed for so long; what is taken meanwhile is added. */
const HOLDS_MS = 50;
/** Where the folder has to be read, which takes a millisecond for each thousand of them. */
const HOLDS_LONG_MS = 1_000;

/** Longer than it takes to open what was taken. */
const WHILE_MS = 1_000;

const RESERVE = 64;

/** What is kept for operators, and again as many for clients: a small process keeps a quarter each. */
export function reserveOf(limit: number): number {
  return Math.min(RESERVE, Math.ceil(limit / 4));
}

/** What nobody may take. At zero a connection could not even be accepted, to be refused or to take an idle one's place. */
export function spareOf(limit: number): number {
  return Math.min(8, Math.ceil(limit / 16));
}

/**
 * How many are open: those that were taken from the account, and the others. Where something was taken whose descriptor is
 * not open yet, the others look fewer than they are; so what they were at the most is believed for a while.
 */
export class DescriptorCount {
  /** How many were taken from the account, which knows at once of those. */
  readonly #taken: () => number;
  /** The most others of this while and of the last one. */
  #most: readonly [now: number, before: number] = [0, 0];
  #whileEndsMs = Number.NEGATIVE_INFINITY;
  #untilMs = Number.NEGATIVE_INFINITY;

  constructor(taken: () => number) {
    this.#taken = taken;
  }

  now(): number {
    const now = performance.now();
    if (now >= this.#untilMs) this.#look(now);
    return this.#taken() + Math.max(...this.#most);
  }

  #look(nowMs: number): void {
    const { count, holdsMs } = open();
    this.#untilMs = nowMs + holdsMs;
    const others = Math.max(0, (count ?? 0) - this.#taken());
    const [most, before] = this.#most;
    const isOver = nowMs >= this.#whileEndsMs;
    if (isOver) this.#whileEndsMs = nowMs + WHILE_MS;
    this.#most = isOver ? [others, most] : [Math.max(most, others), before];
  }
}

/** How many this process has open, and how long to believe that. */
function open(): { count: number | undefined; holdsMs: number } {
  try {
    const count = statSync(FOLDER).size;
    return count > 0 ? { count, holdsMs: HOLDS_MS } : { count: readdirSync(FOLDER).length, holdsMs: HOLDS_LONG_MS };
  } catch {
    return { count: undefined, holdsMs: HOLDS_LONG_MS }; // no /proc, or no descriptor to read it by
  }
}
