// The forwarding database as a manager sees it: what is in it, and how long it stays.

import * as abi from "../assembly/abi.js";
import { type Core, macText } from "./core.js";
import { requirePort } from "./counters.js";
import { refuse, whole } from "./errors.js";
import { type Address, bucketOf, FdbListing } from "./fdb-listing.js";

export type { Address } from "./fdb-listing.js";

/** Shows addresses by bucket as VDE's own hash table would; ours is another, and its buckets are secret. */
const SIZE_DEFAULT = 128;

const END = abi.ADDRESSES + abi.ADDRESS_COUNT * abi.ADDRESS_SIZE;

function setting(offset: number): number {
  return abi.CONFIG + offset;
}

export class Fdb {
  readonly #core: Core;
  readonly #nowMs: () => number;
  #size = SIZE_DEFAULT;

  constructor(core: Core, nowMs: () => number) {
    this.#core = core;
    this.#nowMs = nowMs;
  }

  /** The table size that `bucket` is for: a power of two. */
  get size(): number {
    return this.#size;
  }

  /** Sets it, rounded up to a power of two, and forgets every address, as VDE does. EINVAL below 1 or above 2^30. */
  set size(size: number) {
    whole(size, 1, 2 ** 30, "the hash size is 1 to 1073741824");
    this.#size = 2 ** Math.ceil(Math.log2(size));
    this.#core.call("flushVlan", abi.VLAN_NONE);
  }

  get expireMs(): number {
    return this.#core.u32(setting(abi.CONFIG_EXPIRE_MS));
  }

  set expireMs(ms: number) {
    this.#core.setU32(setting(abi.CONFIG_EXPIRE_MS), time(ms));
  }

  get persistMs(): number {
    return this.#core.u32(setting(abi.CONFIG_PERSIST_MS));
  }

  set persistMs(ms: number) {
    this.#core.setU32(setting(abi.CONFIG_PERSIST_MS), time(ms));
  }

  /** How often old addresses are swept out, 0 for never; they count for nothing in any case. */
  get gcMs(): number {
    return this.#core.u32(setting(abi.CONFIG_GC_MS));
  }

  set gcMs(ms: number) {
    this.#core.setU32(setting(abi.CONFIG_GC_MS), time(ms));
  }

  /** How many addresses there are. */
  get count(): number {
    return this.#core.u32(setting(abi.CONFIG_FDB_COUNT));
  }

  get limit(): number {
    return this.#core.u32(setting(abi.CONFIG_FDB_LIMIT));
  }

  /** Sets how many addresses there may be in all; the oldest of the ports with most go. */
  set limit(limit: number) {
    this.#requireLimit(limit);
    this.#core.setU32(setting(abi.CONFIG_FDB_LIMIT), limit);
    this.#core.call("shrink");
  }

  portLimit(port: number): number {
    requirePort(port);
    return this.#core.u32(abi.PORTS + port * abi.PORT_SIZE + abi.PORT_FDB_LIMIT);
  }

  /** Sets how many addresses there may be behind a port; its oldest go. */
  setPortLimit(port: number, limit: number): void {
    this.#requireLimit(limit);
    requirePort(port);
    this.#core.setU32(abi.PORTS + port * abi.PORT_SIZE + abi.PORT_FDB_LIMIT, limit);
    this.#core.call("shrink");
  }

  flush(): void {
    this.#core.call("flushVlan", abi.VLAN_NONE);
  }

  /** Forgets the addresses in a VLAN; all of them where it is VLAN_NONE. */
  flushVlan(vlan: number): void {
    this.#core.call("flushVlan", whole(vlan, 0, abi.VLAN_NONE, `VLANs are 0 to ${abi.VLAN_MAX}`));
  }

  flushPort(port: number): void {
    this.#core.call("flushPort", requirePort(port));
  }

  /** Every address, in no order. */
  *list(): Generator<Address> {
    const nowMs = this.#nowMs();
    for (let entry = 1; entry < abi.ADDRESS_COUNT; entry++) {
      const at = abi.ADDRESSES + entry * abi.ADDRESS_SIZE;
      if (this.#core.u16(at + abi.ADDRESS_PORT) !== abi.ADDRESS_FREE) yield this.#read(at, nowMs);
    }
  }

  #read(at: number, nowMs: number): Address {
    const seenMs = this.#core.u32(at + abi.ADDRESS_SEEN_MS);
    const port = this.#core.u16(at + abi.ADDRESS_PORT);
    return { ...readKey(this.#core, at + abi.ADDRESS_KEY), port, ageMs: Math.max(0, (nowMs - seenMs) | 0) };
  }

  /** One address, by its octets as text. ENODEV where it is not known. */
  find(mac: string, vlan: number): Address {
    const [low, high] = keyOf({ mac, vlan });
    for (let at = abi.ADDRESSES + abi.ADDRESS_SIZE; at < END; at += abi.ADDRESS_SIZE) {
      const isIt = this.#core.u32(at + abi.ADDRESS_KEY) === low && this.#core.u32(at + abi.ADDRESS_KEY + 4) === high;
      if (isIt && this.#core.u16(at + abi.ADDRESS_PORT) !== abi.ADDRESS_FREE) return this.#read(at, this.#nowMs());
    }
    return refuse("ENODEV", `${mac} was not seen in VLAN ${vlan}`);
  }

  /** Every address as it is now, in the order of VDE's own table, for who reads them little by little. */
  listing(): FdbListing {
    return new FdbListing(this.#core, this.#nowMs(), this.#size);
  }

  /** The bucket that VDE's table would hold an address in. */
  bucket(address: Pick<Address, "mac" | "vlan">): number {
    return bucketOf(...keyOf(address), this.#size);
  }

  #requireLimit(limit: number): void {
    whole(limit, 0, abi.FDB_LIMIT_MAX, `the limit is 0 to ${abi.FDB_LIMIT_MAX}`);
  }
}

/** The two words of an ADDRESS_KEY. */
function keyOf({ mac, vlan }: Pick<Address, "mac" | "vlan">): [low: number, high: number] {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = mac.split(":").map((text) => Number.parseInt(text, 16));
  return [(a | (b << 8) | (c << 16) | (d << 24)) >>> 0, (e | (f << 8) | (vlan << 16)) >>> 0];
}

/** A time as the core keeps it. */
function time(ms: number): number {
  return whole(ms, 0, 0xffff_ffff, "a time is 0 to 4294967295 ms");
}

/** The address and VLAN in the eight octets of an ADDRESS_KEY. */
export function readKey(core: Core, at: number): { mac: string; vlan: number } {
  return { mac: macText(core.octets.subarray(at, at + 6)), vlan: core.u16(at + 6) };
}
