// What an address of IPv6 means that carries another one. Some the gateway translates itself; of the others a router
// beyond this machine may make connections to the IPv4 host, so that they are judged as that host, too.

import { type Address, isIn, isV4, type Prefix, parsePrefix } from "./address.js";
import { inside } from "./nat64.js";

/** RFC 8215: translators of one's own, each with a prefix in here. */
const LOCAL_NAT64 = parsePrefix("64:ff9b:1::/48");
const SIX_TO_FOUR = parsePrefix("2002::/16");
const TEREDO = parsePrefix("2001::/32");
/** Where IPv4 is in an address of a prefix of 48, 56 or 64 bits (RFC 6052, 2.2); octet 8 is left out. */
const PLACES = [
  [6, 7, 9, 10],
  [7, 9, 10, 11],
  [9, 10, 11, 12],
] as const;

export interface Carried {
  /** IPv4 hosts that the address stands for. */
  readonly hosts: readonly Address[];
  /** All addresses that are written so. */
  readonly spelling: Prefix;
}

/** The IPv4 hosts of an address that goes outside as it is. */
export function carriedIn(address: Address): Carried | undefined {
  if (isV4(address)) return undefined;
  if (isIn(address, LOCAL_NAT64)) return { hosts: [fromLocal(address)], spelling: LOCAL_NAT64 };
  if (isIn(address, SIX_TO_FOUR)) return { hosts: [address.slice(2, 6)], spelling: SIX_TO_FOUR };
  if (!isIn(address, TEREDO)) return undefined;
  const client = address.slice(12).map((octet) => octet ^ 0xff);
  return { hosts: [address.slice(4, 8), client], spelling: TEREDO };
}

/** A shorter prefix than 96 bits leaves zeros behind the IPv4 address. */
function fromLocal(address: Address): Address {
  for (const places of PLACES) {
    const found = Uint8Array.from(places, (at) => address[at]!);
    const after = address.subarray(places[3] + 1);
    if (address[8] === 0 && after.every((octet) => octet === 0) && found.some((octet) => octet !== 0)) return found;
  }
  return address.slice(12);
}

/** The IPv4 prefix that a prefix of IPv6 is another way to write; undefined where it is none, or means all of IPv4. */
export function meantBy({ address, bits }: Prefix): Prefix | undefined {
  const v4 = bits > 96 ? inside(address) : undefined;
  return v4 && { address: v4, bits: bits - 96 };
}
