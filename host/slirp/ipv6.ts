// IPv6, RFC 8200: checks what came, walks its extension headers, puts fragments together, and hands on what is inside.

import { isIn, type Prefix, parsePrefix } from "./address.js";
import type { Fragments } from "./fragments.js";
import { ICMPV6, type Packet } from "./packet.js";
import type { Drop, Stack } from "./stack.js";
import { deliver, type Protocols } from "./transport.js";

const HEADER = 40;
const HOP_BY_HOP = 0;
const ROUTING = 43;
const FRAGMENT = 44;
const DESTINATION = 60;
const EXTENSIONS_MAX = 8;
const PAD_ONE = 0;
/** What is to become of a packet with an option that is not known; else it is told of, too. */
const PASS_OVER = 0;
const DISCARD = 1;
const LINK_LOCAL: Prefix = parsePrefix("fe80::/10");

export class Ipv6 {
  readonly #stack: Stack;
  readonly #fragments: Fragments;
  readonly #protocols: Protocols;

  constructor(stack: Stack, fragments: Fragments, protocols: Protocols) {
    this.#stack = stack;
    this.#fragments = fragments;
    this.#protocols = protocols;
  }

  /** Takes a packet of which `ip` and `size`, from there on, are known. */
  input(packet: Packet): void {
    if (!this.#read(packet)) {
      this.#stack.drop("a header that is cut or wrong");
      return;
    }
    const strange = this.#strangeness(packet);
    if (strange !== undefined) {
      this.#stack.drop(strange);
      return;
    }
    const { neighbour } = packet;
    if (neighbour !== undefined && !this.#stack.admits(neighbour, "up", packet.at + packet.size - packet.frame)) return;
    for (let count = 0; isExtension(packet.protocol); count++) {
      if (count === EXTENSIONS_MAX || packet.size < 8) {
        this.#stack.drop("a header that is cut or wrong");
        return;
      }
      if (packet.protocol === FRAGMENT ? !this.#collect(packet) : !this.#skip(packet)) return;
    }
    this.#hand(packet);
  }

  #read(packet: Packet): boolean {
    const { memory, ip } = packet;
    if (packet.size < HEADER || memory.octets[ip]! >>> 4 !== 6) return false;
    const size = memory.u16(ip + 4);
    if (HEADER + size > packet.size) return false;
    packet.width = 16;
    packet.from = ip + 8;
    packet.at = ip + HEADER;
    packet.size = size;
    packet.protocol = memory.octets[ip + 6]!;
    packet.hops = memory.octets[ip + 7]!;
    return true;
  }

  /**
   * Why a packet is nobody's. A source is in the network, or of the link; or there is none, while a guest finds out whether an
   * address is taken.
   */
  #strangeness(packet: Packet): Drop | undefined {
    const source = packet.source();
    packet.neighbour = undefined;
    const outside = "a source outside of the network";
    if (source.every((octet) => octet === 0)) return packet.protocol === ICMPV6 ? undefined : outside;
    if (this.#stack.isOwn(source)) return outside;
    if (!this.#stack.settings.isGuest(source) && !isIn(source, LINK_LOCAL)) return outside;
    packet.neighbour = this.#stack.neighbours.learn(packet);
    return packet.neighbour === undefined ? "an address that is leased to another guest" : undefined;
  }

  /** Goes on after an extension. One that wants the packet somewhere else first is refused (RFC 5095). */
  #skip(packet: Packet): boolean {
    const { octets } = packet.memory;
    const size = (octets[packet.at + 1]! + 1) << 3;
    const isSourceRoute = packet.protocol === ROUTING && octets[packet.at + 3] !== 0;
    if (size > packet.size || isSourceRoute) {
      this.#stack.drop("a header that is cut or wrong");
      return false;
    }
    if (packet.protocol !== ROUTING && !this.#understands(packet, size)) return false;
    packet.protocol = octets[packet.at]!;
    packet.at += size;
    packet.size -= size;
    return true;
  }

  /** Whether each option is known, or may be passed over: its first two bits say so (RFC 8200, 4.2). */
  #understands(packet: Packet, size: number): boolean {
    const { octets } = packet.memory;
    const end = packet.at + size;
    for (let at = packet.at + 2; at < end; at += octets[at] === PAD_ONE ? 1 : 2 + octets[at + 1]!) {
      const action = octets[at]! >>> 6;
      if (action === PASS_OVER) continue;
      if (action !== DISCARD) this.#stack.errors.refuseOption(packet, at - packet.ip);
      this.#stack.drop("a protocol or option that is not known");
      return false;
    }
    return true;
  }

  #collect(packet: Packet): boolean {
    const { memory, at } = packet;
    const field = memory.u16(at + 2);
    const key = { id: memory.u32(at + 4), offset: field & 0xfff8, more: (field & 1) !== 0 };
    packet.protocol = memory.octets[at]!;
    packet.at += 8;
    packet.size -= 8;
    return (key.offset === 0 && !key.more) || this.#fragments.add(packet, key);
  }

  #hand(packet: Packet): void {
    const { errors, settings } = this.#stack;
    const to = packet.destination();
    const isNear = to[0] === 0xff || isIn(to, LINK_LOCAL) || settings.isInside(to);
    if (!isNear && isIn(packet.source(), LINK_LOCAL)) {
      errors.refuse(packet, "scope"); // RFC 4291, 2.5.6: no router leads it away from its link
      this.#stack.drop("a source outside of the network");
      return;
    }
    if (!isNear && packet.hops <= 1) {
      errors.refuse(packet, "hops");
      return;
    }
    if (deliver(this.#stack, this.#protocols, packet) || to[0] === 0xff) return;
    errors.refuse(packet, "protocol");
    this.#stack.drop("a protocol or option that is not known");
  }
}

function isExtension(protocol: number): boolean {
  return protocol === HOP_BY_HOP || protocol === ROUTING || protocol === FRAGMENT || protocol === DESTINATION;
}
