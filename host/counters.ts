// What a port counted: frames and octets without FCS, and what it lost, by reason.

import * as abi from "../assembly/abi.js";
import type { Core } from "./core.js";
import { whole } from "./errors.js";

/** A drop that the core never sees: a link brought frames faster than they were taken out of its ring. */
export const LOST_IN_RING = { name: "ring", help: "a link brought more than its ring holds" };

/** Every reason for a drop in the core, by its code in abi.ts; docs/reference/drops.md is made from this. */
export const DROP_REASONS: ReadonlyMap<number, { name: string; help: string }> = new Map([
  [abi.DROP_RUNT, { name: "runt", help: "shorter than its header" }],
  [abi.DROP_GIANT, { name: "giant", help: "longer than --mtu allows" }],
  [abi.DROP_NO_PVID, { name: "no-pvid", help: "untagged, and the port has no VLAN for untagged frames" }],
  [abi.DROP_NOT_MEMBER, { name: "not-member", help: "tagged for a VLAN that the port is not in" }],
  [abi.DROP_RESERVED, { name: "reserved", help: "to 01:80:C2:00:00:00 to 0F, which a bridge never forwards" }],
  [abi.DROP_DISCARDING, { name: "discarding", help: "spanning tree keeps the port from forwarding" }],
  [abi.DROP_LOCAL, { name: "local", help: "its destination is behind the port that it came from" }],
  [abi.DROP_NOWHERE, { name: "nowhere", help: "no other port takes it" }],
  [abi.DROP_MEMORY, { name: "memory", help: "no room was left for the segments that a tap left to be cut" }],
  [abi.DROP_INNER_TAG, { name: "inner-tag", help: "without its tag it would show another, of another VLAN" }],
  [abi.DROP_QUEUE, { name: "queue", help: "the endpoint's queue was full" }],
  [abi.DROP_SHARE, { name: "share", help: "the endpoint held its share of the memory that was left" }],
  [abi.DROP_PEER, { name: "peer", help: "the kernel refused it: the peer is gone, or takes no frame of that size" }],
  [abi.DROP_CLOSED, { name: "closed", help: "it waited when its endpoint was unplugged" }],
]);

export interface Counters {
  readonly rxFrames: number;
  readonly rxOctets: number;
  /** Once for all endpoints of the port. */
  readonly txFrames: number;
  readonly txOctets: number;
  /** Addresses learned behind it. */
  readonly addresses: number;
  /** By the names in DROP_REASONS, those that are not zero. */
  readonly drops: Readonly<Record<string, number>>;
}

/** The number of a port that the core has an entry for, whether anybody has made it or not. */
export function requirePort(port: number): number {
  return whole(port, 0, abi.PORT_MAX, `ports are 0 to ${abi.PORT_MAX}`);
}

/** The counters of a port, which count on while they are read. */
export function portCounters(core: Core, port: number): Counters {
  requirePort(port);
  const at = abi.PORTS + port * abi.PORT_SIZE;
  const drops: Record<string, number> = {};
  for (const [code, { name }] of DROP_REASONS) {
    const count = core.u64(at + abi.PORT_DROPS + 8 * code);
    if (count > 0) drops[name] = count;
  }
  return {
    rxFrames: core.u64(at + abi.PORT_RX_FRAMES),
    rxOctets: core.u64(at + abi.PORT_RX_OCTETS),
    txFrames: core.u64(at + abi.PORT_TX_FRAMES),
    txOctets: core.u64(at + abi.PORT_TX_OCTETS),
    addresses: core.u32(at + abi.PORT_FDB_COUNT),
    drops,
  };
}
