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
    this.#fill(nowMs);
    if (octets > this.#level) return false;
    this.#level -= octets;
    return true;
  }

  /** Takes so many octets in any case, since they are there. Returns how long nothing more may come, in milliseconds. */
  spend(octets: number, nowMs: number): number {
    if (this.#rate === 0) return 0;
    this.#fill(nowMs);
    this.#level -= octets;
    return Math.max(0, Math.ceil((-this.#level / this.#rate) * 1000));
  }

  #fill(nowMs: number): void {
    this.#level = Math.min(this.#burst, this.#level + ((nowMs - this.#atMs) * this.#rate) / 1000);
    this.#atMs = nowMs;
  }
}
