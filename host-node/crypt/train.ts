// Datagrams that go out together: all of one size but the last, end to end, as the kernel wants them to cut them itself.
// Frames are laid into them as one stream of records, so that a datagram holds many small frames, and a frame that does
// not fit goes on in the next. RFC 9347 does the same for IPsec, and says why.

import type { Batch } from "../cable/batch.js";
import { addressOf } from "../native/libc.js";
import type { Cipher, Memory } from "./cipher.js";
import { DATA, DATA_COUNTER, DATA_HEADER, DATA_RECEIVER, DATA_TRAILER, RECORD_HEADER, VERSION } from "./layout.js";
import { Records } from "./records.js";

/** What one UDP_SEGMENT call may hold: 64 segments, and an IPv4 datagram's length. */
const SEGMENTS_MAX = 64;
const OCTETS_MAX = 65_000;
/** A receiver need not take more from one datagram. */
export const RECORDS_MAX = 256;

/** What datagrams are sealed with, and who they are for. */
export interface Sealing {
  readonly cipher: Cipher;
  readonly receiver: number;
  /** The number of the next datagram. */
  counter: number;
}

export class Train implements Memory {
  readonly octets = new Uint8Array(new ArrayBuffer(1 << 16));
  readonly base = addressOf(this.octets.buffer);
  readonly #view = new DataView(this.octets.buffer);
  /** Octets of each datagram but the last. */
  size = 0;
  /** Octets of all. */
  length = 0;
  readonly #records = new Records();

  /**
   * Fills and seals datagrams with as many frames of a batch as there is room for, and moves its `first` on. What is left
   * goes into the next train, which must be the next that is filled. False where there was nothing to send.
   */
  fill(batch: Batch, size: number, sealing: Sealing): boolean {
    this.size = size;
    this.length = 0;
    const count = Math.min(SEGMENTS_MAX, Math.floor(OCTETS_MAX / size));
    for (let i = 0; i < count && this.#records.skip(batch); i++) {
      const start = this.length;
      const end = this.#lay(batch, start + DATA_HEADER, start + size - DATA_TRAILER - 16);
      this.#seal(start, end, sealing);
    }
    return this.length > 0;
  }

  /** One datagram with what is no frame: a kind, some octets, and padding up to a size. Nothing at all keeps a path alive. */
  say(words: readonly number[], size: number, sealing: Sealing): void {
    const end = Math.max(DATA_HEADER + 2 * words.length, size - DATA_TRAILER - 16);
    this.octets.fill(0, 0, end);
    for (const [i, word] of words.entries()) this.#view.setUint16(DATA_HEADER + 2 * i, word);
    this.#view.setUint16(end, 0);
    this.length = 0;
    this.#seal(0, end, sealing);
    this.size = this.length;
  }

  /** Forgets a frame that is half sent. */
  reset(): void {
    this.#records.reset();
  }

  /** Lays records from `start` up to `limit`. Returns where they end, and writes there where the first of them begins. */
  #lay(batch: Batch, start: number, limit: number): number {
    const records = this.#records;
    let at = start;
    let begins = -1;
    for (let count = 0; count < RECORDS_MAX && records.skip(batch); count++) {
      if (!records.isCut && limit - at < RECORD_HEADER) break;
      if (!records.isCut && begins < 0) begins = at - start;
      at = records.lay(batch, this.octets, at, limit);
      if (records.isCut) break;
    }
    const end = records.skip(batch) ? this.#pad(at, limit) : at;
    this.#view.setUint16(end, begins < 0 ? at - start : begins);
    return end;
  }

  /** Only the last datagram of a train may be shorter. */
  #pad(at: number, limit: number): number {
    this.octets.fill(0, at, limit);
    return limit;
  }

  #seal(start: number, end: number, sealing: Sealing): void {
    const { octets } = this;
    octets[start] = DATA;
    octets[start + 1] = VERSION;
    octets[start + 2] = 0;
    octets[start + 3] = 0;
    this.#view.setUint32(start + DATA_RECEIVER, sealing.receiver);
    this.#view.setUint32(start + DATA_COUNTER, sealing.counter);
    const at = start + DATA_HEADER;
    sealing.cipher.seal(this, at, end + DATA_TRAILER - at, sealing.counter++);
    this.length = end + DATA_TRAILER + 16;
  }
}
