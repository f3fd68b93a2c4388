// How much may be on its way: slow start, congestion avoidance, and what a loss costs (RFC 5681, with the larger start of
// RFC 6928). Between a guest and its gateway the way is short, and there is nothing that CUBIC could make of it.

const START_SEGMENTS = 10;
const LEAST_SEGMENTS = 2;

export class Congestion {
  /** Octets that may be on their way. */
  window: number;
  #threshold = Number.POSITIVE_INFINITY;
  readonly #mss: number;
  readonly #most: number;

  constructor(mss: number, most: number) {
    this.#mss = mss;
    this.#most = most;
    this.window = Math.min(most, START_SEGMENTS * mss);
  }

  /** So many octets have arrived. */
  grow(octets: number): void {
    if (this.window < this.#threshold) this.window += Math.min(octets, 2 * this.#mss);
    else this.window += Math.max(1, (this.#mss * Math.min(octets, 2 * this.#mss)) / this.window);
    this.window = Math.min(this.window, this.#most);
  }

  /** Something was lost of what is on its way, and something has arrived after it. */
  lose(inFlight: number): void {
    this.#threshold = Math.max(inFlight / 2, LEAST_SEGMENTS * this.#mss);
    this.window = this.#threshold;
  }

  /** Nothing has arrived for a long time. */
  collapse(inFlight: number): void {
    this.#threshold = Math.max(inFlight / 2, LEAST_SEGMENTS * this.#mss);
    this.window = this.#mss;
  }

  /** What was lost has arrived. */
  recovered(): void {
    this.window = Math.max(this.window, Math.min(this.#threshold, this.#most));
  }
}
