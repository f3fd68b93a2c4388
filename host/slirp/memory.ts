// Memory that datagrams are taken apart and put together in: numbers in network order, and checksums.
//
// Whoever writes a header sees to it that it begins at a multiple of four. A frame is therefore put down two octets off,
// so that what follows its Ethernet header of 14 octets is aligned.

/** 2^16 and 2^32 both leave 1 when divided by 65,535, so that a sum of words of any width folds to the same sum. */
const WORD = 2 ** 32;

export class Memory {
  readonly octets: Uint8Array;
  readonly #view: DataView;
  readonly #words: Uint32Array;

  constructor(size: number) {
    const buffer = new ArrayBuffer(size);
    this.octets = new Uint8Array(buffer);
    this.#view = new DataView(buffer);
    this.#words = new Uint32Array(buffer);
  }

  u16(at: number): number {
    return this.#view.getUint16(at);
  }

  u32(at: number): number {
    return this.#view.getUint32(at);
  }

  setU16(at: number, value: number): void {
    this.#view.setUint16(at, value);
  }

  setU32(at: number, value: number): void {
    this.#view.setUint32(at, value);
  }

  slice(at: number, size: number): Uint8Array {
    return this.octets.slice(at, at + size);
  }

  /** Whether these octets are here. */
  is(at: number, octets: Uint8Array): boolean {
    for (let i = 0; i < octets.length; i++) if (this.octets[at + i] !== octets[i]) return false;
    return true;
  }

  /**
   * The one's complement sum (RFC 1071) in the order that memory has, for `setSum`. It adds whole words as floating point
   * numbers, which are exact to 2^53, in rows that do not wait for each other.
   */
  sum(at: number, size: number, start = 0): number {
    const words = this.#words;
    let [a, b, c, d] = [start, 0, 0, 0];
    let i = at >>> 2;
    const end = i + (size >>> 2);
    for (; i + 3 < end; i += 4) {
      a += words[i]!;
      b += words[i + 1]!;
      c += words[i + 2]!;
      d += words[i + 3]!;
    }
    for (; i < end; i++) a += words[i]!;
    const odd = size & 3;
    if (odd > 0) b += words[i]! & (0xff_ffff >>> (8 * (3 - odd)));
    return fold(a + b + c + d);
  }

  /** Writes what makes a sum right. */
  setSum(at: number, sum: number): void {
    this.#view.setUint16(at, ~sum & 0xffff, true);
  }
}

/** A number as a sum has it: memory's order is the other one. */
export function swap16(value: number): number {
  return ((value & 0xff) << 8) | (value >>> 8);
}

function fold(total: number): number {
  const low = total >>> 0;
  const high = Math.floor(total / WORD);
  const once = (low & 0xffff) + (low >>> 16) + (high & 0xffff) + (high >>> 16);
  const twice = (once & 0xffff) + (once >>> 16);
  return (twice & 0xffff) + (twice >>> 16);
}

/** What a sum is where it covers its own checksum, and nothing was changed on the way. */
export const SUM_RIGHT = 0xffff;
