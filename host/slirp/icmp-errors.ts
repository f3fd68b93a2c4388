// Says to guests why a packet went nowhere, as routers do: ICMP (RFC 792, 1812) and ICMPv6 (RFC 4443), as often as a guest
// can make use of.

import { Bucket } from "../bucket.js";
import { type Address, isV4 } from "./address.js";
import { PAYLOAD } from "./output.js";
import { ICMP, ICMPV6, type Neighbour, type Packet } from "./packet.js";
import type { Stack } from "./stack.js";

/** Type and code in either family. */
const REASONS = {
  network: { v4: [3, 0], v6: [1, 0] },
  host: { v4: [3, 1], v6: [1, 3] },
  protocol: { v4: [3, 2], v6: [4, 1] },
  port: { v4: [3, 3], v6: [1, 4] },
  forbidden: { v4: [3, 13], v6: [1, 1] },
  hops: { v4: [11, 0], v6: [3, 0] },
} as const;

export type Reason = keyof typeof REASONS;

/** What an errno of the host means to a guest; everything else is a refusal. */
const BY_CODE: Readonly<Record<string, Reason>> = {
  EHOSTUNREACH: "host",
  EHOSTDOWN: "host",
  ETIMEDOUT: "host",
  ENETUNREACH: "network",
  EACCES: "forbidden",
  EPERM: "forbidden",
};

export function reasonOf(code: string): Reason | undefined {
  return BY_CODE[code];
}

/** RFC 1812 quotes at most 576 octets in all, RFC 4443 as much as fits in 1,280. */
const QUOTE_V4 = 548;
const QUOTE_V6 = 1_232;
const HEADER = 8;
/** So many at once, and in each second. */
const BURST = 50;
const PER_SECOND = 100;

/** What is needed to complain about a packet later. */
export interface Complaint {
  readonly to: Address;
  readonly neighbour: Neighbour;
  readonly quote: Uint8Array;
}

export class IcmpErrors {
  readonly #stack: Stack;
  readonly #bucket: Bucket;

  constructor(stack: Stack) {
    this.#stack = stack;
    this.#bucket = new Bucket(PER_SECOND, BURST, stack.clock.now());
  }

  /** What is kept of a packet whose fate is not known yet. */
  complaint(packet: Packet): Complaint | undefined {
    const { memory, ip, width, neighbour } = packet;
    if (neighbour === undefined || this.#isError(packet) || this.#isGroup(packet)) return undefined;
    const size = Math.min(packet.at + packet.size - ip, width === 4 ? QUOTE_V4 : QUOTE_V6);
    return { to: packet.source(), neighbour, quote: memory.slice(ip, size) };
  }

  refuse(packet: Packet, reason: Reason): void {
    const complaint = this.complaint(packet);
    if (complaint !== undefined) this.complain(complaint, reason);
  }

  complain({ to, neighbour, quote }: Complaint, reason: Reason): void {
    const { output, memory, settings } = this.#stack;
    const v4 = isV4(to);
    const from = (v4 ? settings.host4 : settings.host6)?.address;
    if (from === undefined || !this.#bucket.take(1, this.#stack.clock.now())) return;
    const [type, code] = REASONS[reason][v4 ? "v4" : "v6"];
    memory.setU32(PAYLOAD, (type << 24) | (code << 16));
    memory.setU32(PAYLOAD + 4, type === 4 ? 6 : 0); // where the fault is, of ICMPv6: the next header
    memory.octets.set(quote, PAYLOAD + HEADER);
    output.send({ from, to, protocol: v4 ? ICMP : ICMPV6, sumAt: 2 }, HEADER + quote.length, neighbour);
  }

  /** An error about an error would go round for ever. */
  #isError({ memory, at, protocol }: Packet): boolean {
    const type = memory.octets[at]!;
    return (protocol === ICMP && type !== 8) || (protocol === ICMPV6 && type < 128);
  }

  #isGroup({ memory, to, width }: Packet): boolean {
    return width === 4 ? memory.octets[to]! >= 224 : memory.octets[to] === 0xff;
  }
}
