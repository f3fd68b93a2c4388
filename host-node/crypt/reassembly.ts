// Finds the frames in the datagrams of a session. In order, a frame that was cut lies whole where its datagrams were opened
// to. Out of order, the pieces are kept for a while, so many and no more, and put together when the last of them comes.

import { transport } from "../cable/offload.js";
import type { Arena } from "./arena.js";
import { FRAME_MAX, FRAME_MIN, LENGTH_MASK, RECORD_HEADER, UNSUMMED } from "./layout.js";

/** For so many datagrams pieces are kept. */
const KEPT = 64;
const CONTROL = 0x8000;
const NONE = -1;

/** What is left of a datagram that frames were cut in. */
interface Pieces {
  counter: number;
  /** The end of a frame, or the middle where the datagram holds nothing else. */
  lead?: Uint8Array | undefined;
  isMiddle: boolean;
  /** The start of a frame. */
  tail?: Uint8Array | undefined;
}

export class Reassembly {
  readonly #pieces: (Pieces | undefined)[] = [];
  readonly #held = new Uint8Array(RECORD_HEADER + FRAME_MAX);
  /** The start of a frame whose end the next datagram has: where it lies, and how long its record is. */
  #openAt = NONE;
  #openSize = 0;
  #heldSize = 0;
  #next = 0;
  /** Takes what the rest of a datagram says that is no frame: its kind, and the word after it. */
  oncontrol: (kind: number, word: number, size: number) => void = () => {};

  /** Takes the `size` octets of a datagram, which were opened to the arena's end. The first record begins at `begins`. */
  take(arena: Arena, counter: number, size: number, begins: number): void {
    if (counter !== this.#next) this.#give(arena);
    else if (this.#heldSize > 0) this.#restore(arena, size);
    const start = arena.end;
    arena.end += size;
    const isWhole = begins <= size && this.#joinLead(arena, counter, start, begins, size);
    const open = isWhole ? this.#split(arena, start + begins, start + size) : NONE;
    if (begins > size) this.#openAt = NONE; // it contradicts itself
    if (open !== NONE) this.#openEnd(arena, counter, open);
    if (counter >= this.#next) this.#next = counter + 1;
    if (this.#pieces.length > 0) this.#join(arena, counter);
  }

  /** Puts the octets before the first record where they belong. False where all there is belongs to a frame that is open still. */
  #joinLead(arena: Arena, counter: number, start: number, begins: number, size: number): boolean {
    if (this.#openAt !== NONE) return this.#continue(arena, start, begins);
    if (begins > 0) this.#keepLead(counter, arena.octets.slice(start, start + begins), begins === size);
    return true;
  }

  /** Keeps the start of a frame while the arena is used for something else. */
  hold(arena: Arena): void {
    if (this.#openAt === NONE) return;
    this.#heldSize = arena.end - this.#openAt;
    this.#held.set(arena.octets.subarray(this.#openAt, arena.end));
    this.#openAt = NONE;
  }

  /** Puts what was held before what goes on with it. */
  #restore(arena: Arena, size: number): void {
    const { octets, end } = arena;
    octets.copyWithin(end + this.#heldSize, end, end + size);
    octets.set(this.#held.subarray(0, this.#heldSize), end);
    this.#openAt = end;
    arena.end += this.#heldSize;
    this.#heldSize = 0;
  }

  /** Completes the open frame. False where all of the datagram belongs to it, and it is not complete yet. */
  #continue(arena: Arena, start: number, size: number): boolean {
    const at = this.#openAt;
    this.#openAt = NONE;
    if (size === 0) return true;
    const have = start + size - at;
    if (have === this.#openSize) list(arena, at);
    if (have >= this.#openSize || arena.end > start + size) return true;
    this.#openAt = at;
    return false;
  }

  /** Lists the whole frames. Returns where one begins that is not whole. */
  #split(arena: Arena, start: number, end: number): number {
    const { octets } = arena;
    let at = start;
    while (end - at >= RECORD_HEADER) {
      const kind = word(octets, at);
      if (kind >= CONTROL) this.oncontrol(kind, end - at >= 4 ? word(octets, at + 2) : 0, end - start);
      const size = kind & LENGTH_MASK;
      if (kind >= CONTROL || size < FRAME_MIN || size > FRAME_MAX) return NONE;
      if (at + RECORD_HEADER + size > end) return at;
      if (!list(arena, at)) return NONE;
      at += RECORD_HEADER + size;
    }
    return NONE;
  }

  #openEnd(arena: Arena, counter: number, at: number): void {
    if (counter < this.#next) {
      this.#slot(counter).tail = arena.octets.slice(at, arena.end);
      return;
    }
    this.#openAt = at;
    this.#openSize = RECORD_HEADER + (word(arena.octets, at) & LENGTH_MASK);
  }

  /** Something else than the next datagram came: what was to be continued becomes a piece like others. */
  #give(arena: Arena): void {
    this.hold(arena);
    if (this.#heldSize > 0) this.#slot(this.#next - 1).tail = this.#held.slice(0, this.#heldSize);
    this.#heldSize = 0;
  }

  #keepLead(counter: number, octets: Uint8Array, isMiddle: boolean): void {
    const slot = this.#slot(counter);
    slot.lead = octets;
    slot.isMiddle = isMiddle;
  }

  #slot(counter: number): Pieces {
    const found = this.#pieces[counter % KEPT];
    if (found?.counter === counter) return found;
    const slot: Pieces = { counter, isMiddle: false };
    this.#pieces[counter % KEPT] = slot;
    return slot;
  }

  #find(counter: number): Pieces | undefined {
    const found = this.#pieces[counter % KEPT];
    return found?.counter === counter ? found : undefined;
  }

  /** Puts together what the pieces of a datagram complete: the frame that ends in it, and the one that begins in it. */
  #join(arena: Arena, counter: number): void {
    let first = counter - 1;
    while (this.#find(first)?.isMiddle && counter - first < KEPT) first--;
    for (const from of [first, counter]) {
      const parts = this.#chain(from);
      if (parts === undefined) continue;
      this.hold(arena); // what is to be continued would not be at the end any more
      const at = arena.end;
      for (const part of parts) {
        arena.octets.set(part, arena.end);
        arena.end += part.length;
      }
      list(arena, at);
    }
  }

  /** All parts of the frame that begins in a datagram, if all are here. They are used once. */
  #chain(from: number): Uint8Array[] | undefined {
    const start = this.#find(from);
    if (start?.tail === undefined) return undefined;
    const size = RECORD_HEADER + (word(start.tail, 0) & LENGTH_MASK);
    const parts = [start.tail];
    let have = start.tail.length;
    for (let counter = from + 1; have < size && counter - from < KEPT; counter++) {
      const next = this.#find(counter);
      if (next?.lead === undefined) return undefined;
      parts.push(next.lead);
      have += next.lead.length;
      if (have < size && !next.isMiddle) return undefined;
    }
    if (have !== size) return undefined;
    start.tail = undefined;
    return parts;
  }
}

/** Lists the frame of a record. One that says of itself what it is not is passed over. False where there is no room. */
function list(arena: Arena, record: number): boolean {
  const at = record + RECORD_HEADER;
  const kind = word(arena.octets, record);
  const size = kind & LENGTH_MASK;
  if ((kind & UNSUMMED) === 0) return arena.add(at, size);
  const start = transport(arena.octets.subarray(at, at + size));
  return start === 0 || arena.add(at, size, start);
}

function word(octets: Uint8Array, at: number): number {
  return (octets[at]! << 8) | octets[at + 1]!;
}
