// All addresses as they are at one moment, ordered by bucket and age as VDE's table would show them, and read a few at a time:
// whoever prints 65,536 of them does other things in between, and what changes meanwhile changes nothing here.

import * as abi from "../assembly/abi.js";
import { type Core, macText } from "./core.js";

/** One address. */
export interface Address {
  readonly mac: string;
  readonly vlan: number;
  readonly port: number;
  readonly ageMs: number;
}

/** One address with the bucket that it is in. */
export interface Row {
  readonly bucket: number;
  readonly address: Address;
}

/** Entries that are put into bins in one go, and bins that they are put into. */
const SLICE = 8_192;
const BINS_MAX = 4_096;
const WORDS = abi.ADDRESS_SIZE >>> 2;
const SEEN = abi.ADDRESS_SEEN_MS >>> 2;
const PORT = abi.ADDRESS_PORT >>> 2;

export class FdbListing {
  readonly #words: Uint32Array;
  readonly #nowMs: number;
  readonly #size: number;
  readonly #bins: number;

  constructor(core: Core, nowMs: number, size: number) {
    this.#words = usedEntries(core);
    this.#nowMs = nowMs;
    this.#size = size;
    this.#bins = Math.min(BINS_MAX, size);
  }

  /** Rows in order; now and then nothing, where whoever reads may let others have their turn. */
  *rows(): Generator<Row | undefined> {
    const { starts, entries } = yield* this.#sorted();
    for (let bin = 0; bin < this.#bins; bin++) {
      const rows = Array.from(entries.subarray(starts[bin], starts[bin + 1]), (entry) => this.#row(entry));
      yield* rows.sort((a, b) => a.bucket - b.bucket || a.address.ageMs - b.address.ageMs);
    }
  }

  /** Entries by bin, a bin being some buckets that follow each other: counted first, then put in their places. */
  *#sorted(): Generator<undefined, { starts: Uint32Array; entries: Uint32Array }> {
    const starts = new Uint32Array(this.#bins + 1);
    const count = this.#words.length / WORDS;
    const bins = new Uint16Array(count);
    for (let entry = 0; entry < count; entry++) {
      if (entry % SLICE === SLICE - 1) yield undefined;
      bins[entry] = Math.floor((this.#bucket(entry) / this.#size) * this.#bins);
      starts[bins[entry]! + 1]!++;
    }
    for (let bin = 0; bin < this.#bins; bin++) starts[bin + 1]! += starts[bin]!;
    const next = starts.slice();
    const entries = new Uint32Array(count);
    for (let entry = 0; entry < count; entry++) entries[next[bins[entry]!]!++] = entry;
    return { starts, entries };
  }

  #bucket(entry: number): number {
    return bucketOf(this.#words[entry * WORDS]!, this.#words[entry * WORDS + 1]!, this.#size);
  }

  #row(entry: number): Row {
    const at = entry * WORDS;
    const octets = new Uint8Array(this.#words.buffer, entry * abi.ADDRESS_SIZE, 6);
    const address = {
      mac: macText(octets),
      vlan: this.#words[at + 1]! >>> 16,
      port: this.#words[at + PORT]! & 0xffff,
      ageMs: Math.max(0, (this.#nowMs - this.#words[at + SEEN]!) | 0),
    };
    return { bucket: this.#bucket(entry), address };
  }
}

/** Copies the entries that are in use, and no others: a reader that stalls keeps its copy for as long as it likes. */
function usedEntries({ octets }: Core): Uint32Array {
  const table = new Uint32Array(octets.buffer, octets.byteOffset + abi.ADDRESSES, abi.ADDRESS_COUNT * WORDS);
  const used: number[] = [];
  for (let at = WORDS; at < table.length; at += WORDS)
    if ((table[at + PORT]! & 0xffff) !== abi.ADDRESS_FREE) used.push(at);
  const words = new Uint32Array(used.length * WORDS);
  for (const [i, at] of used.entries()) words.set(table.subarray(at, at + WORDS), i * WORDS);
  return words;
}

/** The bucket that VDE's table would hold a key in: MurmurHash3's finaliser without its last step. `size` is a power of two. */
export function bucketOf(low: number, high: number, size: number): number {
  let [h, l] = times(high, (low ^ (high >>> 1)) >>> 0, 0xff51afd7, 0xed558ccd);
  [h, l] = times(h, (l ^ (h >>> 1)) >>> 0, 0xc4ceb9fe, 0x1a85ec53);
  return l % size;
}

/** The low 64 bits of a product, each number in two words of 32 bits. */
function times(aHigh: number, aLow: number, bHigh: number, bLow: number): [high: number, low: number] {
  const [a1, a0, b1, b0] = [aLow >>> 16, aLow & 0xffff, bLow >>> 16, bLow & 0xffff];
  const middle = a1 * b0 + Math.floor((a0 * b0) / 0x10000);
  const carried = a0 * b1 + (middle % 0x10000);
  const low = (((carried % 0x10000) * 0x10000 + ((a0 * b0) & 0xffff)) % 0x1_0000_0000) >>> 0;
  const carry = a1 * b1 + Math.floor(middle / 0x10000) + Math.floor(carried / 0x10000);
  return [(carry + Math.imul(aHigh, bLow) + Math.imul(aLow, bHigh)) >>> 0, low];
}
