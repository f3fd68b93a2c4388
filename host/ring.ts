// The host's end of the rings in the core's memory; assembly/ring.ts is the other, and says how they work.

import * as abi from "../assembly/abi.js";

const LEAD = 4;

function padded(octets: number): number {
  return (LEAD + octets + 7) & ~7;
}

/** Tells the core that a link has brought something, or made room. Its bell is the caller's to ring. */
export function feed(words: Int32Array | Uint32Array, link: number): void {
  Atomics.or(words, (abi.LINK_FED >>> 2) + (link >>> 5), 1 << (link & 31));
}

/** A ring of records in memory that another thread may use at the same time. */
export class Ring {
  readonly #octets: Uint8Array;
  readonly #words: Uint32Array;
  readonly #at: number;
  readonly #capacity: number;

  constructor(memory: ArrayBufferLike, at: number, capacity: number) {
    this.#octets = new Uint8Array(memory);
    this.#words = new Uint32Array(memory);
    this.#at = at;
    this.#capacity = capacity;
  }

  /** Records that found no room since the start. */
  get lost(): number {
    return this.#load(abi.RING_LOST);
  }

  get isEmpty(): boolean {
    return this.#load(abi.RING_HEAD) === this.#load(abi.RING_TAIL);
  }

  /** Empties the ring, for a new pair of users. */
  reset(reader: number = abi.READER_HOST): void {
    for (const field of [abi.RING_HEAD, abi.RING_TAIL, abi.RING_LOST]) this.#store(field, 0);
    this.#store(abi.RING_READER, reader);
  }

  /** Appends a record. False where there is no room: it is lost, and counted. */
  push(record: Uint8Array): boolean {
    if (!this.hasRoom(record.length)) {
      this.#store(abi.RING_LOST, this.lost + 1);
      return false;
    }
    const tail = this.#load(abi.RING_TAIL);
    const at = tail & (this.#capacity - 1);
    const need = padded(record.length);
    const skip = this.#skip(tail, need);
    if (skip > 0) this.#words[this.#word(at)] = abi.RING_SKIP;
    const start = this.#at + abi.RING_DATA + (skip > 0 ? 0 : at);
    this.#words[start >>> 2] = record.length;
    this.#octets.set(record, start + LEAD);
    this.#store(abi.RING_TAIL, tail + skip + need);
    return true;
  }

  /** Whether a record of so many octets would find room now. */
  hasRoom(octets: number): boolean {
    const tail = this.#load(abi.RING_TAIL);
    const room = this.#capacity - ((tail - this.#load(abi.RING_HEAD)) >>> 0);
    const need = padded(octets);
    return this.#skip(tail, need) + need <= room;
  }

  /** What is left empty before the end, for a record that must begin at the start. */
  #skip(tail: number, need: number): number {
    const toEnd = this.#capacity - (tail & (this.#capacity - 1));
    return need <= toEnd ? 0 : toEnd;
  }

  /** Each record that is there now. It is lent, and goes back to the producer when the next one is asked for. */
  *records(): Generator<Uint8Array> {
    const tail = this.#load(abi.RING_TAIL);
    for (let head = this.#load(abi.RING_HEAD); head !== tail; this.#store(abi.RING_HEAD, head)) {
      const at = head & (this.#capacity - 1);
      const size = this.#words[this.#word(at)] ?? 0;
      const start = this.#at + abi.RING_DATA + at + LEAD;
      if (size !== abi.RING_SKIP) yield this.#octets.subarray(start, start + size);
      head = (head + (size === abi.RING_SKIP ? this.#capacity - at : padded(size))) >>> 0;
    }
  }

  #word(offset: number): number {
    return (this.#at + abi.RING_DATA + offset) >>> 2;
  }

  #load(field: number): number {
    return Atomics.load(this.#words, (this.#at + field) >>> 2);
  }

  #store(field: number, value: number): void {
    Atomics.store(this.#words, (this.#at + field) >>> 2, value >>> 0);
  }
}
