// How often an address may be wrong: so many times in a while, and then not at all until that is over.

const GUESSES = 10;
const WINDOW_MS = 60_000;
/** Beyond it the oldest is forgotten: a flood from many addresses costs no more memory. */
const ADDRESSES_MAX = 10_000;

interface Record {
  readonly sinceMs: number;
  count: number;
}

export class Guesses {
  readonly #records = new Map<string, Record>();

  /** Milliseconds until an address may try again; 0 where it may. */
  waitMs(address: string, nowMs: number): number {
    const record = this.#records.get(address);
    if (record === undefined || record.count < GUESSES) return 0;
    return Math.max(0, record.sinceMs + WINDOW_MS - nowMs);
  }

  /** One guess was wrong. */
  count(address: string, nowMs: number): void {
    const record = this.#records.get(address);
    if (record !== undefined && nowMs - record.sinceMs < WINDOW_MS) {
      record.count++;
      return;
    }
    this.#records.delete(address);
    const [oldest] = this.#records.keys();
    if (this.#records.size >= ADDRESSES_MAX && oldest !== undefined) this.#records.delete(oldest);
    this.#records.set(address, { sinceMs: nowMs, count: 1 });
  }
}
