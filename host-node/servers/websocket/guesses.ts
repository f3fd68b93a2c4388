// How often an address may be wrong: so many times in a while. Beyond that it is told to wait, which holds up no token that
// is right. Times are of a clock that is never set.

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

  /** One guess was wrong. Returns the milliseconds that it is told to wait; 0 where it may try again. */
  count(address: string, nowMs: number): number {
    const record = this.#records.get(address);
    if (record !== undefined && nowMs - record.sinceMs < WINDOW_MS) {
      record.count++;
      return record.count > GUESSES ? record.sinceMs + WINDOW_MS - nowMs : 0;
    }
    this.#records.delete(address);
    const [oldest] = this.#records.keys();
    if (this.#records.size >= ADDRESSES_MAX && oldest !== undefined) this.#records.delete(oldest);
    this.#records.set(address, { sinceMs: nowMs, count: 1 });
    return 0;
  }
}
