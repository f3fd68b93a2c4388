// Router advertisements, RFC 4861: the networks that there are, the way out, the resolver (RFC 8106), and by which prefix
// IPv4 hosts are reached (RFC 8781). Guests that ask are told at once, all others from time to time.

import type { Address } from "./address.js";
import { names } from "./dhcp-message.js";
import { WELL_KNOWN } from "./nat64.js";
import { ALL_NODES } from "./ndp.js";
import { PAYLOAD } from "./output.js";
import { ICMPV6, type Packet } from "./packet.js";
import type { Stack, Timed } from "./stack.js";

export const ROUTER_SOLICITATION = 133;
const ADVERTISEMENT = 134;
const HOPS = 255;
const INTERVAL_MS = 200_000;
const ROUTER_S = 1_800;
const VALID_S = 86_400;
const PREFERRED_S = 14_400;
const HOP_LIMIT = 64;
/** The prefix is of this link, and guests may make addresses of it. */
const ON_LINK = 0x80;
const AUTONOMOUS = 0x40;
/** Addresses are made, but DHCPv6 knows more. */
const OTHER = 0x40;

export class RouterAdvertisements implements Timed {
  readonly #stack: Stack;
  #nextMs: number;

  constructor(stack: Stack) {
    this.#stack = stack;
    this.#nextMs = stack.clock.now();
    stack.due(this.#nextMs);
  }

  /** Answers a guest that has come. */
  input(packet: Packet): void {
    const source = packet.source();
    const isKnown = packet.neighbour !== undefined;
    if (packet.hops === HOPS) this.#send(isKnown ? source : ALL_NODES, ROUTER_S);
  }

  tick(nowMs: number): number {
    if (nowMs >= this.#nextMs) {
      this.#nextMs = nowMs + INTERVAL_MS;
      this.#send(ALL_NODES, ROUTER_S);
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
    memory.setU32(PAYLOAD, ADVERTISEMENT << 24);
    memory.setU32(PAYLOAD + 4, (HOP_LIMIT << 24) | ((dhcpv6 ? OTHER : 0) << 16) | routerS);
    memory.setU32(PAYLOAD + 8, 0);
    memory.setU32(PAYLOAD + 12, 0);
    let end = PAYLOAD + 16;
    for (const option of this.#options(routerS)) {
      memory.octets.set(option, end);
      end += option.length;
    }
    output.send({ from: linkLocal, to, protocol: ICMPV6, sumAt: 2 }, end - PAYLOAD, neighbours.find(to), HOPS);
  }

  /** Each is so many times eight octets long, which its second octet says. */
  #options(routerS: number): Uint8Array[] {
    const { mac, mtu, prefixes, dns6, nat64 = false, search = [], domain } = this.#stack.settings;
    const domains = names(domain === undefined ? search : [domain, ...search]);
    const options: Uint8Array[] = [Uint8Array.of(1, 1, ...mac), Uint8Array.of(5, 1, 0, 0, ...u32(mtu))];
    for (const { address, bits } of prefixes) {
      const flags = bits === 64 ? ON_LINK | AUTONOMOUS : ON_LINK;
      options.push(Uint8Array.of(3, 4, bits, flags, ...u32(VALID_S), ...u32(PREFERRED_S), 0, 0, 0, 0, ...address));
    }
    if (dns6 !== undefined) options.push(Uint8Array.of(25, 3, 0, 0, ...u32(routerS), ...dns6));
    if (domains.length > 1 && domains.length < 255) options.push(domainList(domains, routerS));
    if (nat64) options.push(Uint8Array.of(38, 2, routerS >>> 8, routerS & 0xf8, ...WELL_KNOWN.address.subarray(0, 12)));
    return options;
  }
}

function domainList(domains: Uint8Array, routerS: number): Uint8Array {
  const option = new Uint8Array(Math.ceil((8 + domains.length) / 8) * 8);
  option.set([31, option.length / 8, 0, 0, ...u32(routerS), ...domains]);
  return option;
}

function u32(value: number): number[] {
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
}
