// Guests that come by other ways than frames, such as programs in pages by Wisp: the gateway's limits are theirs, too, and what
// they have counts together with what all others have.

import type { Clock } from "../link.js";
import { type Guest, Guests } from "./guests.js";
import { type Limits, LiveLimits, type SomeLimits } from "./limits.js";

/** What is counted of a visitor, by the names that limits have for it. */
export type Visiting = "flows" | "sockets";

const LIMIT_OF_ONE = { flows: "flowsPerGuest", sockets: "socketsPerGuest" } as const;

export class Visitors {
  readonly #guests: Guests;
  readonly #limits: Limits;
  readonly #now: () => number;
  /** How many others have. */
  readonly #used: (what: Visiting) => number;

  constructor(guests: Guests, limits: Limits, now: () => number, used: (what: Visiting) => number = () => 0) {
    this.#guests = guests;
    this.#limits = limits;
    this.#now = now;
    this.#used = used;
  }

  /** Takes one for somebody. Returns what gives it back, once; undefined where it has its part, or all are taken. */
  take(name: string, what: Visiting): (() => void) | undefined {
    const guest = this.#guests.named(name);
    const { visiting } = this.#guests;
    const all = this.#used(what) + visiting[what];
    if (guest[what] >= this.#limits[LIMIT_OF_ONE[what]] || all >= this.#limits[what]) {
      guest.refused++;
      return undefined;
    }
    this.#count(guest, what, 1);
    let isHeld = true;
    return () => {
      if (isHeld) this.#count(guest, what, -1);
      isHeld = false;
    };
  }

  #count(guest: Guest, what: Visiting, change: 1 | -1): void {
    guest[what] += change;
    this.#guests.visiting[what] += change;
  }

  /** Whether a datagram of so many octets is within somebody's rate. It is lost where it is not. */
  admits(name: string, direction: "up" | "down", octets: number): boolean {
    return this.#guests.admits(this.#guests.named(name), direction, octets);
  }

  /** Octets of a stream have come. Returns for how long no more may, in milliseconds, so that somebody stays within its rate. */
  delay(name: string, direction: "up" | "down", octets: number): number {
    return this.#guests.named(name)[direction].spend(octets, this.#now());
  }
}

/** Visitors without a gateway, who have limits of their own. */
export function visitorsAlone(given: SomeLimits, clock: Clock): Visitors {
  const limits = new LiveLimits(given);
  return new Visitors(new Guests(limits, clock), limits, () => clock.now());
}
