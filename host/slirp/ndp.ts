// Neighbour discovery, RFC 4861: answers for the gateway's own addresses, and asks for guests'.

import { type Address, address } from "./address.js";
import { PAYLOAD } from "./output.js";
import { ICMPV6, type Packet } from "./packet.js";
import type { Stack } from "./stack.js";

export const SOLICITATION = 135;
export const ADVERTISEMENT = 136;
const SIZE = 24;
const HOPS = 255;
const OPTION_SOURCE = 1;
const OPTION_TARGET = 2;
/** It is a router; it was asked; what it says is newer. */
const ROUTER = 0x8000_0000;
const SOLICITED = 0x4000_0000;
const OVERRIDE = 0x2000_0000;
export const ALL_NODES = address("ff02::1");
const SOLICITED_NODE = address("ff02::1:ff00:0");

export class Ndp {
  readonly #stack: Stack;

  constructor(stack: Stack) {
    this.#stack = stack;
  }

  /** Takes a question or an answer. Only a neighbour's can have all its hops left. */
  input(packet: Packet): void {
    const { memory, at, size, hops } = packet;
    if (size < SIZE || hops !== HOPS) {
      this.#stack.drop("a header that is cut or wrong");
      return;
    }
    const target = memory.slice(at + 8, 16);
    const isQuestion = memory.octets[at] === SOLICITATION;
    if (isQuestion && this.#stack.isOwn(target)) this.#answer(packet, target);
    if (isQuestion || this.#stack.isOwn(target)) return;
    if (!this.#stack.settings.isGuest(target) && target[0] !== 0xfe) return;
    const told = this.#stack.neighbours.learn({ memory, from: at + 8, width: 16, frame: packet.frame });
    if (told === undefined) this.#stack.drop("an address that is leased to another guest");
  }

  /** Who looks whether an address is taken has none yet, and everybody hears that it is. */
  #answer(packet: Packet, target: Address): void {
    const looks = packet.source().every((octet) => octet === 0);
    const to = looks ? ALL_NODES : packet.source();
    this.#send(ADVERTISEMENT, target, to, target, ROUTER | OVERRIDE | (looks ? 0 : SOLICITED), OPTION_TARGET);
  }

  /** Asks who has an address. */
  ask(target: Address): void {
    const { linkLocal } = this.#stack.settings;
    if (linkLocal === undefined) return;
    const group = SOLICITED_NODE.slice();
    group.set(target.subarray(13), 13);
    this.#send(SOLICITATION, linkLocal, group, target, 0, OPTION_SOURCE);
  }

  #send(type: number, from: Address, to: Address, target: Address, flags: number, option: number): void {
    const { memory, output, settings, neighbours } = this.#stack;
    memory.setU32(PAYLOAD, type << 24);
    memory.setU32(PAYLOAD + 4, flags);
    memory.octets.set(target, PAYLOAD + 8);
    memory.octets.set([option, 1, ...settings.mac], PAYLOAD + SIZE);
    output.send({ from, to, protocol: ICMPV6, sumAt: 2 }, SIZE + 8, neighbours.find(to), HOPS);
  }
}
