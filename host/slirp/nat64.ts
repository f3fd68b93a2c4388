// IPv4 hosts as guests with IPv6 alone see them: 64:ff9b::/96 (RFC 6052), and ::ffff:0:0/96, as slirpvde6 has it. What is
// sent there ends in the gateway and begins anew, so that no header is translated: only addresses are.

import { type Address, isIn, isV4, type Prefix } from "./address.js";

/** 64:ff9b::/96. */
export const WELL_KNOWN: Prefix = {
  address: Uint8Array.of(0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
  bits: 96,
};
/** ::ffff:0:0/96. */
export const MAPPED: Prefix = {
  address: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0),
  bits: 96,
};

/** The IPv4 address that is meant, where one is. */
export function inside(address: Address): Address | undefined {
  if (isV4(address)) return undefined;
  return isIn(address, WELL_KNOWN) || isIn(address, MAPPED) ? address.slice(12) : undefined;
}

/** An IPv4 address as IPv6. */
export function outside(v4: Address): Address {
  const address = WELL_KNOWN.address.slice();
  address.set(v4, 12);
  return address;
}
