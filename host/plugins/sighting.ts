// Whose IP address a frame shows: the source of an IP packet, or who asks or answers in ARP. Frames come from anyone, and
// may end anywhere.

import type { Frame } from "../link.js";

/** An IP address where it was seen. */
export interface Sighting {
  /** Four octets, or sixteen. They are lent, as the frame is. */
  readonly address: Uint8Array;
  /** The source address of the frame, as a number of 48 bits. */
  readonly mac: number;
  /** The VLAN of its tag; undefined without one, and for a tag that says only a priority. */
  readonly vlan: number | undefined;
}

const SOURCE = 6;
const TYPE = 12;
const TAG_SIZE = 4;
const TYPE_IPV4 = 0x0800;
const TYPE_ARP = 0x0806;
const TYPE_VLAN = 0x8100;
const TYPE_IPV6 = 0x86dd;
/** An ARP packet begins so where it is of IPv4 over Ethernet (RFC 826): hardware 1, protocol 0800, 6 and 4 octets. */
const ARP_IPV4 = [0, 1, 8, 0, 6, 4];

/** What a frame shows. Nothing for other protocols, for a second tag, and where the header is cut short. */
export function sight(frame: Frame): Sighting | undefined {
  const isTagged = u16(frame, TYPE) === TYPE_VLAN;
  const at = TYPE + (isTagged ? TAG_SIZE : 0);
  const address = sourceIn(u16(frame, at), frame.subarray(at + 2));
  if (address === undefined || address.every((octet) => octet === 0)) return undefined;
  const vlan = isTagged ? u16(frame, TYPE + 2) & 0xfff : 0;
  return {
    address,
    mac: u16(frame, SOURCE) * 2 ** 32 + u16(frame, SOURCE + 2) * 2 ** 16 + u16(frame, SOURCE + 4),
    vlan: vlan || undefined,
  };
}

/** The address in a packet of a type. All zeros stand for none (RFC 1122 3.2.1.3, RFC 4291 2.5.2, RFC 5227 1.1). */
function sourceIn(type: number, packet: Uint8Array): Uint8Array | undefined {
  const version = (packet[0] ?? 0) >> 4;
  if (type === TYPE_IPV4 && version === 4 && packet.length >= 20) return packet.subarray(12, 16);
  if (type === TYPE_IPV6 && version === 6 && packet.length >= 40) return packet.subarray(8, 24);
  const isArp = type === TYPE_ARP && packet.length >= 28 && ARP_IPV4.every((octet, i) => packet[i] === octet);
  return isArp ? packet.subarray(14, 18) : undefined;
}

function u16(octets: Uint8Array, at: number): number {
  return ((octets[at] ?? 0) << 8) | (octets[at + 1] ?? 0);
}
