// The options of vxlan:// and vxvde://: "group/port=4789/vni=1", and the addresses that they name.

import { isIP, isIPv6 } from "node:net";
import { networkInterfaces } from "node:os";
import { refuse } from "../../host/errors.js";
import { type Keys, readParameters, splitWords, wholeNumber } from "../../host/vde/parameters.js";

/** Keys as libvdeplug has them; a buffer and a hash table are always large enough here. */
const KEYS = {
  port: "value",
  vni: "value",
  ttl: "value",
  v4: "flag",
  v6: "flag",
  if: "value",
  expiretime: "value",
  bind: "value",
  rcvbuf: "value",
  hashsize: "value",
} as const satisfies Keys;
const GROUP = { v4: "239.0.0.1", v6: "ff05:56de::1" };
const VNI_MAX = 0xff_ffff;
const EXPIRE_S = 128;

export interface TunnelUrl {
  /** Addresses: one multicast group, or peers. */
  readonly to: readonly string[];
  readonly isMulticast: boolean;
  readonly port: number;
  readonly vni: number;
  readonly ttl: number;
  /** The address of the interface that a group is joined on, or none for the system's choice. */
  readonly from: string | undefined;
  readonly expireMs: number;
}

export function readTunnelUrl(rest: string, defaultPort: number): TunnelUrl {
  const [first = "", ...words] = splitWords(rest);
  const given = readParameters(words, KEYS);
  const to = first === "" ? [given.v6 ? GROUP.v6 : GROUP.v4] : first.split(",");
  for (const address of to) if (isIP(address) === 0) refuse("EINVAL", `${address}: an address is wanted, in numbers`);
  const groups = to.filter(isGroup);
  if (groups.length > 0 && to.length > 1) refuse("EINVAL", "one group, or peers that are none");
  return {
    to,
    isMulticast: groups.length === 1,
    port: wholeNumber("port", given.port ?? String(defaultPort), 1, 0xffff),
    vni: wholeNumber("vni", given.vni ?? "1", 0, VNI_MAX),
    ttl: wholeNumber("ttl", given.ttl ?? "1", 1, 255),
    from: given.if === undefined ? given.bind : addressOf(given.if, isIPv6(to[0]!)),
    expireMs: 1000 * wholeNumber("expiretime", given.expiretime ?? String(EXPIRE_S), 1, 1_000_000),
  };
}

function isGroup(address: string): boolean {
  return isIPv6(address) ? /^ff/i.test(address) : /^2(?:2[4-9]|3\d)\./.test(address);
}

/** An interface as Node names it: by its address, or for IPv6 by its scope. */
function addressOf(name: string, v6: boolean): string {
  const found = networkInterfaces()[name]?.find(({ family }) => family === (v6 ? "IPv6" : "IPv4"));
  if (found === undefined) refuse("ENODEV", `${name}: there is no interface of that name with an address`);
  return v6 ? `::%${name}` : found.address;
}
