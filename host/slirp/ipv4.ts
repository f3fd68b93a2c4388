// IPv4, RFC 791: checks what came, puts fragments together, and hands on what is inside.

import type { Fragments } from "./fragments.js";
import { SUM_RIGHT } from "./memory.js";
import { ICMP, type Packet, UDP } from "./packet.js";
import type { Stack } from "./stack.js";
import { deliver, type Protocols } from "./transport.js";

const HEADER = 20;
const DHCP_SERVER = 67;

export class Ipv4 {
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
    if (!this.#isFromGuest(packet)) return;
    const { memory, ip, neighbour } = packet;
    if (neighbour !== undefined && !this.#stack.admits(neighbour, "up", packet.at + packet.size - packet.frame)) return;
    const flags = memory.u16(ip + 6);
    if ((flags & 0x3fff) !== 0) {
      const key = { id: memory.u16(ip + 4), offset: (flags & 0x1fff) << 3, more: (flags & 0x2000) !== 0 };
      if (!this.#fragments.add(packet, key)) return;
    }
    this.#hand(packet);
  }

  #read(packet: Packet): boolean {
    const { memory, ip } = packet;
    if (packet.size < HEADER || memory.octets[ip]! >>> 4 !== 4) return false;
    const header = (memory.octets[ip]! & 15) << 2;
    const total = memory.u16(ip + 2);
    if (header < HEADER || total < header || total > packet.size) return false;
    if (memory.sum(ip, header) !== SUM_RIGHT) return false;
    packet.width = 4;
    packet.from = ip + 12;
    packet.at = ip + header;
    packet.size = total - header;
    packet.protocol = memory.octets[ip + 9]!;
    packet.hops = memory.octets[ip + 8]!;
    return true;
  }

  /** Whether its source is in the network. A guest that has no address yet may ask for one. */
  #isFromGuest(packet: Packet): boolean {
    const { settings, neighbours } = this.#stack;
    const isGuest = settings.isGuest(packet.source());
    packet.neighbour = isGuest ? neighbours.learn(packet) : undefined;
    if (isGuest) {
      if (packet.neighbour === undefined) this.#stack.drop("an address that is leased to another guest");
      return packet.neighbour !== undefined;
    }
    const asks = packet.protocol === UDP && packet.memory.u32(packet.from) === 0 && packet.port === DHCP_SERVER;
    if (!asks) this.#stack.drop("a source outside of the network");
    return asks;
  }

  #hand(packet: Packet): void {
    const { errors, settings } = this.#stack;
    const to = packet.destination();
    const isGroup = settings.isGroup(to);
    if (isGroup && packet.port !== DHCP_SERVER) {
      this.#stack.drop("not for the gateway");
      return;
    }
    if (!isGroup && !settings.isInside(to) && packet.hops <= 1) {
      errors.refuse(packet, "hops");
      return;
    }
    if (deliver(this.#stack, this.#protocols, packet) || isGroup) return;
    if (packet.protocol !== ICMP) errors.refuse(packet, "protocol");
    this.#stack.drop("a protocol or option that is not known");
  }
}
