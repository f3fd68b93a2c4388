// Frames on their way into a WebSocket. Those that come in one go leave in one write; what the other end does not take in
// time is bounded, and what is beyond is lost and counted.

import { type Framing, writeLength } from "../framing.js";
import type { Frame } from "../link.js";

/** Where chunks go: a WebSocket, each a message; or a bare stream, each with the heads of messages in it. */
export interface Sink {
  /** Takes a chunk, and may keep it. */
  write(chunk: Uint8Array): void;
  /** Octets that wait in it already. */
  readonly waiting: number;
  /** Whether what comes is to be held for now. Who says so calls `flush` when it is not any more. */
  readonly isBusy?: boolean;
}

/** What stands before each frame in a chunk. */
export interface Lead {
  /** Octets of it, at most. */
  readonly max: number;
  /** Writes it. Returns its octets. */
  write(octets: Uint8Array, at: number, size: number): number;
}

export interface OutboxOptions {
  readonly sink: Sink;
  /** Where it is absent, each frame is a chunk. */
  readonly lead: Lead | undefined;
  /** How many octets may wait, here and in the sink. */
  limit(): number;
}

/** Half of what the ring of a link takes in one go. */
const CHUNK_MAX = 1 << 15;
const FINAL_BINARY = 0x82;
const LENGTH_16 = 126;

/** Frames with their lengths. */
export function lengths(framing: Framing): Lead {
  return {
    max: framing.header,
    write(octets, at, size) {
      writeLength(octets, at, size, framing);
      return framing.header;
    },
  };
}

/** A frame as a WebSocket message: the head of an unmasked one, RFC 6455 5.2. No frame is so long that it needs 64 bits. */
export const MESSAGE_HEADS: Lead = {
  max: 4,
  write(octets, at, size) {
    octets[at] = FINAL_BINARY;
    octets[at + 1] = Math.min(size, LENGTH_16);
    if (size < LENGTH_16) return 2;
    octets[at + 2] = size >>> 8;
    octets[at + 3] = size;
    return 4;
  },
};

export class Outbox {
  /** Frames that were taken, and those that were lost for want of room. */
  taken = 0;
  lost = 0;
  readonly #options: OutboxOptions;
  #full: Uint8Array[] = [];
  #held = 0;
  #chunk = new Uint8Array();
  #end = 0;
  #isDue = false;
  #isOpen = true;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** Octets that wait, here and in the sink. */
  get waiting(): number {
    return this.#held + this.#end + this.#options.sink.waiting;
  }

  /** Takes a frame, and does not keep it. False where there is no room. */
  add(frame: Frame): boolean {
    const { lead, limit, sink } = this.#options;
    if (!this.#isOpen || this.waiting + frame.length > limit()) {
      this.lost++;
      return false;
    }
    this.taken++;
    if (lead === undefined) sink.write(new Uint8Array(frame));
    else this.#append(frame, lead);
    return true;
  }

  /** Hands on what waits, unless it is to be held. */
  flush(): void {
    this.#isDue = false;
    const { sink } = this.#options;
    if (!this.#isOpen || sink.isBusy) return;
    this.#seal();
    const chunks = this.#full;
    this.#full = [];
    this.#held = 0;
    for (const chunk of chunks) sink.write(chunk);
  }

  /** Nothing is taken any more, and what waits is let go. */
  close(): void {
    this.#isOpen = false;
    this.#full = [];
    this.#chunk = new Uint8Array();
    this.#held = this.#end = 0;
  }

  #append(frame: Frame, lead: Lead): void {
    const need = lead.max + frame.length;
    if (this.#end + need > CHUNK_MAX) this.#seal();
    this.#reserve(this.#end + need);
    this.#end += lead.write(this.#chunk, this.#end, frame.length);
    this.#chunk.set(frame, this.#end);
    this.#end += frame.length;
    if (this.#isDue) return;
    this.#isDue = true;
    void Promise.resolve().then(() => this.flush());
  }

  /** A chunk has no more room than it needs for one frame, and grows by doubling with more. */
  #reserve(size: number): void {
    if (size <= this.#chunk.length) return;
    const grown = new Uint8Array(this.#end === 0 ? size : Math.min(CHUNK_MAX, 2 * size));
    grown.set(this.#chunk.subarray(0, this.#end));
    this.#chunk = grown;
  }

  #seal(): void {
    if (this.#end === 0) return;
    this.#full.push(this.#chunk.subarray(0, this.#end));
    this.#held += this.#end;
    this.#chunk = new Uint8Array();
    this.#end = 0;
  }
}
