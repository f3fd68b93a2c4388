// Says to guests why a packet went nowhere, as routers do: ICMP (RFC 792, 1812) and ICMPv6 (RFC 4443), as often as a guest
// can make use of.

import { type Address, isV4, parseAddress } from "./address.js";
import type { Fault } from "./backend.js";
import type { Neighbour } from "./guests.js";
import { outside } from "./nat64.js";
import { PAYLOAD } from "./output.js";
import { ICMP, ICMPV6, type Packet, UDP } from "./packet.js";
import { REASONS, type Reason } from "./reasons.js";
import type { Stack } from "./stack.js";

/** RFC 1812 quotes at most 576 octets in all, RFC 4443 as much as fits in 1,280. */
const QUOTE_V4 = 548;
const QUOTE_V6 = 1_232;
const HEADER = 8;
/** Where in a header of IPv6 it is said what follows. */
const NEXT_HEADER = 6;
const MTU_MIN_V4 = 576;
const MTU_MIN_V6 = 1_280;

/** What is needed to complain about a packet later. */
export interface Complaint {
  readonly to: Address;
  readonly neighbour: Neighbour;
  readonly quote: Uint8Array;
}

export class IcmpErrors {
  readonly #stack: Stack;

  constructor(stack: Stack) {
    this.#stack = stack;
  }

  /** What is kept of a packet whose fate is not known yet. */
  complaint(packet: Packet): Complaint | undefined {
    const { memory, ip, width, neighbour } = packet;
    if (neighbour === undefined || this.#isError(packet) || this.#isGroup(packet)) return undefined;
    const size = Math.min(packet.at + packet.size - ip, width === 4 ? QUOTE_V4 : QUOTE_V6);
    return { to: packet.source(), neighbour, quote: memory.slice(ip, size) };
  }

  /** The beginning of a packet that errors are told from others by: its headers. Extensions are left out. */
  quote({ memory, ip, at, width }: Packet, size: number): Uint8Array {
    const header = width === 4 ? 20 : 40;
    const quote = new Uint8Array(header + size);
    quote.set(memory.octets.subarray(ip, ip + header));
    quote.set(memory.octets.subarray(at, at + size), header);
    if (width === 4) quote[0] = 0x45;
    else quote[6] = UDP;
    return quote;
  }

  refuse(packet: Packet, reason: Reason): void {
    const complaint = this.complaint(packet);
    if (complaint !== undefined) this.complain(complaint, reason);
  }

  /** Of IPv6: an option that is not known, at a place in the packet. */
  refuseOption(packet: Packet, place: number): void {
    const complaint = this.complaint(packet);
    if (complaint !== undefined) this.complain(complaint, "option", this.#own(complaint.to), place);
  }

  /** What a fault outside means to the guest. `far` is what was sent to, as the guest has it. */
  report(complaint: Complaint, { reason, mtu = 0, by = "" }: Fault, far: Address): void {
    const least = isV4(complaint.to) ? MTU_MIN_V4 : MTU_MIN_V6;
    if (reason === "size" && !(mtu >= least && mtu < this.#stack.settings.mtu)) return;
    this.complain(complaint, reason, this.#seen(by, far), mtu);
  }

  /** Who said it, as a guest has them; the gateway itself where they are not to be seen. */
  #seen(by: string, far: Address): Address | undefined {
    const said = parseAddress(by);
    if (said === undefined || !this.#stack.policy.isOutside(said)) return undefined;
    return isV4(said) && !isV4(far) ? outside(said) : said;
  }

  /** `from` is who complains, `mtu` the size that would have arrived, or the place of what is wrong. */
  complain({ to, neighbour, quote }: Complaint, reason: Reason, from = this.#own(to), mtu = 0): void {
    const { output, memory, clock, guests } = this.#stack;
    const v4 = isV4(to);
    if (from === undefined || from.length !== to.length) return;
    if (!guests.of(neighbour).errors.take(1, clock.now())) return;
    const [type, code] = REASONS[reason][v4 ? "v4" : "v6"];
    memory.setU32(PAYLOAD, (type << 24) | (code << 16));
    memory.setU32(PAYLOAD + 4, reason === "protocol" && !v4 ? NEXT_HEADER : mtu);
    memory.octets.set(quote, PAYLOAD + HEADER);
    output.send({ from, to, protocol: v4 ? ICMP : ICMPV6, sumAt: 2 }, HEADER + quote.length, neighbour);
  }

  #own(to: Address): Address | undefined {
    const { host4, host6 } = this.#stack.settings;
    return (isV4(to) ? host4 : host6)?.address;
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
