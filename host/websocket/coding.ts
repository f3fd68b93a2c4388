// How frames lie in the binary messages of a WebSocket: one frame a message, or several with their lengths. See
// docs/protocols/websocket.md.

import { FRAME_MAX, type Framing, lengthAt, QEMU_FRAMING, Splitter, VDE_FRAMING } from "../framing.js";
import type { Frame } from "../link.js";

export interface Coding {
  /** The subprotocol that asks for it; "" for none. */
  readonly protocol: string;
  /** Lengths before the frames; a frame is a message where it is absent. */
  readonly framing?: Framing;
  /** Whether the ends of messages mean nothing. */
  readonly isStream?: boolean;
}

/** What v86, websockproxy and TinyEMU speak. */
export const RAW: Coding = { protocol: "" };
/** What our own clients speak: several frames a message, for it is messages that cost. */
export const BATCHED: Coding = { protocol: "etherloom.1", framing: VDE_FRAMING };
/** QEMU's stream of frames, cut into messages anywhere: container2wasm, qemu-wasm, Bochs. */
export const STREAM: Coding = { protocol: "binary", framing: QEMU_FRAMING, isStream: true };

/** Shorter than its header. */
const FRAME_MIN = 14;

/** Finds the frames in the messages of one socket. */
export class MessageReader {
  readonly #coding: Coding;
  readonly #splitter: Splitter;
  #rest: Uint8Array = new Uint8Array();
  #unfit = 0;

  constructor(coding: Coding) {
    this.#coding = coding;
    this.#splitter = new Splitter(coding.framing ?? QEMU_FRAMING);
  }

  /** What was no frame: too short, too long, or cut off by the end of its message. */
  get unfit(): number {
    return this.#unfit + this.#splitter.oversized;
  }

  /** Hands each frame to `take`, which must not keep it. Throws a FramingError where a stream cannot be followed. */
  read(message: Uint8Array, take: (frame: Frame) => void): void {
    const { framing, isStream } = this.#coding;
    if (isStream) this.#readStream(message, take);
    else if (framing) this.#readBatch(message, framing, take);
    else this.#give(message, take);
  }

  #give(frame: Frame, take: (frame: Frame) => void): void {
    if (frame.length >= FRAME_MIN && frame.length <= FRAME_MAX) take(frame);
    else this.#unfit++;
  }

  #readBatch(message: Uint8Array, framing: Framing, take: (frame: Frame) => void): void {
    let at = 0;
    while (at + framing.header <= message.length) {
      const start = at + framing.header;
      at = start + lengthAt(message, at, framing.header);
      if (at <= message.length) this.#give(message.subarray(start, at), take);
    }
    if (at !== message.length) this.#unfit++;
  }

  #readStream(message: Uint8Array, take: (frame: Frame) => void): void {
    const octets = this.#rest.length === 0 ? message : joined(this.#rest, message);
    const end = this.#splitter.split(octets, 0, octets.length, (at, size) => {
      this.#give(octets.subarray(at, at + size), take);
      return true;
    });
    this.#rest = new Uint8Array(octets.subarray(end));
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const octets = new Uint8Array(first.length + second.length);
  octets.set(first);
  octets.set(second, first.length);
  return octets;
}
