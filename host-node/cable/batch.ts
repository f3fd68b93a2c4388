// Frames that were read together, where they lie in memory that does not move. They go out from there without a copy.

import { addressOf } from "../native/libc.js";

/** As many as one gather list of two pieces each can hold: IOV_MAX is 1,024. */
export const BATCH_COUNT = 512;

export class Batch {
  readonly octets: Uint8Array;
  /** Where `octets` is in this process. */
  readonly base: number;
  readonly at = new Uint32Array(BATCH_COUNT);
  readonly size = new Uint32Array(BATCH_COUNT);
  /** Where the TCP or UDP header begins whose checksum is left to be computed; 0 where nothing is left to be done. */
  readonly start = new Uint16Array(BATCH_COUNT);
  /** Octets of TCP payload in each of the segments that the frame is to be cut into; 0 where it is one. */
  readonly segment = new Uint16Array(BATCH_COUNT);
  count = 0;
  /** Those before it have been sent. */
  first = 0;

  constructor(octets: number) {
    this.octets = new Uint8Array(new ArrayBuffer(octets));
    this.base = addressOf(this.octets.buffer);
  }

  get isEmpty(): boolean {
    return this.first === this.count;
  }

  clear(): void {
    this.first = 0;
    this.count = 0;
  }

  /** Appends a frame. False where the list is full. */
  add(at: number, size: number, start = 0, segment = 0): boolean {
    if (this.count === BATCH_COUNT) return false;
    this.at[this.count] = at;
    this.start[this.count] = start;
    this.segment[this.count] = segment;
    this.size[this.count++] = size;
    return true;
  }

  frame(i: number): Uint8Array {
    const at = this.at[i]!;
    return this.octets.subarray(at, at + this.size[i]!);
  }
}
