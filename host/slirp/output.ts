// Sends datagrams to guests: puts headers before a payload, sums it up, cuts it where it is longer than a frame, and hands
// each frame on. A payload is written at PAYLOAD first.

import { type Address, isV4 } from "./address.js";
import type { Neighbour } from "./guests.js";
import { type Memory, swap16 } from "./memory.js";
import type { Neighbours } from "./neighbours.js";
import { ICMP, TCP, UDP } from "./packet.js";

const ETHERNET = 14;
const HEADER_V4 = 20;
const HEADER_V6 = 40;
const FRAGMENT_HEADER = 8;
const FRAGMENT_PROTOCOL = 44;
const TYPE_V4 = 0x0800;
const TYPE_V6 = 0x86dd;
const HOPS = 64;
const DONT_FRAGMENT = 0x4000;
const MORE = 0x2000;

/** A frame may be as long as an IP datagram, before it is cut. */
const AREA = 65_664;
/** Where frames come in, datagrams are put together, payloads are written, and pieces of them are sent from. */
export const INPUT = 2;
export const REASSEMBLY = AREA + 2;
export const PAYLOAD = 2 * AREA + 64;
const PIECE = 3 * AREA + 128;
export const MEMORY_SIZE = PIECE + 9_344;

/** What a datagram is sent as. */
export interface Heading {
  readonly from: Address;
  readonly to: Address;
  readonly protocol: number;
  /** Where its checksum is, from PAYLOAD on; none where it is negative. */
  readonly sumAt: number;
}

export class Output {
  /** Takes a frame, and does not keep it. */
  onframe: (at: number, size: number) => void = () => {};
  /** Whether a guest may be sent so many octets now. */
  admits: (to: Neighbour, size: number) => boolean = () => true;
  readonly memory: Memory;
  readonly #neighbours: Neighbours;
  readonly #mac: Uint8Array;
  readonly #mtu: number;
  #id: number;

  constructor(memory: Memory, neighbours: Neighbours, { mac, mtu }: { mac: Uint8Array; mtu: number }, id: number) {
    this.memory = memory;
    this.#neighbours = neighbours;
    this.#mac = mac;
    this.#mtu = mtu;
    this.#id = id & 0xffff;
  }

  /** Sends what was written at PAYLOAD. Where nobody is known to have the address, it is asked for, and this waits. */
  send(
    heading: Heading,
    size: number,
    to: Neighbour | undefined = this.#neighbours.find(heading.to),
    hops = HOPS,
  ): void {
    this.#sum(heading, size);
    const header = isV4(heading.to) ? HEADER_V4 : HEADER_V6;
    if (header + size > this.#mtu) {
      this.#cut(heading, size, to, hops);
      return;
    }
    const ip = PAYLOAD - header;
    if (header === HEADER_V4) this.#v4(ip, heading, size, hops, 0, DONT_FRAGMENT);
    else this.#v6(ip, heading, size, hops, heading.protocol);
    this.#hand(ip, header + size, heading, to);
  }

  #sum({ from, to, protocol, sumAt }: Heading, size: number): void {
    if (sumAt < 0) return;
    const { memory } = this;
    memory.setU16(PAYLOAD + sumAt, 0);
    let sum = 0;
    if (protocol !== ICMP) {
      memory.octets.set(from, PIECE);
      memory.octets.set(to, PIECE + from.length);
      sum = memory.sum(PIECE, 2 * from.length, swap16(protocol) + swap16(size));
    }
    sum = memory.sum(PAYLOAD, size, sum);
    // in UDP zero says that there is none, and its other form is the same sum
    memory.setSum(PAYLOAD + sumAt, protocol === UDP && sum === 0xffff ? 0 : sum);
  }

  #v4(ip: number, { from, to, protocol }: Heading, size: number, hops: number, id: number, offset: number): void {
    const { memory } = this;
    memory.setU32(ip, 0x4500_0000 | (HEADER_V4 + size));
    memory.setU16(ip + 4, id);
    memory.setU16(ip + 6, offset);
    memory.setU32(ip + 8, (hops << 24) | (protocol << 16));
    memory.octets.set(from, ip + 12);
    memory.octets.set(to, ip + 16);
    memory.setSum(ip + 10, memory.sum(ip, HEADER_V4));
  }

  #v6(ip: number, { from, to }: Heading, size: number, hops: number, next: number): void {
    const { memory } = this;
    memory.setU32(ip, 0x6000_0000);
    memory.setU32(ip + 4, (size << 16) | (next << 8) | hops);
    memory.octets.set(from, ip + 8);
    memory.octets.set(to, ip + 24);
  }

  /** Pieces are sent from a place of their own: each needs a header before it. */
  #cut(heading: Heading, size: number, to: Neighbour | undefined, hops: number): void {
    const { memory } = this;
    this.#id = (this.#id + 1) & 0xffff;
    const v4 = isV4(heading.to);
    const header = v4 ? HEADER_V4 : HEADER_V6 + FRAGMENT_HEADER;
    const step = (this.#mtu - header) & ~7;
    const ip = PIECE + 2 + ETHERNET;
    for (let at = 0; at < size; at += step) {
      const part = Math.min(step, size - at);
      const isLast = at + part === size;
      memory.octets.copyWithin(ip + header, PAYLOAD + at, PAYLOAD + at + part);
      if (v4) this.#v4(ip, heading, part, hops, this.#id, (at >>> 3) | (isLast ? 0 : MORE));
      else {
        this.#v6(ip, heading, part + FRAGMENT_HEADER, hops, FRAGMENT_PROTOCOL);
        memory.setU32(ip + HEADER_V6, (heading.protocol << 24) | at | (isLast ? 0 : 1));
        memory.setU32(ip + HEADER_V6 + 4, this.#id);
      }
      this.#hand(ip, header + part, heading, to);
    }
  }

  #hand(ip: number, size: number, { to }: Heading, neighbour: Neighbour | undefined): void {
    const frame = ip - ETHERNET;
    const { memory } = this;
    memory.octets.set(this.#mac, frame + 6);
    memory.setU16(frame + 12, isV4(to) ? TYPE_V4 : TYPE_V6);
    if (neighbour !== undefined) {
      if (!this.admits(neighbour, ETHERNET + size)) return;
      memory.octets.set(neighbour.mac, frame);
      this.onframe(frame, ETHERNET + size);
    } else this.#neighbours.keep(to, memory.slice(frame, ETHERNET + size));
  }

  /** Sends a frame that is no datagram, from the place where pieces are. */
  raw(write: (memory: Memory, at: number) => number): void {
    const at = PIECE + 2;
    this.onframe(at, write(this.memory, at));
  }
}

/** Where TCP has its checksum, and UDP its own. */
export const SUM_AT: Readonly<Record<number, number>> = { [TCP]: 16, [UDP]: 6 };
