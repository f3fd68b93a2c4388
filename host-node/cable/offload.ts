// What the kernel leaves to a network card, for frames that are read from an interface: checksums to be finished, and TCP
// and UDP to be cut into segments, or put together from them. The core does the same for its taps; this is for cables, which
// have no core.

import * as abi from "../../assembly/abi.js";
import type { Batch } from "./batch.js";

const ETHERNET = 14;
const TAG = 4;
const TYPES_OF_TAGS = [0x8100, 0x88a8, 0x9100];
const IP4_MIN = 20;
const IP6 = 40;
const TYPE_IP4 = 0x0800;
const TYPE_IP6 = 0x86dd;
/** That more follow, or that others went before. */
const IP4_FRAGMENT = 0x3fff;
const UDP = 17;
export const UDP_CHECKSUM = 6;
const UDP_HEADER = 8;
const TCP = 6;
/** Where the two have their checksums. */
export const TCP_CHECKSUM = 16;
const TCP_HEADER_MIN = 20;
const TCP_FIN_PSH = 0x09;
const TCP_CWR = 0x80;
/** VIRTIO_NET_HDR_GSO_UDP_L4, and the flag that says that congestion was marked. */
const VNET_UDP = 5;
const VNET_ECN = 0x80;

/** What a virtio_net_hdr says, read. */
export interface Leftover {
  /** Octets before the payload; 0 where the frame is one, and not to be cut. */
  readonly headers: number;
  /** Octets of payload in each segment. */
  readonly segment: number;
  /** Where the TCP or UDP header begins. */
  readonly start: number;
  readonly isTcp: boolean;
}

/** Where the IP header begins: behind two tags at the most. */
function network(view: DataView): number {
  let type = ETHERNET - 2;
  while (type < ETHERNET + TAG && TYPES_OF_TAGS.includes(view.getUint16(type))) type += TAG;
  return type + 2;
}

/**
 * Reads what is left to be done, and finishes a checksum in place where that is all. The header speaks of a frame whose
 * first `shift` octets it did not count. undefined where the two do not fit each other.
 */
export function settle(header: DataView, frame: Uint8Array, shift: number): Leftover | undefined {
  const kind = header.getUint8(abi.VNET_SEGMENT_KIND) & ~VNET_ECN;
  const start = header.getUint16(abi.VNET_CHECKSUM_START, true) + shift;
  if (kind !== 0) return leftover(frame, kind, start, header.getUint16(abi.VNET_SEGMENT_SIZE, true));
  if ((header.getUint8(abi.VNET_FLAGS) & abi.VNET_NEEDS_CHECKSUM) !== 0) {
    const field = start + header.getUint16(abi.VNET_CHECKSUM_OFFSET, true);
    if (field + 2 > frame.length) return undefined;
    putChecksum(frame, field, sumOf(frame, start, frame.length, 0));
  }
  return { headers: 0, segment: 0, start, isTcp: false };
}

function leftover(frame: Uint8Array, kind: number, start: number, segment: number): Leftover | undefined {
  const isTcp = kind === abi.VNET_TCP4 || kind === abi.VNET_TCP6;
  const least = start + (isTcp ? TCP_HEADER_MIN : UDP_HEADER);
  if ((!isTcp && kind !== VNET_UDP) || segment === 0 || start < ETHERNET + IP4_MIN) return undefined;
  if (least > frame.length || network(viewOf(frame)) + IP4_MIN > start) return undefined;
  const headers = isTcp ? start + (frame[start + 12]! >> 4) * 4 : least;
  return headers >= least && headers < frame.length ? { headers, segment, start, isTcp } : undefined;
}

/** How many segments a frame is to be cut into; 1 where it is one. */
export function segmentCount({ headers, segment }: Leftover, size: number): number {
  return headers === 0 ? 1 : Math.ceil((size - headers) / segment);
}

/** Makes the headers of a segment in `room`, without its checksum. Returns the octets of its payload. */
export function cutHeaders(frame: Uint8Array, left: Leftover, index: number, room: Uint8Array): number {
  const { headers, segment, start, isTcp } = left;
  const from = headers + index * segment;
  const payload = Math.min(segment, frame.length - from);
  room.set(frame.subarray(0, headers));
  const view = viewOf(room);
  setLengths(view, headers + payload, index);
  if (isTcp) {
    view.setUint32(start + 4, view.getUint32(start + 4) + index * segment);
    const isLast = from + payload === frame.length;
    room[start + 13]! &= ~((isLast ? 0 : TCP_FIN_PSH) | (index === 0 ? 0 : TCP_CWR));
  } else view.setUint16(start + 4, headers + payload - start);
  return payload;
}

/** Makes a segment of a frame in `room`. Returns its octets. */
export function cut(frame: Uint8Array, left: Leftover, index: number, room: Uint8Array): number {
  const { headers, segment, start, isTcp } = left;
  const payload = cutHeaders(frame, left, index, room);
  const from = headers + index * segment;
  room.set(frame.subarray(from, from + payload), headers);
  finish(room.subarray(0, headers + payload), start, isTcp);
  return headers + payload;
}

/** Computes the checksum of a frame whose TCP or UDP header begins at `start`. */
function finish(frame: Uint8Array, start: number, isTcp: boolean): void {
  const field = start + (isTcp ? TCP_CHECKSUM : UDP_CHECKSUM);
  viewOf(frame).setUint16(field, 0);
  putChecksum(frame, field, sumOf(frame, start, frame.length, pseudoHeader(frame, start, frame.length, isTcp)));
}

/** Finishes all frames of a batch. */
export function finishAll(batch: Batch): void {
  for (let i = batch.first; i < batch.count; i++) {
    if (batch.start[i] === 0) continue;
    const frame = batch.frame(i);
    finish(frame, batch.start[i]!, isTcp(frame));
    batch.start[i] = 0;
  }
}

/** Hands over frame `i` of a batch as everybody may have it: in segments, which lie in `room`, and with its checksum. */
export function handFinished(batch: Batch, i: number, room: Uint8Array, take: (frame: Uint8Array) => void): void {
  const frame = batch.frame(i);
  const [start, segment] = [batch.start[i]!, batch.segment[i]!];
  if (segment === 0) {
    if (start !== 0) finish(frame, start, isTcp(frame));
    take(frame);
    return;
  }
  const left = { headers: start + (frame[start + 12]! >> 4) * 4, segment, start, isTcp: true };
  if (left.headers + segment > room.length) return;
  for (let j = 0; j < segmentCount(left, frame.length); j++) take(room.subarray(0, cut(frame, left, j, room)));
}

/** Says of headers that `size` octets in all belong to them, and writes the sum that their checksum begins with. */
export function stretch(headers: Uint8Array, start: number, size: number, isTcp: boolean): void {
  const view = viewOf(headers);
  setLengths(view, size, 0);
  view.setUint16(start + (isTcp ? TCP_CHECKSUM : UDP_CHECKSUM), fold(pseudoHeader(headers, start, size, isTcp)));
}

/** Where the TCP or UDP header of a frame begins; 0 where it has none, or not all of it, or lengths contradict each other. */
export function transport(frame: Uint8Array): number {
  if (frame.length < ETHERNET + IP4_MIN + UDP_HEADER) return 0;
  const view = viewOf(frame);
  const ip = network(view);
  const type = view.getUint16(ip - 2);
  if (ip + IP4_MIN > frame.length) return 0;
  const isIp4 = type === TYPE_IP4 && frame[ip]! >> 4 === 4 && (view.getUint16(ip + 6) & IP4_FRAGMENT) === 0;
  if (!isIp4 && (type !== TYPE_IP6 || frame[ip]! >> 4 !== 6)) return 0;
  const start = ip + (isIp4 ? (frame[ip]! & 15) * 4 : IP6);
  const size = isIp4 ? view.getUint16(ip + 2) : view.getUint16(ip + 4) + IP6;
  if (size !== frame.length - ip || start < ip + IP4_MIN) return 0;
  const kind = frame[ip + (isIp4 ? 9 : 6)]!;
  if (kind === UDP) return start + UDP_HEADER <= frame.length ? start : 0;
  if (kind !== TCP || start + TCP_HEADER_MIN > frame.length) return 0;
  const headers = start + (frame[start + 12]! >> 4) * 4;
  return headers >= start + TCP_HEADER_MIN && headers <= frame.length ? start : 0;
}

/** Where the IP header of a frame begins. */
export function ipAt(frame: Uint8Array): number {
  return network(viewOf(frame));
}

/** Whether a frame in which `transport` has found TCP or UDP has TCP. */
export function isTcp(frame: Uint8Array): boolean {
  const ip = ipAt(frame);
  return (isIp6(frame) ? frame[ip + 6] : frame[ip + 9]) === TCP;
}

/** Whether it is over IPv6. */
export function isIp6(frame: Uint8Array): boolean {
  return frame[ipAt(frame)]! >> 4 === 6;
}

/** The IP header of a segment: its length, and over IPv4 a number and a checksum of its own. */
function setLengths(view: DataView, size: number, index: number): void {
  const ip = network(view);
  if (view.getUint8(ip) >> 4 === 6) {
    view.setUint16(ip + 4, size - ip - IP6);
    return;
  }
  const header = (view.getUint8(ip) & 15) * 4;
  view.setUint16(ip + 2, size - ip);
  view.setUint16(ip + 4, view.getUint16(ip + 4) + index);
  view.setUint16(ip + 10, 0);
  view.setUint16(ip + 10, 0xffff - fold(sum(view, ip, ip + header)));
}

/** RFC 9293 3.1, RFC 8200 8.1: addresses, length and protocol. */
function pseudoHeader(frame: Uint8Array, start: number, size: number, isTcp: boolean): number {
  const view = viewOf(frame);
  const ip = network(view);
  const addresses = view.getUint8(ip) >> 4 === 6 ? sum(view, ip + 8, ip + 40) : sum(view, ip + 12, ip + 20);
  return addresses + (isTcp ? TCP : UDP) + size - start;
}

function sumOf(frame: Uint8Array, from: number, to: number, before: number): number {
  return 0xffff - fold(sum(viewOf(frame), from, to) + before);
}

/** 0 would mean "none" in UDP. */
function putChecksum(frame: Uint8Array, field: number, value: number): void {
  viewOf(frame).setUint16(field, value === 0 ? 0xffff : value);
}

function sum(view: DataView, from: number, to: number): number {
  let total = 0;
  let at = from;
  for (; at + 4 <= to; at += 4) total += view.getUint32(at);
  if (at + 2 <= to) {
    total += view.getUint16(at);
    at += 2;
  }
  return at < to ? total + view.getUint8(at) * 0x100 : total;
}

/** Ones' complement sum in 16 bits. 32-bit words may be summed too: 2^16 is 1 in it. */
function fold(total: number): number {
  let folded = total;
  while (folded > 0xffff) folded = (folded % 0x10000) + Math.floor(folded / 0x10000);
  return folded;
}

function viewOf(octets: Uint8Array): DataView {
  return new DataView(octets.buffer, octets.byteOffset, octets.length);
}
