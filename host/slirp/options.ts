// What a gateway is told at its start, with what holds where it is not told.

import { refuse } from "../errors.js";
import { type Address, addressText, isIn, isV4, lastOf, nth, type Prefix, plus, sameAddress } from "./address.js";
import { type Advertising, toldOf, USUAL } from "./advertising.js";
import { LiveLimits, type SomeLimits } from "./limits.js";
import type { Rule } from "./rule.js";

export interface GatewayOptions {
  /** Its own addresses, each with the network that it is the way out of. The first of a family is the guests' router. */
  readonly hosts: readonly Prefix[];
  /**
   * Where guests ask for names; the third address of the network where it is not given. One that is not in the network is
   * somebody else's.
   */
  readonly dns4?: Address | undefined;
  readonly dns6?: Address | undefined;
  /** Gives out IPv4 addresses; the first of them, and how many. */
  readonly dhcp?: { readonly start?: Address | undefined; readonly count?: number | undefined } | undefined;
  /** Tells of the router, and of these prefixes; of those of `hosts` where the list is empty. */
  readonly advertise?: readonly Prefix[] | undefined;
  /** Says in full what is told of the router, instead. */
  readonly router?: Advertising | undefined;
  /** Answers DHCPv6. */
  readonly dhcpv6?: boolean;
  /** Carries IPv6 to IPv4 hosts by 64:ff9b::/96, and by ::ffff:0:0/96; and answers for names that have only IPv4. */
  readonly nat64?: boolean;
  /** Leads what is sent to the gateway's own addresses to the loopback of the host. */
  readonly hostLoopback?: boolean;
  /** Lets nothing out but what forwards carry. */
  readonly restricted?: boolean;
  readonly allow?: readonly Rule[];
  readonly deny?: readonly Rule[];
  readonly mtu?: number;
  /** The largest datagram that guests may send in a frame; any that a frame may have where it is not given. */
  readonly mru?: number | undefined;
  readonly tftp?: boolean;
  readonly bootfile?: string | undefined;
  readonly tftpServerName?: string | undefined;
  readonly hostname?: string | undefined;
  readonly domain?: string | undefined;
  readonly search?: readonly string[];
  readonly limits?: SomeLimits | undefined;
}

export const MTU = 1_500;
const MTU_MIN = 576;
const MTU_MIN_V6 = 1_280;
const MTU_MAX = 9_216;
const DNS_NUMBER = 3;
const DHCP_NUMBER = 15;
/** Of a network that has not so many. Our own addresses are left out wherever they are. */
const DHCP_NUMBER_SMALL = 4;
const DHCP_COUNT = 240;
/** The marks of its own address; a guest has another. */
const MAC_START = [0x52, 0x55];

/** The same with everything decided. */
export interface Settings extends GatewayOptions {
  readonly mac: Uint8Array;
  readonly mtu: number;
  readonly limits: LiveLimits;
  readonly host4: Prefix | undefined;
  readonly host6: Prefix | undefined;
  readonly pool: { readonly start: Address; readonly count: number } | undefined;
  readonly prefixes: readonly Prefix[];
  /** What guests are told of the router; nothing where nobody is. */
  readonly router: Advertising | undefined;
  readonly mru: number;
  /** Every address that is the gateway's: forwards may give it some for themselves. */
  readonly own: Address[];
  readonly linkLocal: Address | undefined;
  /** Whether an address is in one of the networks. */
  isInside(address: Address): boolean;
  /** Whether it is many hosts' address, or all of a network's. */
  isGroup(address: Address): boolean;
  /** Whether it may be a guest's: in a network, and neither ours nor everybody's. */
  isGuest(address: Address): boolean;
}

/** Decides what was left open. EINVAL where it cannot be meant. */
export function settle(options: GatewayOptions): Settings {
  const { hosts, mtu = MTU, mru = MTU_MAX, limits } = options;
  for (const host of hosts) requireHost(host);
  const host4 = hosts.find(({ address }) => isV4(address));
  const host6 = hosts.find(({ address }) => !isV4(address));
  if (hosts.length === 0) refuse("EINVAL", "a gateway has an address of its own, as 10.0.2.2/24");
  const least = host6 === undefined ? MTU_MIN : MTU_MIN_V6;
  if (!(mtu >= least && mtu <= MTU_MAX)) refuse("EINVAL", `mtu ${mtu}: it is ${least} to ${MTU_MAX}`);
  if (!(mru >= least && mru <= MTU_MAX)) refuse("EINVAL", `mru ${mru}: it is ${least} to ${MTU_MAX}`);
  const dns4 = host4 && dnsOf(host4, options.dns4);
  const dns6 = host6 && dnsOf(host6, options.dns6);
  const prefixes = prefixesOf(options);
  const linkLocal = host6 && Uint8Array.of(0xfe, 0x80, 0, 0, 0, 0, 0, 0, ...host6.address.subarray(8));
  const isInside = (address: Address) => [...hosts, ...prefixes].some((prefix) => isIn(address, prefix));
  const resolvers = [dns4, dns6].filter((each) => each !== undefined && isInside(each)); // another's is only told of
  const own = [...hosts.map(({ address }) => address), ...resolvers, linkLocal].filter((each) => each !== undefined);
  const isOwn = (address: Address) => own.some((each) => sameAddress(each, address));
  const edges = hosts.filter((host) => isV4(host.address)).flatMap((host) => [nth(host, 0), lastOf(host)]);
  const isGroup = (address: Address) =>
    isV4(address) ? address[0]! >= 224 || edges.some((each) => sameAddress(each, address)) : address[0] === 0xff;
  return {
    ...options,
    mtu,
    host4,
    host6,
    dns4,
    dns6,
    own,
    linkLocal,
    isInside,
    isGroup,
    isGuest: (address) => isInside(address) && !isOwn(address) && !isGroup(address),
    pool: poolOf(options.dhcp, host4),
    prefixes,
    router: routerOf(options, prefixes),
    mru,
    limits: new LiveLimits(limits),
    mac: Uint8Array.of(...MAC_START, ...(host4?.address ?? host6!.address.subarray(12))),
  };
}

/** An address alone, or the network's own, is its second: VDE's way to name a network. */
export function hostOf(given: Prefix): Prefix {
  return sameAddress(given.address, nth(given, 0)) ? { ...given, address: nth(given, 2) } : given;
}

function requireHost({ address, bits }: Prefix): void {
  const most = isV4(address) ? 29 : 120;
  if (bits < 8 || bits > most) refuse("EINVAL", `${addressText(address)}/${bits}: a network has 8 to ${most} bits`);
}

function dnsOf(host: Prefix, given: Address | undefined): Address {
  const own = given ?? nth(host, DNS_NUMBER);
  if (sameAddress(own, host.address) && given === undefined) return plus(own, 1);
  return own;
}

/** Addresses for guests: from the start to the end of the network, but not ours. */
function poolOf(dhcp: GatewayOptions["dhcp"], host: Prefix | undefined): Settings["pool"] {
  if (dhcp === undefined) return undefined;
  if (host === undefined) return refuse("EINVAL", "DHCP needs an IPv4 network");
  const inSmall = host.bits > 27 ? DHCP_NUMBER_SMALL : DHCP_NUMBER;
  const start = dhcp.start ?? nth(host, inSmall);
  if (!isIn(start, host)) refuse("EINVAL", `${addressText(start)}: DHCP gives out addresses of the network`);
  let room = 0;
  const last = lastOf(host);
  for (let at = start; room < (dhcp.count ?? DHCP_COUNT) && isIn(at, host) && !sameAddress(at, last); at = plus(at, 1))
    room++;
  return room > 0 ? { start, count: room } : refuse("EINVAL", `${addressText(start)}: no address is left for DHCP`);
}

function prefixesOf({ advertise, hosts, router }: GatewayOptions): readonly Prefix[] {
  if (advertise === undefined && router === undefined) return [];
  const own = hosts.filter(({ address }) => !isV4(address));
  const told = router?.prefixes.map(({ prefix }) => prefix) ?? (advertise!.length > 0 ? advertise! : own);
  if (own.length === 0) refuse("EINVAL", "router advertisements need an IPv6 network");
  return told.map((prefix) => ({ address: nth(prefix, 0), bits: prefix.bits }));
}

function routerOf({ advertise, router }: GatewayOptions, prefixes: readonly Prefix[]): Advertising | undefined {
  if (router !== undefined || advertise === undefined) return router;
  return { ...USUAL, prefixes: prefixes.map(toldOf) };
}
