// A datagram of either family, as it lies in memory when it has come from a guest. There is one, which is used again for
// the next: who wants to keep something copies it.

import type { Address } from "./address.js";
import type { Neighbour } from "./guests.js";
import type { Memory } from "./memory.js";

export const TCP = 6;
export const UDP = 17;
export const ICMP = 1;
export const ICMPV6 = 58;

export class Packet {
  readonly memory: Memory;
  /** Where its Ethernet header is, its IP header, and what follows that and its extensions. */
  frame = 0;
  ip = 0;
  at = 0;
  /** Octets from `at` on. */
  size = 0;
  protocol = 0;
  hops = 0;
  /** Octets of an address: 4 or 16. */
  width = 4;
  /** Where its source address is. The destination follows. */
  from = 0;
  /** What was learned of who sent it, where that is known. */
  neighbour: Neighbour | undefined;

  constructor(memory: Memory) {
    this.memory = memory;
  }

  get to(): number {
    return this.from + this.width;
  }

  source(): Address {
    return this.memory.slice(this.from, this.width);
  }

  destination(): Address {
    return this.memory.slice(this.to, this.width);
  }

  /** Ports are in the same place in TCP and in UDP. */
  get sourcePort(): number {
    return this.memory.u16(this.at);
  }

  get port(): number {
    return this.memory.u16(this.at + 2);
  }
}
