// A token bucket: so many octets, or whatever is counted, a second, and so many at once.

export class Bucket {
  readonly #rate: number;
  readonly #burst: number;
  #level: number;
  #atMs: number;

  /** Octets a second, 0 for no limit, and octets at once. */
  constructor(rate: number, burst: number, nowMs: number) {
    this.#rate = rate;
    this.#burst = burst;
    this.#level = burst;
    this.#atMs = nowMs;
  }

  /** Whether there is room for so many octets now. They are taken where there is. */
  take(octets: number, nowMs: number): boolean {
    if (this.#rate === 0) return true;
    this.#level = Math.min(this.#burst, this.#level + ((nowMs - this.#atMs) * this.#rate) / 1000);
    this.#atMs = nowMs;
    if (octets > this.#level) return false;
    this.#level -= octets;
    return true;
  }
}
