// What every protocol of the gateway works with.

import type { Clock } from "../link.js";
import type { Address } from "./address.js";
import type { GatewayBackend } from "./backend.js";
import type { Guests, Neighbour } from "./guests.js";
import type { IcmpErrors } from "./icmp-errors.js";
import type { Memory } from "./memory.js";
import type { Neighbours } from "./neighbours.js";
import type { Settings } from "./options.js";
import type { Output } from "./output.js";
import type { Packet } from "./packet.js";
import type { Policy } from "./policy.js";

export interface Stack {
  readonly clock: Clock;
  readonly settings: Settings;
  readonly backend: GatewayBackend;
  readonly memory: Memory;
  readonly output: Output;
  readonly neighbours: Neighbours;
  readonly policy: Policy;
  readonly errors: IcmpErrors;
  readonly guests: Guests;
  /** Why frames went nowhere. */
  readonly drops: Map<Drop, number>;
  /** Whether an address is one of the gateway's own. */
  isOwn(address: Address): boolean;
  /** A packet goes no further. */
  drop(why: Drop): void;
  /** Whether a guest may send so many octets now, or be sent them. Counts what it may not. */
  admits(neighbour: Neighbour, direction: "up" | "down", octets: number): boolean;
  /** Whether the network takes a frame now: what a connection has more than that is sent later, and not lost. */
  takesMore(): boolean;
  /** Something is due at this time, at the latest. */
  due(atMs: number): void;
  /** Runs `flush` of all when what has come together has been taken in. */
  soon(): void;
}

/** A protocol above IP. */
export interface Protocol {
  /** Takes a packet whose checksum is right. */
  input(packet: Packet): void;
}

/** Something that has timers: runs what is due, and says when the next is, or Infinity. */
export interface Timed {
  tick(nowMs: number): number;
}

export const DROPS = [
  "not for the gateway",
  "a header that is cut or wrong",
  "a wrong checksum",
  "a source outside of the network",
  "an address that is leased to another guest",
  "a protocol or option that is not known",
  "fragments that do not fit together",
  "forbidden",
  "a limit was reached",
  "faster than its rate",
  "it broke what it came to",
] as const;

export type Drop = (typeof DROPS)[number];
