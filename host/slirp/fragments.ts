// Puts fragments together, of both families. Pieces that overlap end it (RFC 5722), and so does too much of anything: what
// a guest may keep here is bounded in datagrams, in pieces, and in time.

import { type Guest, giveShare, takeShare } from "./guests.js";
import { REASSEMBLY } from "./output.js";
import type { Packet } from "./packet.js";
import type { Stack, Timed } from "./stack.js";

const DATAGRAMS_MAX = 32;
/** A full datagram in frames of 1,280 octets has 53. */
const PIECES_MAX = 64;
const SIZE_MAX = 65_535;
const TIME_MS = 15_000;
const ETHERNET = 14;

interface Piece {
  readonly offset: number;
  readonly octets: Uint8Array;
}

interface Collection {
  /** Whose it is; nobody's who has no address yet. */
  readonly guest: Guest | undefined;
  readonly pieces: Piece[];
  readonly untilMs: number;
  /** Ethernet and IP header of the first fragment, without extensions. */
  head?: Uint8Array;
  protocol: number;
  /** Where the last one ends, when it has come. */
  end: number;
}

export interface FragmentKey {
  readonly id: number;
  readonly offset: number;
  readonly more: boolean;
}

export class Fragments implements Timed {
  readonly #stack: Stack;
  readonly #collections = new Map<string, Collection>();

  constructor(stack: Stack) {
    this.#stack = stack;
  }

  /** Adds a piece. True when all are there: the packet is then the whole datagram, in another place. */
  add(packet: Packet, { id, offset, more }: FragmentKey): boolean {
    const { memory, from, width } = packet;
    const key = `${id} ${width === 4 ? packet.protocol : 6} ${String.fromCharCode(...memory.slice(from, 2 * width))}`;
    const found = this.#collections.get(key) ?? this.#start(key, packet);
    const end = offset + packet.size;
    const overlaps = found.pieces.some((piece) => offset < piece.offset + piece.octets.length && piece.offset < end);
    const isBad = packet.size === 0 || (more && (packet.size & 7) !== 0) || end > SIZE_MAX - headerSize(width);
    const isBeyond = found.end > 0 && (!more || end > found.end);
    if (overlaps || isBad || isBeyond || found.pieces.length === PIECES_MAX) return this.#giveUp(key);
    if (!more) found.end = end;
    if (offset === 0) {
      found.head = memory.slice(packet.ip - ETHERNET, ETHERNET + headerSize(width));
      found.protocol = packet.protocol;
    }
    found.pieces.push({ offset, octets: memory.slice(packet.at, packet.size) });
    const size = found.pieces.reduce((sum, { octets }) => sum + octets.length, 0);
    if (found.end > 0 && size > found.end) return this.#giveUp(key);
    if (found.end !== size || found.head === undefined) return false;
    this.#forget(key);
    join(packet, found, found.head);
    return true;
  }

  tick(nowMs: number): number {
    for (const [key, { untilMs }] of this.#collections) {
      if (untilMs > nowMs) return untilMs;
      this.#forget(key);
    }
    return Number.POSITIVE_INFINITY;
  }

  /** The oldest makes room: a guest that has its share only loses what it has put there itself. */
  #start(key: string, { neighbour }: Packet): Collection {
    const guest = neighbour && this.#stack.guests.of(neighbour);
    if (guest !== undefined && !takeShare(guest, "fragments")) {
      this.#giveUpOldest((other) => other.guest === guest);
      takeShare(guest, "fragments");
    }
    if (this.#collections.size >= DATAGRAMS_MAX) this.#giveUpOldest(() => true);
    const untilMs = this.#stack.clock.now() + TIME_MS;
    const collection: Collection = { guest, pieces: [], untilMs, protocol: 0, end: 0 };
    this.#collections.set(key, collection);
    this.#stack.due(untilMs);
    return collection;
  }

  #giveUpOldest(isMeant: (collection: Collection) => boolean): void {
    for (const [key, collection] of this.#collections) {
      if (!isMeant(collection)) continue;
      this.#giveUp(key);
      return;
    }
  }

  #forget(key: string): void {
    const guest = this.#collections.get(key)?.guest;
    if (guest !== undefined) giveShare(guest, "fragments");
    this.#collections.delete(key);
  }

  #giveUp(key: string): false {
    this.#forget(key);
    this.#stack.drop("fragments that do not fit together");
    return false;
  }
}

function headerSize(width: number): number {
  return width === 4 ? 20 : 40;
}

/** Lays a datagram out anew, as if it had come whole. */
function join(packet: Packet, { pieces, protocol, end }: Collection, head: Uint8Array): void {
  const { octets } = packet.memory;
  const ip = REASSEMBLY + ETHERNET;
  octets.set(head, REASSEMBLY);
  packet.frame = REASSEMBLY;
  packet.ip = ip;
  packet.from = ip + (packet.width === 4 ? 12 : 8);
  packet.at = ip + headerSize(packet.width);
  packet.size = end;
  packet.protocol = protocol;
  for (const piece of pieces) octets.set(piece.octets, packet.at + piece.offset);
}
