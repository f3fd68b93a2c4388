// The frames of a batch as records, one after the other, however they are cut between datagrams. A frame of several segments
// is as many records: each of them arrives, or is lost, by itself.

import type { Batch } from "../cable/batch.js";
import { cutHeaders, type Leftover, segmentCount } from "../cable/offload.js";
import { tcpHeaders } from "../cable/run.js";
import { FRAME_MAX, FRAME_MIN, RECORD_HEADER, UNSUMMED } from "./layout.js";

/** Ethernet with two tags, IP, TCP, each the longest. */
const HEADERS_MAX = 160;

export class Records {
  /** What comes before the octets of the batch: a length, and headers where they are a segment's own. */
  readonly #head = new Uint8Array(RECORD_HEADER + HEADERS_MAX);
  #headSize = 0;
  /** Where the rest of the record is in the batch. */
  #body = 0;
  #bodySize = 0;
  /** How much of the record has gone out already. */
  #done = 0;
  /** What the frame at hand is to be cut into, and which of it is next. */
  #left: Leftover | undefined;
  #segment = 0;

  /** Whether a record is half sent. */
  get isCut(): boolean {
    return this.#done > 0;
  }

  /** Forgets the record that is half sent, and the frame. */
  reset(): void {
    this.#done = 0;
    this.#segment = 0;
  }

  /** Passes over what is no frame. False at the end of the batch. */
  skip(batch: Batch): boolean {
    if (this.#done > 0 || this.#segment > 0) return true;
    while (!batch.isEmpty && !this.#open(batch)) batch.first++;
    return !batch.isEmpty;
  }

  /** Lays a record, or what is left of it, from `start` on as far as there is room. Returns where it ends. */
  lay(batch: Batch, octets: Uint8Array, start: number, limit: number): number {
    if (this.#done === 0) this.#begin(batch);
    let at = start;
    if (this.#done < this.#headSize) {
      const piece = Math.min(this.#headSize - this.#done, limit - at);
      octets.set(this.#head.subarray(this.#done, this.#done + piece), at);
      at += piece;
      this.#done += piece;
    }
    const sent = this.#done - this.#headSize;
    const piece = Math.min(this.#bodySize - sent, limit - at);
    if (piece > 0) {
      const from = this.#body + sent;
      octets.set(batch.octets.subarray(from, from + piece), at);
      this.#done += piece;
    }
    if (this.#done === this.#headSize + this.#bodySize) this.#end(batch);
    return at + Math.max(0, piece);
  }

  /** Looks at the first frame of the batch. False where it is none, or would be none at the other end. */
  #open(batch: Batch): boolean {
    const { first } = batch;
    const [size, start, segment] = [batch.size[first]!, batch.start[first]!, batch.segment[first]!];
    this.#left = undefined;
    if (segment === 0) return size >= FRAME_MIN && size <= FRAME_MAX;
    const headers = tcpHeaders(batch.frame(first), start);
    this.#left = { headers, segment, start, isTcp: true };
    return headers <= HEADERS_MAX && headers + segment <= FRAME_MAX && size > headers;
  }

  #begin(batch: Batch): void {
    const { first } = batch;
    const [size, start, left] = [batch.size[first]!, batch.start[first]!, this.#left];
    if (left === undefined) {
      this.#put(RECORD_HEADER, batch.at[first]!, size, start > 0);
      return;
    }
    const payload = cutHeaders(batch.frame(first), left, this.#segment, this.#head.subarray(RECORD_HEADER));
    const from = batch.at[first]! + left.headers + this.#segment * left.segment;
    this.#put(RECORD_HEADER + left.headers, from, payload, true);
  }

  #put(headSize: number, body: number, bodySize: number, isUnsummed: boolean): void {
    const length = headSize - RECORD_HEADER + bodySize;
    this.#head[0] = (length | (isUnsummed ? UNSUMMED : 0)) >>> 8;
    this.#head[1] = length & 255;
    this.#headSize = headSize;
    this.#body = body;
    this.#bodySize = bodySize;
  }

  #end(batch: Batch): void {
    this.#done = 0;
    const count = this.#left === undefined ? 1 : segmentCount(this.#left, batch.size[batch.first]!);
    if (++this.#segment < count) return;
    this.#segment = 0;
    batch.first++;
  }
}
