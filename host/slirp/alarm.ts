// One timer for everything that is due at some time. What is put off, as the time-outs of a connection are with every
// answer, costs nothing: the alarm rings in vain, and is set anew.

import type { Clock } from "../link.js";

/** Nothing here is due more exactly than this. */
const GRAIN_MS = 10;

export class Alarm {
  readonly #clock: Clock;
  /** Runs what is due, and says when the next is. */
  readonly #tick: (nowMs: number) => number;
  #atMs = Number.POSITIVE_INFINITY;
  #cancel: () => void = () => {};

  constructor(clock: Clock, tick: (nowMs: number) => number) {
    this.#clock = clock;
    this.#tick = tick;
  }

  /** Rings at this time, or before. */
  by(atMs: number): void {
    if (atMs >= this.#atMs || atMs === Number.POSITIVE_INFINITY) return;
    this.#cancel();
    this.#atMs = atMs;
    this.#cancel = this.#clock.after(Math.max(GRAIN_MS, Math.ceil(atMs - this.#clock.now())), () => this.#ring());
  }

  close(): void {
    this.#cancel();
    this.#atMs = Number.NEGATIVE_INFINITY; // nothing sets it again
  }

  #ring(): void {
    this.#atMs = Number.POSITIVE_INFINITY;
    this.by(this.#tick(this.#clock.now()));
  }
}
