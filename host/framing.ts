// Frames in a stream of octets: a length, the high octet first, and then the frame. VDE's pipes have two octets of length,
// QEMU's stream sockets four. Nothing in a stream marks where a frame begins, so who loses count has lost the stream.

import { SwitchError } from "./errors.js";

/** The longest frame that is passed on: what libvdeplug 4 takes. */
export const FRAME_MAX = 9_236;

export interface Framing {
  /** Octets of a length. */
  readonly header: 2 | 4;
  /** A greater length is no frame's: the stream is not what it was taken for. */
  readonly lengthMax: number;
}

export const VDE_FRAMING: Framing = { header: 2, lengthMax: 0xffff };
/** QEMU sends up to 68 KiB, where segmentation was left to it. */
export const QEMU_FRAMING: Framing = { header: 4, lengthMax: 69_632 };

/** Writes the length of a frame. */
export function writeLength(octets: Uint8Array, at: number, length: number, { header }: Framing): void {
  let shift = 8 * header;
  for (let i = 0; i < header; i++) {
    shift -= 8;
    octets[at + i] = length >>> shift;
  }
}

/** The length of a frame, as `writeLength` wrote it. */
export function lengthAt(octets: Uint8Array, at: number, header: 2 | 4): number {
  const high = header === 4 ? ((octets[at] ?? 0) << 8) | (octets[at + 1] ?? 0) : 0;
  const last = at + header - 2;
  return high * 0x10000 + (((octets[last] ?? 0) << 8) | (octets[last + 1] ?? 0));
}

/** What a stream that cannot be followed any more is found by. */
export class FramingError extends SwitchError {
  constructor(detail: string) {
    super("EPROTO", detail);
  }
}

/**
 * Finds frames in a stream that comes in pieces. The caller holds what has come in one buffer; an empty frame is passed
 * over, and so is one that is too long, by its whole length, however many pieces that takes.
 */
export class Splitter {
  readonly framing: Framing;
  /** Frames that were too long. */
  oversized = 0;
  #skip = 0;

  constructor(framing: Framing) {
    this.framing = framing;
  }

  /**
   * Calls `take` for each whole frame in octets[start..end), until it says false. Returns where the rest begins, which
   * has no whole frame, or the one that was not taken.
   */
  split(octets: Uint8Array, start: number, end: number, take: (at: number, size: number) => boolean): number {
    const { header, lengthMax } = this.framing;
    let at = start;
    for (;;) {
      const skipped = Math.min(this.#skip, end - at);
      this.#skip -= skipped;
      at += skipped;
      if (end - at < header) return at;
      const size = lengthAt(octets, at, header);
      if (size > lengthMax) throw new FramingError(`a frame of ${size} octets: this is no stream of frames`);
      if (size === 0 || size > FRAME_MAX) {
        if (size > 0) this.oversized++;
        this.#skip = header + size;
        continue;
      }
      if (end - at < header + size || !take(at + header, size)) return at;
      at += header + size;
    }
  }
}
