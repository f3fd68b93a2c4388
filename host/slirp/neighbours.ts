// Which guest has which address: learned from every packet, since a guest may know the gateway and never ask for it; and
// asked for where something is to be sent to an address that was silent. Who speaks last has an address, as on any LAN, but
// for one that was leased: that is its holder's as long as the holder answers. An address in use is leased to nobody else.

import { type Address, macText, parseMac } from "./address.js";
import type { Neighbour } from "./guests.js";
import type { Memory } from "./memory.js";
import type { Packet } from "./packet.js";

const COUNT_MAX = 4_096;
/** Of one hardware address. A guest with IPv6 makes new ones every day. */
const ADDRESSES_MAX = 256;
/** Frames that wait for an answer, in all. */
const KEPT_MAX = 32;
const KEPT_MS = 3_000;
/** So long a holder has to show that it is there, when another says that its address is theirs; then it is believed so long. */
export const ANSWER_MS = 5_000;
const BELIEVED_MS = 10_000;
/** It is asked again this often. */
const ASK_MS = 1_000;
const LONG_AGO = Number.NEGATIVE_INFINITY;
const BROADCAST = Uint8Array.of(255, 255, 255, 255, 255, 255);

type Source = Pick<Packet, "memory" | "from" | "width" | "frame">;

interface Kept {
  readonly key: string;
  readonly frame: Uint8Array;
  readonly untilMs: number;
}

interface Doubt {
  /** When it was asked first and last; undefined where it has answered. */
  sinceMs: number | undefined;
  askedMs: number;
  heardMs: number;
}

export class Neighbours {
  /** Asks who has an address. */
  onask: (address: Address) => void = () => {};
  /** Sends a frame that has waited. */
  onready: (frame: Uint8Array) => void = () => {};
  /** The hardware address that an address is leased to. */
  holder: (address: Address) => string | undefined = () => undefined;
  readonly #byAddress = new Map<string, Neighbour>();
  readonly #byMac = new Map<string, Set<Neighbour>>();
  readonly #now: () => number;
  #kept: Kept[] = [];
  /** When each address was last asked for: frames that wait for it ask once a second, and not each of them. */
  readonly #asked = new Map<string, number>();
  #last: Neighbour | undefined;
  /** Since when, and until when, holders are asked for that somebody else wants to take the place of. */
  readonly #doubted = new Map<Neighbour, Doubt>();

  constructor(now: () => number) {
    this.#now = now;
  }

  list(): readonly Neighbour[] {
    return [...this.#byAddress.values()];
  }

  /** Notes who sent a packet. Returns the same object for the same address; undefined where it is another guest's. */
  learn({ memory, from, width, frame }: Source): Neighbour | undefined {
    const last = this.#last;
    if (last !== undefined && last.address.length === width && memory.is(from, last.address))
      return this.#move(last, memory, frame + 6);
    const address = memory.slice(from, width);
    const found = this.#byAddress.get(keyOf(address)) ?? this.#meet(address, memory.slice(frame + 6, 6));
    this.#last = found;
    return this.#move(found, memory, frame + 6);
  }

  /** An address is leased to somebody from now on. */
  give(address: Address, mac: Uint8Array): void {
    const found = this.#byAddress.get(keyOf(address));
    if (found === undefined) this.#add(keyOf(address), { address, mac: mac.slice() });
    else this.#settle(found, mac);
  }

  /** A guest has given an address back. */
  release(address: Address, mac: string): void {
    const found = this.#byAddress.get(keyOf(address));
    if (found !== undefined && macText(found.mac) === mac) this.#forget(found);
  }

  #meet(address: Address, mac: Uint8Array): Neighbour {
    const holder = this.holder(address);
    const found = { address, mac: holder === undefined ? mac : parseMac(holder) };
    this.#add(keyOf(address), found);
    return found;
  }

  /** The hardware address of another guest that has an address, unless it is gone: it is asked where that is not known. */
  userBeside(mac: string, address: Address): string | undefined {
    const found = this.#byAddress.get(keyOf(address));
    if (found === undefined || macText(found.mac) === mac || this.#isGone(found)) return undefined;
    return macText(found.mac);
  }

  /** Where a datagram to this address goes. Groups and broadcasts go to everybody. */
  find(address: Address): Neighbour | undefined {
    if (address[0] === 0xff && address.length === 16)
      return { address, mac: Uint8Array.of(0x33, 0x33, ...address.subarray(12)) };
    if (address.every((octet) => octet === 0xff)) return { address, mac: BROADCAST };
    const found = this.#byAddress.get(keyOf(address));
    return found ?? (this.holder(address) === undefined ? undefined : this.#meet(address, BROADCAST));
  }

  /** Holds a frame until somebody says that the address is theirs. */
  keep(to: Address, frame: Uint8Array): void {
    const now = this.#now();
    const key = keyOf(to);
    this.#kept = this.#kept.filter(({ untilMs }) => untilMs > now);
    if (this.#kept.length < KEPT_MAX) this.#kept.push({ key, frame, untilMs: now + KEPT_MS });
    for (const [asked, askedMs] of this.#asked) if (now - askedMs >= ASK_MS) this.#asked.delete(asked);
    if (this.#asked.has(key)) return;
    this.#asked.set(key, now);
    this.onask(to);
  }

  #move(neighbour: Neighbour, memory: Memory, at: number): Neighbour | undefined {
    if (memory.is(at, neighbour.mac)) {
      if (this.#doubted.size > 0) this.#believe(neighbour);
      return neighbour;
    }
    if ((memory.octets[at]! & 1) === 1) return neighbour; // nobody is a group
    const mac = memory.slice(at, 6);
    const holder = this.holder(neighbour.address);
    const isForeign = holder !== undefined && holder !== macText(mac) && holder === macText(neighbour.mac);
    if (isForeign && !this.#isGone(neighbour)) return undefined;
    this.#settle(neighbour, mac);
    return neighbour;
  }

  #settle(neighbour: Neighbour, mac: Uint8Array): void {
    this.#disown(neighbour);
    neighbour.mac.set(mac);
    neighbour.guest = undefined;
    this.#doubted.delete(neighbour);
    this.#own(neighbour);
  }

  #believe(neighbour: Neighbour): void {
    const doubt = this.#doubted.get(neighbour);
    if (doubt?.sinceMs === undefined) return;
    doubt.sinceMs = undefined;
    doubt.heardMs = this.#now();
  }

  /** Whether a holder has not answered, when somebody else wants its address. It is asked where that is not known. */
  #isGone(neighbour: Neighbour): boolean {
    const now = this.#now();
    const doubt = this.#doubted.get(neighbour) ?? { sinceMs: undefined, askedMs: LONG_AGO, heardMs: LONG_AGO };
    this.#doubted.set(neighbour, doubt);
    if (now - doubt.heardMs < BELIEVED_MS) return false;
    doubt.sinceMs ??= now;
    if (now - doubt.sinceMs > ANSWER_MS) return true;
    if (now - doubt.askedMs >= ASK_MS) {
      doubt.askedMs = now;
      this.onask(neighbour.address);
    }
    return false;
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
    this.#doubted.delete(neighbour);
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
