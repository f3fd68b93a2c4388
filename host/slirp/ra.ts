// Router advertisements, RFC 4861: the networks that there are, the way out, the resolver (RFC 8106), and by which prefix
// IPv4 hosts are reached (RFC 8781). Guests that ask are told at once, all others from time to time.

import { type Address, nth } from "./address.js";
import type { Advertising, PrefixTold, RouteTold } from "./advertising.js";
import { names } from "./dhcp-message.js";
import { WELL_KNOWN } from "./nat64.js";
import { ALL_NODES } from "./ndp.js";
import { PAYLOAD } from "./output.js";
import { ICMPV6, type Packet } from "./packet.js";
import type { Stack, Timed } from "./stack.js";

export const ROUTER_SOLICITATION = 133;
const ADVERTISEMENT = 134;
const HOPS = 255;
const DOMAINS_MAX = 255;
/** The prefix is of this link, and guests may make addresses of it. */
const ON_LINK = 0x80;
const AUTONOMOUS = 0x40;
/** DHCPv6 has addresses; it knows more. */
const MANAGED = 0x80;
const OTHER = 0x40;
/** RFC 4191. */
const PREFERENCE = { low: 0x18, medium: 0x00, high: 0x08 } as const;

export class RouterAdvertisements implements Timed {
  readonly #stack: Stack;
  readonly #told: Advertising;
  #nextMs: number;

  constructor(stack: Stack, told: Advertising) {
    this.#stack = stack;
    this.#told = told;
    this.#nextMs = stack.clock.now();
    stack.due(this.#nextMs);
  }

  /** Answers a guest that has come. */
  input(packet: Packet): void {
    const source = packet.source();
    const isKnown = packet.neighbour !== undefined;
    if (packet.hops === HOPS) this.#send(isKnown ? source : ALL_NODES, this.#told.routerS);
  }

  tick(nowMs: number): number {
    if (nowMs >= this.#nextMs) {
      const { intervalMinMs, intervalMs, routerS } = this.#told;
      const chance = (this.#stack.backend.random() >>> 0) / 2 ** 32; // so that routers do not keep step
      this.#nextMs = nowMs + intervalMinMs + chance * (intervalMs - intervalMinMs);
      this.#send(ALL_NODES, routerS);
    }
    return this.#nextMs;
  }

  /** The way out is closed. */
  close(): void {
    this.#send(ALL_NODES, 0);
  }

  #send(to: Address, routerS: number): void {
    const { memory, output, settings, neighbours } = this.#stack;
    const { linkLocal, dhcpv6 = false } = settings;
    if (linkLocal === undefined) return;
    const { hopLimit, managed = false, other = dhcpv6, preference, reachableMs, retransmitMs } = this.#told;
    const flags = (managed ? MANAGED : 0) | (other ? OTHER : 0) | PREFERENCE[preference];
    memory.setU32(PAYLOAD, ADVERTISEMENT << 24);
    memory.setU32(PAYLOAD + 4, (hopLimit << 24) | (flags << 16) | Math.round(routerS));
    memory.setU32(PAYLOAD + 8, reachableMs);
    memory.setU32(PAYLOAD + 12, retransmitMs);
    let end = PAYLOAD + 16;
    for (const option of this.#options(routerS)) {
      memory.octets.set(option, end);
      end += option.length;
    }
    output.send({ from: linkLocal, to, protocol: ICMPV6, sumAt: 2 }, end - PAYLOAD, neighbours.find(to), HOPS);
  }

  /** Each is so many times eight octets long, which its second octet says. */
  #options(routerS: number): Uint8Array[] {
    const { mac, mtu, mru, dns6, nat64 = false, search = [], domain } = this.#stack.settings;
    const { sourceAddress, prefixes, routes } = this.#told;
    const own = dns6 === undefined ? [] : [{ addresses: [dns6], lifetimeS: routerS }];
    const names = domain === undefined ? search : [domain, ...search];
    const { resolvers = own, domains = [{ names, lifetimeS: routerS }] } = this.#told;
    const all: Uint8Array[] = [Uint8Array.of(5, 1, 0, 0, ...u32(this.#told.mtu ?? Math.min(mtu, mru)))];
    if (sourceAddress) all.unshift(Uint8Array.of(1, 1, ...mac));
    all.push(...prefixes.map(prefixOption), ...routes.map(routeOption));
    for (const { addresses, lifetimeS } of resolvers)
      all.push(
        Uint8Array.of(25, 1 + 2 * addresses.length, 0, 0, ...u32(lifetimeS), ...addresses.flatMap((each) => [...each])),
      );
    for (const each of domains) all.push(...domainList(each.names, each.lifetimeS));
    if (nat64) all.push(Uint8Array.of(38, 2, routerS >>> 8, routerS & 0xf8, ...WELL_KNOWN.address.subarray(0, 12)));
    return all;
  }
}

function prefixOption({ prefix, onLink, autonomous, validS, preferredS }: PrefixTold): Uint8Array {
  const flags = (onLink ? ON_LINK : 0) | (autonomous ? AUTONOMOUS : 0);
  return Uint8Array.of(3, 4, prefix.bits, flags, ...u32(validS), ...u32(preferredS), 0, 0, 0, 0, ...nth(prefix, 0));
}

function routeOption({ prefix, lifetimeS, preference }: RouteTold): Uint8Array {
  return Uint8Array.of(24, 3, prefix.bits, PREFERENCE[preference], ...u32(lifetimeS), ...nth(prefix, 0));
}

/** Nothing where there are none, or too many. */
function domainList(domains: readonly string[], lifetimeS: number): Uint8Array[] {
  const octets = names(domains);
  if (octets.length === 0 || octets.length > DOMAINS_MAX) return [];
  const option = new Uint8Array(Math.ceil((8 + octets.length) / 8) * 8);
  option.set([31, option.length / 8, 0, 0, ...u32(lifetimeS), ...octets]);
  return [option];
}

function u32(value: number): number[] {
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
}
