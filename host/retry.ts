// Trying again what was cut off: at once, and then after longer and longer waits, by chance shorter, so that a thousand
// clients of one server do not come back in the same moment.

import { SwitchError } from "./errors.js";
import type { Clock } from "./link.js";

export interface RetryOptions {
  readonly clock: Clock;
  /** A number from 0 to 1, by chance. */
  readonly chance: () => number;
  /** The longest wait, where it is another: what is on this machine costs nothing to look for. */
  readonly lastMs?: number | undefined;
}

const FIRST_MS = 250;
const LAST_MS = 30_000;
/** What held so long is tried again at once. */
const GOOD_MS = 10_000;

/** What another try would not mend: somebody else has our place, or we are not wanted. */
export function isFinal(reason: unknown): reason is SwitchError {
  return reason instanceof SwitchError && (reason.code === "EBUSY" || reason.code === "EACCES");
}

export class Retry {
  readonly #options: RetryOptions;
  #upMs = 0;
  #waitMs = 0;
  #callOff: () => void = () => {};

  constructor(options: RetryOptions) {
    this.#options = options;
  }

  /** It is there. */
  up(): void {
    this.#upMs = this.#options.clock.now();
  }

  /** It was cut off. Returns whether it had held for a good while. */
  down(): boolean {
    const wasGood = this.#options.clock.now() - this.#upMs >= GOOD_MS;
    if (wasGood) this.#waitMs = 0;
    return wasGood;
  }

  /** Tries when it is due. */
  again(attempt: () => void): void {
    const { clock, chance, lastMs = LAST_MS } = this.#options;
    const delayMs = this.#waitMs * (0.5 + chance() / 2);
    this.#waitMs = Math.min(lastMs, this.#waitMs === 0 ? FIRST_MS : 2 * this.#waitMs);
    this.#callOff = clock.after(delayMs, attempt);
  }

  /** Tries no more. */
  stop(): void {
    this.#callOff();
  }
}
