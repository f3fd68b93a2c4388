// Several peers behind one link, each reached by a path of its own: a segment of a network without anybody in the middle.
// It learns which peer an address is at, so that what is for one is sent to none of the others; and what comes from a
// peer goes to no other, so that no cable of a mesh makes a loop.

import type { Clock, Frame } from "./link.js";

/** How long an address is believed to be where it was seen. */
const EXPIRE_MS = 100_000;
const ADDRESSES_MAX = 8192;
const PEERS_MAX = 255;
/** An entry is put in order and in time again after this; not at every frame. */
const REFRESH_MS = 1000;
const TYPE_VLAN = 0x81;

interface Seen {
  readonly peer: string;
  readonly seenMs: number;
}

/** Twelve bits of VLAN and an address as a key of a map. */
function key(frame: Frame, at: number): string {
  const isTagged = frame[12] === TYPE_VLAN && frame[13] === 0;
  const [high, low] = isTagged ? [(frame[14] ?? 0) & 15, frame[15] ?? 0] : [0, 0];
  return String.fromCharCode(high, low, ...frame.subarray(at, at + 6));
}

function isGroup(frame: Frame, at: number): boolean {
  return ((frame[at] ?? 0) & 1) === 1;
}

/** Who is behind the link, and how to reach each. */
export class Mesh {
  readonly #clock: Pick<Clock, "now">;
  readonly #peers = new Map<string, (frame: Frame) => boolean>();
  readonly #addresses = new Map<string, Seen>();

  constructor(clock: Pick<Clock, "now">) {
    this.#clock = clock;
  }

  get peers(): readonly string[] {
    return [...this.#peers.keys()];
  }

  has(peer: string): boolean {
    return this.#peers.has(peer);
  }

  /** Adds a peer, whom `send` reaches. False where there are too many. */
  add(peer: string, send: (frame: Frame) => boolean): boolean {
    if (this.#peers.size >= PEERS_MAX && !this.has(peer)) return false;
    this.#peers.set(peer, send);
    return true;
  }

  remove(peer: string): void {
    this.#peers.delete(peer);
    for (const [address, seen] of this.#addresses) if (seen.peer === peer) this.#addresses.delete(address);
  }

  /** Sends to whom it is for, or to all. False where nobody took it. */
  send(frame: Frame): boolean {
    const known = isGroup(frame, 0) ? undefined : this.#find(key(frame, 0));
    if (known !== undefined) return known(frame);
    let taken = false;
    for (const send of this.#peers.values()) if (send(frame)) taken = true;
    return taken;
  }

  /** A frame came from a peer: its sender is there. */
  learn(peer: string, frame: Frame): void {
    if (isGroup(frame, 6)) return;
    const address = key(frame, 6);
    const nowMs = this.#clock.now();
    const seen = this.#addresses.get(address);
    if (seen?.peer === peer && nowMs - seen.seenMs < REFRESH_MS) return;
    this.#addresses.delete(address); // so that the map's order is that of time
    this.#addresses.set(address, { peer, seenMs: nowMs });
    if (this.#addresses.size > ADDRESSES_MAX) this.#forgetOldest();
  }

  #find(address: string): ((frame: Frame) => boolean) | undefined {
    const seen = this.#addresses.get(address);
    if (seen === undefined || this.#clock.now() - seen.seenMs > EXPIRE_MS) return undefined;
    return this.#peers.get(seen.peer);
  }

  #forgetOldest(): void {
    for (const address of this.#addresses.keys()) {
      this.#addresses.delete(address);
      return;
    }
  }
}
