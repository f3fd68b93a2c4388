// The core as an object: its memory, read and written by name, and its functions. Only the files beside this one that
// take a Core look into its memory.

import * as abi from "../assembly/abi.js";

/** What the module exports. Each host instantiates it in its own way and passes this on. */
export interface CoreExports {
  readonly memory: { readonly buffer: ArrayBufferLike };
  readonly ABI_VERSION: { readonly value: number };
}

/** The core's functions for a control plane; assembly/index.ts says what each does. Order is part of the ABI. */
export const CALLS = [
  "start",
  "portCreate",
  "portRemove",
  "portReset",
  "portSetPvid",
  "portSetTrunk",
  "vlanCreate",
  "vlanRemove",
  "vlanJoin",
  "vlanLeave",
  "plug",
  "unplug",
  "divert",
  "flushVlan",
  "flushPort",
  "shrink",
  "resume",
  "fstpUpdate",
  "fstpCheck",
] as const;

export type Call = (typeof CALLS)[number];

/** Throws where a module was built for another layout than this host. */
export function requireAbi({ ABI_VERSION }: CoreExports): void {
  const found = ABI_VERSION.value;
  if (found === abi.ABI_VERSION) return;
  throw new Error(`the core has ABI ${found} and this host has ${abi.ABI_VERSION}: npm run build makes both alike`);
}

/** The memory of a switch, and a way to call its functions, on this thread or another. */
export class Core {
  readonly octets: Uint8Array;
  readonly #view: DataView;
  readonly call: (name: Call, ...args: readonly number[]) => number;

  constructor(memory: ArrayBufferLike, call: Core["call"]) {
    this.octets = new Uint8Array(memory);
    this.#view = new DataView(memory);
    this.call = call;
  }

  u8(address: number): number {
    return this.#view.getUint8(address);
  }

  u16(address: number): number {
    return this.#view.getUint16(address, true);
  }

  u32(address: number): number {
    return this.#view.getUint32(address, true);
  }

  /** A 64-bit counter as a number: exact up to 2^53. */
  u64(address: number): number {
    return Number(this.#view.getBigUint64(address, true));
  }

  setU8(address: number, value: number): void {
    this.#view.setUint8(address, value);
  }

  setU16(address: number, value: number): void {
    this.#view.setUint16(address, value, true);
  }

  setU32(address: number, value: number): void {
    this.#view.setUint32(address, value, true);
  }

  setU64(address: number, value: bigint): void {
    this.#view.setBigUint64(address, value, true);
  }

  /** Whether a port is in a set of ports. */
  has(set: number, port: number): boolean {
    return ((this.u8(set + (port >>> 3)) >>> (port & 7)) & 1) === 1;
  }

  /** Puts a port into a set that the core only reads, or takes it out. */
  put(set: number, port: number, isIn: boolean): void {
    const address = set + (port >>> 3);
    const bit = 1 << (port & 7);
    this.setU8(address, isIn ? this.u8(address) | bit : this.u8(address) & ~bit);
  }
}

const HEX = Array.from({ length: 256 }, (_, octet) => octet.toString(16).padStart(2, "0"));

/** Six octets as "02:00:00:00:00:01". */
export function macText(octets: Uint8Array): string {
  let text = "";
  for (const octet of octets) text += text === "" ? HEX[octet] : `:${HEX[octet]}`;
  return text;
}
