// A TCP segment's header (RFC 9293) and its options, as they are read and written. There is one, which is used again.

import type { Memory } from "../memory.js";
import type { Packet } from "../packet.js";

export const FIN = 1;
export const SYN = 2;
export const RST = 4;
export const PSH = 8;
export const ACK = 16;

export const HEADER = 20;
const OPTION_END = 0;
const OPTION_NOTHING = 1;
const OPTION_MSS = 2;
const OPTION_SCALE = 3;
const OPTION_MAY_SACK = 4;
const OPTION_SACK = 5;
const SCALE_MAX = 14;
/** What holds for who says nothing (RFC 9293, 3.7.1). */
export const MSS_DEFAULT = 536;

export class Segment {
  sequence = 0;
  acknowledged = 0;
  window = 0;
  flags = 0;
  /** Where its data are, and how much. */
  at = 0;
  size = 0;
  mss = MSS_DEFAULT;
  /** How far windows are shifted, or -1. */
  scale = -1;
  maySack = false;
  /** Starts and ends, of so many blocks. */
  readonly sacks = new Uint32Array(8);
  sackCount = 0;

  /** Reads what is in a packet. False where its header is cut. */
  read({ memory, at, size }: Packet): boolean {
    const header = (memory.octets[at + 12]! >>> 4) << 2;
    if (header < HEADER || header > size) return false;
    this.sequence = memory.u32(at + 4);
    this.acknowledged = memory.u32(at + 8);
    this.flags = memory.octets[at + 13]!;
    this.window = memory.u16(at + 14);
    this.at = at + header;
    this.size = size - header;
    this.sackCount = 0;
    if (header > HEADER) this.#readOptions(memory, at + HEADER, at + header);
    else if ((this.flags & SYN) !== 0) this.#forget();
    return true;
  }

  #forget(): void {
    this.mss = MSS_DEFAULT;
    this.scale = -1;
    this.maySack = false;
  }

  #readOptions(memory: Memory, start: number, end: number): void {
    const { octets } = memory;
    this.#forget();
    for (let at = start; at < end && octets[at] !== OPTION_END; ) {
      if (octets[at] === OPTION_NOTHING) {
        at++;
        continue;
      }
      const size = at + 1 < end ? octets[at + 1]! : 0;
      if (size < 2 || at + size > end) return;
      this.#readOption(memory, octets[at]!, at, size);
      at += size;
    }
  }

  #readOption(memory: Memory, kind: number, at: number, size: number): void {
    if (kind === OPTION_MSS && size === 4) this.mss = memory.u16(at + 2);
    else if (kind === OPTION_SCALE && size === 3) this.scale = Math.min(SCALE_MAX, memory.octets[at + 2]!);
    else if (kind === OPTION_MAY_SACK && size === 2) this.maySack = true;
    else if (kind === OPTION_SACK) {
      for (let block = at + 2; block + 8 <= at + size && this.sackCount < 4; block += 8, this.sackCount++) {
        this.sacks[2 * this.sackCount] = memory.u32(block);
        this.sacks[2 * this.sackCount + 1] = memory.u32(block + 4);
      }
    }
  }

  has(flag: number): boolean {
    return (this.flags & flag) !== 0;
  }
}

/** Writes the options of a SYN. Returns how long they are. */
export function writeSynOptions(memory: Memory, at: number, mss: number, scale: number, maySack: boolean): number {
  const { octets } = memory;
  memory.setU32(at, (OPTION_MSS << 24) | (4 << 16) | mss);
  let end = at + 4;
  if (maySack) {
    octets.set([OPTION_NOTHING, OPTION_NOTHING, OPTION_MAY_SACK, 2], end);
    end += 4;
  }
  if (scale >= 0) {
    octets.set([OPTION_NOTHING, OPTION_SCALE, 3, scale], end);
    end += 4;
  }
  return end - at;
}

/** Writes blocks that came out of order: sequence numbers, start and end. Returns how long the option is. */
export function writeSacks(memory: Memory, at: number, blocks: readonly number[]): number {
  memory.octets.set([OPTION_NOTHING, OPTION_NOTHING, OPTION_SACK, 2 + 4 * blocks.length], at);
  for (const [i, number] of blocks.entries()) memory.setU32(at + 4 + 4 * i, number);
  return 4 + 4 * blocks.length;
}
