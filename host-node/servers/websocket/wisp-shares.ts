// How many streams of Wisp there may be, in all and of one address: as many as guests of the gateway may have, by its limits.
// Who opens more connections from the same address gains nothing.

import type { Limits } from "../../../host/slirp/limits.js";
import { TCP } from "../../../host/wisp/packets.js";

export type ShareLimits = Pick<Limits, "flows" | "flowsPerGuest" | "sockets" | "socketsPerGuest">;

class Count {
  readonly #bySite = new Map<string, number>();
  #all = 0;

  take(site: string, perSite: number, inAll: number): boolean {
    const has = this.#bySite.get(site) ?? 0;
    if (has >= perSite || this.#all >= inAll) return false;
    this.#bySite.set(site, has + 1);
    this.#all++;
    return true;
  }

  give(site: string): void {
    const left = (this.#bySite.get(site) ?? 1) - 1;
    this.#all--;
    if (left > 0) this.#bySite.set(site, left);
    else this.#bySite.delete(site);
  }
}

export class WispShares {
  readonly #limits: ShareLimits;
  readonly #flows = new Count();
  readonly #sockets = new Count();

  constructor(limits: ShareLimits) {
    this.#limits = limits;
  }

  /** Takes one. Returns what gives it back, once; undefined where the address has its share, or all are taken. */
  take(type: number, site: string): (() => void) | undefined {
    const { flows, flowsPerGuest, sockets, socketsPerGuest } = this.#limits;
    const isTcp = type === TCP;
    const count = isTcp ? this.#flows : this.#sockets;
    if (!count.take(site, isTcp ? flowsPerGuest : socketsPerGuest, isTcp ? flows : sockets)) return undefined;
    let isHeld = true;
    return () => {
      if (isHeld) count.give(site);
      isHeld = false;
    };
  }
}
