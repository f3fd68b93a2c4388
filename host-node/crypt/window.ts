// Which datagrams of a session have been: each is taken once, and those that are too old to tell are not. RFC 6479.

const WORDS = 256;
/** How far behind the newest a datagram may come. */
const SIZE = (WORDS - 1) * 32;

export class ReplayWindow {
  readonly #seen = new Uint32Array(WORDS);
  #newest = -1;

  /** The highest counter that was taken, or -1. */
  get newest(): number {
    return this.#newest;
  }

  /** Whether a counter may still be taken. */
  isNew(counter: number): boolean {
    if (counter > this.#newest) return true;
    if (counter <= this.#newest - SIZE) return false;
    return (this.#seen[(counter >>> 5) % WORDS]! & (1 << (counter & 31))) === 0;
  }

  /** Takes a counter that is new. */
  take(counter: number): void {
    const word = counter >>> 5;
    if (counter > this.#newest) {
      const last = this.#newest < 0 ? -1 : this.#newest >>> 5;
      for (let i = Math.max(last + 1, word - WORDS + 1); i <= word; i++) this.#seen[i % WORDS] = 0;
      this.#newest = counter;
    }
    this.#seen[word % WORDS]! |= 1 << (counter & 31);
  }
}
