// ARP, RFC 826: answers for the gateway's own addresses, and asks for guests'.

import { type Address, isV4, parseAddress, sameAddress } from "./address.js";
import { INPUT } from "./output.js";
import type { Stack } from "./stack.js";

const SIZE = 28;
const ETHERNET = 14;
const TYPE = 0x0806;
/** Hardware type 1, protocol type 0x0800, and their lengths. */
const KIND = [0x0001_0800, 0x0604] as const;
const REQUEST = 1;
const REPLY = 2;
const FRAME = 60;
const NOBODY = parseAddress("0.0.0.0")!;
const BROADCAST = new Uint8Array(6).fill(0xff);

export class Arp {
  readonly #stack: Stack;

  constructor(stack: Stack) {
    this.#stack = stack;
  }

  /** Takes what follows the Ethernet header of the frame at INPUT. */
  input(at: number, size: number): void {
    const { memory, neighbours, settings } = this.#stack;
    if (size < SIZE || memory.u32(at) !== KIND[0] || memory.u16(at + 4) !== KIND[1]) {
      this.#stack.drop("a header that is cut or wrong");
      return;
    }
    const sender = memory.slice(at + 14, 4);
    const target = memory.slice(at + 24, 4);
    const isGroup = (memory.octets[at + 8]! & 1) === 1;
    const source = { memory, from: at + 14, width: 4, frame: INPUT }; // whatever hardware address the message has
    if (settings.isGuest(sender) && !isGroup && neighbours.learn(source) === undefined)
      this.#stack.drop("an address that is leased to another guest");
    const isAsked = memory.u16(at + 6) === REQUEST && this.#stack.isOwn(target);
    if (!isAsked || this.#stack.isOwn(sender)) return;
    this.#send(REPLY, memory.slice(INPUT + 6, 6), target, memory.slice(at + 8, 6), sender);
  }

  /** Asks everybody who has an address. */
  ask(address: Address): void {
    const { host4 } = this.#stack.settings;
    if (host4 === undefined || !isV4(address) || sameAddress(address, NOBODY)) return;
    this.#send(REQUEST, BROADCAST, host4.address, new Uint8Array(6), address);
  }

  #send(operation: number, to: Uint8Array, own: Address, mac: Uint8Array, address: Address): void {
    const { output, settings } = this.#stack;
    output.raw((memory, frame) => {
      const at = frame + ETHERNET;
      memory.octets.fill(0, frame, frame + FRAME);
      memory.octets.set(to, frame);
      memory.octets.set(settings.mac, frame + 6);
      memory.setU16(frame + 12, TYPE);
      memory.setU32(at, KIND[0]);
      memory.setU16(at + 4, KIND[1]);
      memory.setU16(at + 6, operation);
      memory.octets.set(settings.mac, at + 8);
      memory.octets.set(own, at + 14);
      memory.octets.set(mac, at + 18);
      memory.octets.set(address, at + 24);
      return FRAME;
    });
  }
}
