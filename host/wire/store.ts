// Frames that wait, in memory that is taken once and used again: segments, of which more are taken while frames wait, up to
// a limit. Frames leave nearly in the order in which they came, so a segment is free when all that was put in it has left.
//
// A frame is found by its place: the segment's number and where in it. Before its octets are the numbers that go with it.

const SEGMENT_BITS = 18;
const SEGMENT_OCTETS = 1 << SEGMENT_BITS;
const SEGMENTS_MAX = 256; // 64 MiB a direction
/** Empty segments that are kept for the next frames. */
const SPARE_MAX = 4;

/** The numbers of a frame, by their index. */
export const SIZE = 0;
export const ARRIVED = 1;
export const SEND_MS = 2;
export const DELAY_MS = 3;
export const NEXT = 4;
const NUMBERS = 5;

/** No place. */
export const NONE = -1;

interface Segment {
  readonly octets: Uint8Array;
  readonly numbers: Float64Array;
  live: number;
}

export class Store {
  readonly #segments: (Segment | undefined)[] = [];
  readonly #free: number[] = [];
  readonly #spares: Segment[] = [];
  #current = NONE;
  #end = SEGMENT_OCTETS;

  /** Keeps a frame. Returns its place, or NONE where there is no room. */
  put(octets: Uint8Array, at: number, size: number): number {
    const room = (NUMBERS * 8 + size + 7) & ~7;
    if (room > SEGMENT_OCTETS) return NONE;
    if (this.#end + room > SEGMENT_OCTETS && !this.#open()) return NONE;
    const segment = this.#segments[this.#current]!;
    const start = this.#end;
    this.#end += room;
    segment.live++;
    segment.numbers[start >>> 3] = size;
    const to = start + NUMBERS * 8;
    segment.octets.set(at === 0 && size === octets.length ? octets : octets.subarray(at, at + size), to);
    return (this.#current << SEGMENT_BITS) | start;
  }

  get(place: number, index: number): number {
    return this.#segments[place >>> SEGMENT_BITS]!.numbers[((place & (SEGMENT_OCTETS - 1)) >>> 3) + index]!;
  }

  set(place: number, index: number, value: number): void {
    this.#segments[place >>> SEGMENT_BITS]!.numbers[((place & (SEGMENT_OCTETS - 1)) >>> 3) + index] = value;
  }

  /** The memory that a frame lies in, and where in it. */
  octets(place: number): Uint8Array {
    return this.#segments[place >>> SEGMENT_BITS]!.octets;
  }

  at(place: number): number {
    return (place & (SEGMENT_OCTETS - 1)) + NUMBERS * 8;
  }

  free(place: number): void {
    const number = place >>> SEGMENT_BITS;
    const segment = this.#segments[number]!;
    if (--segment.live > 0) return;
    if (number === this.#current) this.#end = 0;
    else this.#release(number);
  }

  /** Goes on in another segment. */
  #open(): boolean {
    const before = this.#current;
    const number = this.#free.pop() ?? (this.#segments.length < SEGMENTS_MAX ? this.#segments.length : NONE);
    if (number === NONE) return false;
    this.#segments[number] = this.#spares.pop() ?? newSegment();
    this.#current = number;
    this.#end = 0;
    if (before !== NONE && this.#segments[before]!.live === 0) this.#release(before);
    return true;
  }

  #release(number: number): void {
    const segment = this.#segments[number]!;
    this.#free.push(number);
    this.#segments[number] = undefined;
    if (this.#spares.length < SPARE_MAX) this.#spares.push(segment);
  }
}

function newSegment(): Segment {
  const buffer = new ArrayBuffer(SEGMENT_OCTETS);
  return { octets: new Uint8Array(buffer), numbers: new Float64Array(buffer), live: 0 };
}
