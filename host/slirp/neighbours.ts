// Which guest has which address: learned from every packet, since a guest may know the gateway and never ask for it; and
// asked for where something is to be sent to an address that was silent.

import type { Address } from "./address.js";
import type { Memory } from "./memory.js";
import type { Neighbour, Packet } from "./packet.js";

const COUNT_MAX = 4_096;
/** Of one hardware address. A guest with IPv6 makes new ones every day. */
const ADDRESSES_MAX = 256;
/** Frames that wait for an answer, in all. */
const KEPT_MAX = 32;
const KEPT_MS = 3_000;
const BROADCAST = Uint8Array.of(255, 255, 255, 255, 255, 255);

interface Kept {
  readonly key: string;
  readonly frame: Uint8Array;
  readonly untilMs: number;
}

export class Neighbours {
  /** Asks who has an address. */
  onask: (address: Address) => void = () => {};
  /** Sends a frame that has waited. */
  onready: (frame: Uint8Array) => void = () => {};
  readonly #byAddress = new Map<string, Neighbour>();
  readonly #byMac = new Map<string, Set<Neighbour>>();
  readonly #now: () => number;
  #kept: Kept[] = [];
  #last: Neighbour | undefined;

  constructor(now: () => number) {
    this.#now = now;
  }

  list(): readonly Neighbour[] {
    return [...this.#byAddress.values()];
  }

  /** Notes who sent a packet. Returns the same object for the same address. */
  learn({ memory, from, width, frame }: Pick<Packet, "memory" | "from" | "width" | "frame">): Neighbour {
    const last = this.#last;
    if (last !== undefined && last.address.length === width && memory.is(from, last.address))
      return this.#move(last, memory, frame + 6);
    const address = memory.slice(from, width);
    const key = keyOf(address);
    let found = this.#byAddress.get(key);
    if (found === undefined) {
      found = { address, mac: memory.slice(frame + 6, 6) };
      this.#add(key, found);
    }
    this.#last = found;
    return this.#move(found, memory, frame + 6);
  }

  /** Where a datagram to this address goes. Groups and broadcasts go to everybody. */
  find(address: Address): Neighbour | undefined {
    if (address[0] === 0xff && address.length === 16)
      return { address, mac: Uint8Array.of(0x33, 0x33, ...address.subarray(12)) };
    if (address.every((octet) => octet === 0xff)) return { address, mac: BROADCAST };
    return this.#byAddress.get(keyOf(address));
  }

  /** Holds a frame until somebody says that the address is theirs. */
  keep(to: Address, frame: Uint8Array): void {
    const now = this.#now();
    this.#kept = this.#kept.filter(({ untilMs }) => untilMs > now);
    if (this.#kept.length < KEPT_MAX) this.#kept.push({ key: keyOf(to), frame, untilMs: now + KEPT_MS });
    this.onask(to);
  }

  #move(neighbour: Neighbour, memory: Memory, at: number): Neighbour {
    if (memory.is(at, neighbour.mac) || (memory.octets[at]! & 1) === 1) return neighbour; // nobody is a group
    this.#disown(neighbour);
    neighbour.mac.set(memory.octets.subarray(at, at + 6));
    neighbour.guest = undefined;
    this.#own(neighbour);
    return neighbour;
  }

  /** Who has too many addresses loses its own, and not those of others. */
  #own(neighbour: Neighbour): void {
    const mac = keyOf(neighbour.mac);
    const all = this.#byMac.get(mac) ?? new Set();
    this.#byMac.set(mac, all.add(neighbour));
    const [oldest] = all;
    if (all.size > ADDRESSES_MAX && oldest !== undefined) this.#forget(oldest);
  }

  #disown(neighbour: Neighbour): void {
    const mac = keyOf(neighbour.mac);
    const all = this.#byMac.get(mac);
    all?.delete(neighbour);
    if (all?.size === 0) this.#byMac.delete(mac);
  }

  #forget(neighbour: Neighbour): void {
    if (this.#last === neighbour) this.#last = undefined;
    this.#disown(neighbour);
    const key = keyOf(neighbour.address);
    if (this.#byAddress.get(key) === neighbour) this.#byAddress.delete(key);
  }

  #add(key: string, neighbour: Neighbour): void {
    if (this.#byAddress.size >= COUNT_MAX) {
      const [[, oldest] = []] = this.#byAddress;
      if (oldest !== undefined) this.#forget(oldest);
    }
    this.#byAddress.set(key, neighbour);
    this.#own(neighbour);
    if (this.#kept.length === 0) return;
    const ready = this.#kept.filter((kept) => kept.key === key);
    this.#kept = this.#kept.filter((kept) => kept.key !== key);
    for (const { frame } of ready) {
      frame.set(neighbour.mac);
      this.onready(frame);
    }
  }
}

function keyOf(address: Address): string {
  return String.fromCharCode(...address);
}
