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
  /** Octets of it, before a frame of so many. */
  size(frameSize: number): number;
  write(octets: Uint8Array, at: number, frameSize: number): void;
}

export interface OutboxOptions {
  readonly sink: Sink;
  /** Where it is absent, each frame is a chunk. */
  readonly lead: Lead | undefined;
  /** How many octets may wait, here and in the sink. */
  limit(): number;
  /** Memory for a chunk, whatever is in it. It may be a part of more, where the sink sends only that part. */
  allocate?(octets: number): Uint8Array;
}

/** Half of what the ring of a link takes in one go. */
const CHUNK_MAX = 1 << 15;
const FINAL_BINARY = 0x82;
const LENGTH_16 = 126;

/** Frames with their lengths. */
export function lengths(framing: Framing): Lead {
  return {
    size: () => framing.header,
    write: (octets, at, frameSize) => writeLength(octets, at, frameSize, framing),
  };
}

/** A frame as a WebSocket message: the head of an unmasked one, RFC 6455 5.2. No frame is so long that it needs 64 bits. */
export const MESSAGE_HEADS: Lead = {
  size: (frameSize) => (frameSize < LENGTH_16 ? 2 : 4),
  write(octets, at, frameSize) {
    octets[at] = FINAL_BINARY;
    octets[at + 1] = Math.min(frameSize, LENGTH_16);
    if (frameSize < LENGTH_16) return;
    octets[at + 2] = frameSize >>> 8;
    octets[at + 3] = frameSize;
  },
};

const NONE: Uint8Array = new Uint8Array();
/** Those that took frames in this turn: one promise for a thousand of them. */
let due: Outbox[] = [];

function flushLater(outbox: Outbox): void {
  if (due.push(outbox) === 1) void Promise.resolve().then(flushDue);
}

function flushDue(): void {
  const outboxes = due;
  due = [];
  for (const outbox of outboxes) outbox.flush();
}

export class Outbox {
  /** Frames that were taken, and those that were lost for want of room. */
  taken = 0;
  lost = 0;
  readonly #sink: Sink;
  readonly #lead: Lead | undefined;
  readonly #limit: () => number;
  readonly #allocate: (octets: number) => Uint8Array;
  #full: Uint8Array[] = [];
  #held = 0;
  #chunk = NONE;
  #end = 0;
  #isDue = false;
  #isOpen = true;

  constructor({ sink, lead, limit, allocate = (octets) => new Uint8Array(octets) }: OutboxOptions) {
    this.#sink = sink;
    this.#lead = lead;
    this.#limit = limit;
    this.#allocate = allocate;
  }

  /** Octets that wait, here and in the sink. */
  get waiting(): number {
    return this.#held + this.#end + this.#sink.waiting;
  }

  /** Takes a frame, and does not keep it. False where there is no room. */
  add(frame: Frame): boolean {
    if (!this.#isOpen || this.waiting + frame.length > this.#limit()) {
      this.lost++;
      return false;
    }
    this.taken++;
    if (this.#lead === undefined) this.#sink.write(new Uint8Array(frame));
    else this.#append(frame, this.#lead);
    return true;
  }

  /** Hands on what waits, unless it is to be held. */
  flush(): void {
    this.#isDue = false;
    if (!this.#isOpen || this.#sink.isBusy) return;
    const [chunks, last] = [this.#full, this.#cut()];
    this.#full = [];
    this.#held = 0;
    for (const chunk of chunks) this.#sink.write(chunk);
    if (last !== undefined) this.#sink.write(last);
  }

  /** Nothing is taken any more, and what waits is let go. */
  close(): void {
    this.#isOpen = false;
    this.#full = [];
    this.#chunk = NONE;
    this.#held = this.#end = 0;
  }

  #append(frame: Frame, lead: Lead): void {
    const leadSize = lead.size(frame.length);
    const need = leadSize + frame.length;
    if (this.#end + need > CHUNK_MAX) this.#seal();
    this.#reserve(this.#end + need);
    lead.write(this.#chunk, this.#end, frame.length);
    this.#chunk.set(frame, this.#end + leadSize);
    this.#end += need;
    if (this.#isDue) return;
    this.#isDue = true;
    flushLater(this);
  }

  /** A chunk has no more room than it needs for one frame, and grows by doubling with more. */
  #reserve(size: number): void {
    if (size <= this.#chunk.length) return;
    const grown = this.#allocate(this.#end === 0 ? size : Math.min(CHUNK_MAX, 2 * size));
    if (this.#end > 0) grown.set(this.#chunk.subarray(0, this.#end));
    this.#chunk = grown;
  }

  #seal(): void {
    const chunk = this.#cut();
    if (chunk === undefined) return;
    this.#full.push(chunk);
    this.#held += chunk.length;
  }

  /** The chunk as far as it is filled. The next frame begins another. */
  #cut(): Uint8Array | undefined {
    if (this.#end === 0) return undefined;
    const chunk = this.#end === this.#chunk.length ? this.#chunk : this.#chunk.subarray(0, this.#end);
    this.#chunk = NONE;
    this.#end = 0;
    return chunk;
  }
}
