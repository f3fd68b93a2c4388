// File descriptors: how many this process may have, and how many it has open, whoever opened them.

import { readdirSync, statSync } from "node:fs";

/** Open descriptors of this process; since Linux 6.2 the size of this folder is how many. */
const FOLDER = "/proc/self/fd";
/** A count is believed for so long; what is taken meanwhile is added. */
const HOLDS_MS = 50;
/** Where the folder has to be read, which takes a millisecond for each thousand of them. */
const HOLDS_LONG_MS = 1_000;

const RESERVE = 64;

/** What is kept for operators, and again as many for clients: a small process keeps a quarter each. */
export function reserveOf(limit: number): number {
  return Math.min(RESERVE, Math.ceil(limit / 4));
}

/** What nobody may take. At zero a connection could not even be accepted, to be refused or to take an idle one's place. */
export function spareOf(limit: number): number {
  return Math.min(8, Math.ceil(limit / 16));
}

export class DescriptorCount {
  /** How many were taken from the account, which knows at once of those. */
  readonly #taken: () => number;
  #count = 0;
  #takenThen = 0;
  #untilMs = Number.NEGATIVE_INFINITY;

  constructor(taken: () => number) {
    this.#taken = taken;
  }

  now(): number {
    const now = performance.now();
    if (now >= this.#untilMs) this.#look(now);
    return this.#count + this.#taken() - this.#takenThen;
  }

  #look(now: number): void {
    this.#takenThen = this.#taken();
    try {
      this.#count = statSync(FOLDER).size;
      this.#untilMs = now + HOLDS_MS;
      if (this.#count > 0) return;
      this.#count = readdirSync(FOLDER).length;
      this.#untilMs = now + HOLDS_LONG_MS;
    } catch {
      this.#count = this.#takenThen; // no /proc, or no descriptor to read it by
      this.#untilMs = now + HOLDS_LONG_MS;
    }
  }
}
