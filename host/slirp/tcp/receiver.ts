// The half of a connection that the guest sends: in order to the outside, and what came too early kept until it fits. The
// window says how much may come, and is never drawn back.

interface Piece {
  readonly at: number;
  readonly octets: Uint8Array;
}

/** Memory for what has come: more where more comes. */
const CHUNK_MIN = 2_048;
const CHUNK_MAX = 65_536;
const PIECES_MAX = 256;
const BLOCKS_MAX = 4;

export class Receiver {
  /** The place of the next octet in order; FIN is one place more. */
  next = 0;
  /** Where FIN is, when it is known. */
  finPlace = -1;
  /** Guests may send as far as this. */
  edge: number;
  readonly #most: number;
  /** Octets that have come in order and are not handed on. */
  #chunk = new Uint8Array();
  #from = 0;
  #to = 0;
  #pieces: Piece[] = [];
  /** The one that came last: it is told of first. */
  #latest = -1;

  constructor(window: number) {
    this.#most = window;
    this.edge = window;
  }

  get isEnded(): boolean {
    return this.finPlace >= 0 && this.next > this.finPlace;
  }

  /** Octets that are not handed on. */
  get waiting(): number {
    return this.#to - this.#from + this.#pieces.reduce((sum, { octets }) => sum + octets.length, 0);
  }

  get hasGap(): boolean {
    return this.#pieces.length > 0;
  }

  /** Takes what came: a place, the octets, and whether the stream ends after them. False where nothing was gained. */
  take(place: number, source: Uint8Array, at: number, size: number, isLast: boolean): boolean {
    const before = this.next;
    const limit = this.finPlace < 0 ? this.edge : Math.min(this.edge, this.finPlace);
    const end = Math.min(place + size, limit);
    if (isLast && end === place + size && this.finPlace < 0 && end >= this.next) this.#finishAt(end);
    if (place > this.next) {
      this.#keep(place, source.slice(at, at + Math.max(0, end - place)));
      return false;
    }
    if (end > this.next) this.#append(source, at + this.next - place, end - this.next);
    this.#join();
    if (this.next === this.finPlace) this.next++;
    return this.next > before;
  }

  /** Nothing comes after the end, whatever came before it was known. */
  #finishAt(place: number): void {
    this.finPlace = place;
    this.#pieces = this.#pieces.filter((piece) => endOf(piece) <= place);
  }

  #append(source: Uint8Array, at: number, size: number): void {
    if (this.#to + size > this.#chunk.length) {
      const waiting = this.#chunk.subarray(this.#from, this.#to);
      const usual = Math.min(CHUNK_MAX, Math.max(CHUNK_MIN, 4 * this.#chunk.length));
      this.#chunk = new Uint8Array(Math.max(usual, waiting.length + size));
      this.#chunk.set(waiting);
      this.#from = 0;
      this.#to = waiting.length;
    }
    this.#chunk.set(source.subarray(at, at + size), this.#to);
    this.#to += size;
    this.next += size;
  }

  /** Keeps what came too early, as far as there is nothing there yet. */
  #keep(place: number, octets: Uint8Array): void {
    const clash = this.#pieces.some((piece) => place < endOf(piece) && piece.at < place + octets.length);
    if (octets.length === 0 || clash || this.#pieces.length >= PIECES_MAX) return;
    this.#latest = place;
    const after = this.#pieces.findIndex((piece) => piece.at > place);
    if (after < 0) this.#pieces.push({ at: place, octets });
    else this.#pieces.splice(after, 0, { at: place, octets });
  }

  #join(): void {
    while (this.#pieces.length > 0 && this.#pieces[0]!.at <= this.next) {
      const { at, octets } = this.#pieces.shift()!;
      const skip = this.next - at;
      if (skip < octets.length) this.#append(octets, skip, octets.length - skip);
    }
  }

  /** What has come in order since it was last asked. The octets are the caller's. */
  drain(): Uint8Array | undefined {
    if (this.#from === this.#to) return undefined;
    const octets = this.#chunk.subarray(this.#from, this.#to);
    this.#from = this.#to;
    return octets;
  }

  /** Moves the window on, where that is worth telling; `queued` octets have not left yet. Returns how large it is. */
  open(queued: number, mss: number): number {
    const edge = this.next + Math.max(0, this.#most - queued - (this.#to - this.#from));
    if (edge - this.edge >= Math.min(this.#most / 2, mss)) this.edge = edge;
    return Math.max(0, this.edge - this.next);
  }

  /** Whether the guest should hear that there is room again. */
  wouldOpen(queued: number, mss: number): boolean {
    const more = this.next + this.#most - queued - this.edge;
    return more >= Math.min(this.#most / 2, 2 * mss);
  }

  /** What is held beyond a gap, as stretches: the one that came last first (RFC 2018). */
  blocks(): [start: number, end: number][] {
    const found: [start: number, end: number][] = [];
    for (const piece of this.#pieces) {
      const last = found.at(-1);
      if (last !== undefined && last[1] === piece.at) last[1] = endOf(piece);
      else found.push([piece.at, endOf(piece)]);
    }
    const newest = found.findIndex(([start, end]) => this.#latest >= start && this.#latest < end);
    if (newest > 0) found.unshift(...found.splice(newest, 1));
    return found.slice(0, BLOCKS_MAX);
  }
}

function endOf({ at, octets }: Piece): number {
  return at + octets.length;
}
