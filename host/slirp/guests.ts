// What each guest has of the gateway, so that none takes what is others': connections, ports, memory, octets a second. A
// guest is who has a hardware address, by whatever addresses above it: taking many of those gains it nothing.

import { Bucket } from "../bucket.js";
import type { Clock } from "../link.js";
import { type Address, addressText, macText } from "./address.js";
import type { LiveLimits } from "./limits.js";

/** More than can have a connection or a port, so that there is always one that can be forgotten. */
const SPARE = 4_096;
const ERRORS_PER_SECOND = 100;
const ERRORS_BURST = 50;

/** What one guest may have of small things of which there are few for all, so that others get theirs. */
const SHARES = { questions: 64, pings: 32, transfers: 8, fragments: 8 } as const;

export type Share = keyof typeof SHARES;

export class Guest {
  readonly name: string;
  flows = 0;
  sockets = 0;
  /** Octets of its connections that wait here. */
  held = 0;
  /** Whether it holds so much that nothing more is taken for it. */
  isTight = false;
  readonly shares: Record<Share, number> = { questions: 0, pings: 0, transfers: 0, fragments: 0 };
  /** What was not done for it, by a limit. */
  refused = 0;
  /** Whether another object counts for it from now on. */
  isForgotten = false;
  up: Bucket;
  down: Bucket;
  /** What is said to it of packets that went nowhere: as often as it can make use of. */
  readonly errors: Bucket;

  constructor(name: string, limits: LiveLimits, nowMs: number) {
    this.name = name;
    [this.up, this.down] = buckets(limits, nowMs);
    this.errors = new Bucket(ERRORS_PER_SECOND, ERRORS_BURST, nowMs);
  }

  get isIdle(): boolean {
    const isFree = Object.values(this.shares).every((count) => count === 0);
    return isFree && this.flows === 0 && this.sockets === 0 && this.held === 0;
  }
}

/** A guest's place on the network. */
export interface Neighbour {
  readonly address: Address;
  readonly mac: Uint8Array;
  /** Who it is, as far as that was asked. */
  guest?: Guest | undefined;
}

function buckets({ ratePerGuest, burstPerGuest }: LiveLimits, nowMs: number): [Bucket, Bucket] {
  return [new Bucket(ratePerGuest, burstPerGuest, nowMs), new Bucket(ratePerGuest, burstPerGuest, nowMs)];
}

/** Takes one of a guest's share. False where it has all of it. */
export function takeShare(guest: Guest, share: Share): boolean {
  if (guest.shares[share] >= SHARES[share]) {
    guest.refused++;
    return false;
  }
  guest.shares[share]++;
  return true;
}

export function giveShare(guest: Guest, share: Share): void {
  guest.shares[share]--;
}

export class Guests {
  readonly #limits: LiveLimits;
  readonly #clock: Clock;
  /** What those have in all who come by other ways than frames. */
  readonly visiting = { flows: 0, sockets: 0 };
  readonly #byName = new Map<string, Guest>();
  /** Octets that wait for all, and how many guests hold some. */
  #held = 0;
  #holders = 0;

  constructor(limits: LiveLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
  }

  get held(): number {
    return this.#held;
  }

  list(): readonly Guest[] {
    return [...this.#byName.values()];
  }

  /** The guest that a neighbour is. */
  of(neighbour: Neighbour): Guest {
    const { guest, mac } = neighbour;
    if (guest !== undefined && !guest.isForgotten) return guest;
    neighbour.guest = this.#find(macText(mac));
    return neighbour.guest;
  }

  /** One of which nothing is known but where it should be. */
  unknown(address: Address): Guest {
    return this.#find(addressText(address));
  }

  /** One that comes by another way than frames, and is known there by a name. */
  named(name: string): Guest {
    return this.#find(name);
  }

  #find(name: string): Guest {
    const found = this.#byName.get(name);
    if (found !== undefined) return found;
    if (this.#byName.size >= this.#limits.flows + this.#limits.sockets + SPARE) this.#forgetOne();
    const guest = new Guest(name, this.#limits, this.#clock.now());
    this.#byName.set(name, guest);
    return guest;
  }

  /** Those that are busy go to the end, so that they are not looked at each time. */
  #forgetOne(): void {
    for (const [name, guest] of this.#byName) {
      this.#byName.delete(name);
      guest.isForgotten = guest.isIdle;
      if (guest.isIdle) return;
      this.#byName.set(name, guest);
    }
  }

  /** Whether a guest may send so many octets now, or be sent them. */
  admits(guest: Guest, direction: "up" | "down", octets: number): boolean {
    if (this.#limits.ratePerGuest === 0 || guest[direction].take(octets, this.#clock.now())) return true;
    guest.refused++;
    return false;
  }

  /**
   * Notes that a guest holds so many octets more, or fewer. Where all together hold too much, each may have an equal share:
   * those that hold less do not hear of it. Returns whether the guest is now tight, or is no more.
   */
  hold(guest: Guest, octets: number): boolean {
    if (octets === 0) return false;
    const before = guest.held;
    guest.held += octets;
    this.#held += octets;
    if (before === 0) this.#holders++;
    if (guest.held === 0) this.#holders--;
    const { memory, memoryPerGuest } = this.#limits;
    const share = this.#held > memory ? Math.min(memoryPerGuest, memory / this.#holders) : memoryPerGuest;
    const isTight = guest.held > (guest.isTight ? share / 2 : share);
    if (isTight === guest.isTight) return false;
    guest.isTight = isTight;
    if (isTight) guest.refused++;
    return true;
  }

  /** Another rate holds from now on. */
  renew(): void {
    for (const guest of this.#byName.values()) [guest.up, guest.down] = buckets(this.#limits, this.#clock.now());
  }
}
