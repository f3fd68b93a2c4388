// The time of day of what was stamped on the core's clock.

interface CoreClock {
  readonly startedMs: number;
  readonly uptimeMs: number;
}

/** By how much the two clocks may differ before the wall clock was set, and is asked again. */
const DRIFT_MS_MAX = 20;
/** The core's clock is 32 bits of milliseconds: times further apart than half of that are not told from earlier ones. */
const ANCHOR_MS_MAX = 2 ** 30;

/** Keeps one difference between the clocks as long as it holds, so that stamps never go back by their rounding. */
export class WallClock {
  readonly #core: CoreClock;
  readonly #now: () => number;
  #coreMs = 0;
  #wallMs = Number.NaN;

  /** `now` is the time of day, in milliseconds since 1970. */
  constructor(core: CoreClock, now: () => number) {
    this.#core = core;
    this.#now = now;
  }

  /** Milliseconds since 1970 at a time on the core's clock. */
  at(timeMs: number): number {
    const coreMs = this.#core.startedMs + this.#core.uptimeMs;
    const elapsedMs = (coreMs - this.#coreMs) | 0;
    const drift = Math.abs(this.#now() - (this.#wallMs + elapsedMs));
    if (!(drift <= DRIFT_MS_MAX) || elapsedMs > ANCHOR_MS_MAX) [this.#coreMs, this.#wallMs] = [coreMs, this.#now()];
    return this.#wallMs + ((timeMs - this.#coreMs) | 0);
  }
}
