// Ranges of IP addresses: "10.0.0.0/8", "2001:db8::/32".

import { refuse } from "../../host/errors.js";
import { addressOctets, addressText } from "../native/address.js";

export interface Range {
  /** The lowest address in it. */
  readonly network: Uint8Array;
  /** How many bits its addresses share. */
  readonly bits: number;
}

/** Reads a range; an address alone is a range of itself. EINVAL where it is none. */
export function readRange(text: string): Range {
  const [, address = "", digits] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(text.trim()) ?? [];
  const octets = addressOctets(address) ?? refuse("EINVAL", `${text} is no range like 10.0.0.0/8 or 2001:db8::/32`);
  const bits = Number(digits ?? octets.length * 8);
  if (bits > octets.length * 8) refuse("EINVAL", `${address} has ${octets.length * 8} bits`);
  return { network: octets.map((octet, i) => octet & maskAt(i, bits)), bits };
}

export function rangeText({ network, bits }: Range): string {
  return `${addressText(network)}/${bits}`;
}

export function isWithin(address: Uint8Array, { network, bits }: Range): boolean {
  if (address.length !== network.length) return false;
  return network.every((octet, i) => octet === ((address[i] ?? 0) & maskAt(i, bits)));
}

export function isSame(a: Range, b: Range): boolean {
  return a.bits === b.bits && isWithin(a.network, b);
}

/** How an address or a range is called: "ipv4", "ipv6". */
export function versionOf({ length }: Uint8Array): string {
  return length === 4 ? "ipv4" : "ipv6";
}

/** The bits of octet `i` that the first `bits` of an address cover. */
function maskAt(i: number, bits: number): number {
  return (0xff00 >> Math.min(8, Math.max(0, bits - i * 8))) & 0xff;
}
