// Segments of TCP that are one: of one connection, the next where the one before ends, alike in all that a header says, as
// RFC 9293 lets a sender cut them and Linux' GRO puts them together.

import { PLUG_SEGMENT_MIN } from "../../assembly/abi.js";
import type { Batch } from "./batch.js";
import { ipAt, isIp6, isTcp } from "./offload.js";

export const TCP_FLAGS = 13;
const TCP_SEQUENCE = 4;
const UDP_HEADER = 8;
const ACK = 0x10;
/** PSH and FIN: these end what is put together. */
const ENDS = 0x09;
/** An IP packet's length has 16 bits. */
const PACKET_MAX = 0xffff;

/** Frames of a batch that are one. */
export interface Run {
  readonly frames: number;
  /** Octets of all, with headers once. */
  readonly size: number;
  readonly headers: number;
  /** Octets of payload in each but the last; 0 where there is one. */
  readonly segment: number;
  /** Where the TCP or UDP header begins. */
  readonly start: number;
  readonly isTcp: boolean;
  /** TCP flags of all of it. */
  readonly flags: number;
}

/** Octets before the payload of a frame whose TCP header begins at `start`. */
export function tcpHeaders(frame: Uint8Array, start: number): number {
  return start + (frame[start + 12]! >> 4) * 4;
}

/** What begins with frame `i` of a batch, whose checksum is left to be computed. */
export function runOf(batch: Batch, i: number): Run {
  const frame = batch.frame(i);
  const start = batch.start[i]!;
  const [size, segment] = [batch.size[i]!, batch.segment[i]!];
  if (!isTcp(frame)) return { frames: 1, size, headers: start + UDP_HEADER, segment, start, isTcp: false, flags: 0 };
  const headers = tcpHeaders(frame, start);
  const flags = frame[start + TCP_FLAGS]!;
  const one = { frames: 1, size, headers, segment, start, isTcp: true, flags };
  const isFirst = segment === 0 && flags === ACK && size - headers >= PLUG_SEGMENT_MIN; // a switch takes no smaller ones
  return isFirst ? extend(batch, i, one) : one;
}

/** Puts what follows to it, as long as it is alike. What is shorter, or ends, is the last. */
function extend(batch: Batch, i: number, one: Run): Run {
  const { headers, start } = one;
  const segment = one.size - headers;
  const alike = alikeIn(batch.frame(i), start, headers);
  const most = ipAt(batch.frame(i)) + PACKET_MAX;
  let { size, flags } = one;
  let j = i + 1;
  for (let payload = segment; j < batch.count && payload === segment && flags === ACK; j++) {
    payload = batch.size[j]! - headers;
    const fits = payload > 0 && payload <= segment && size + payload <= most;
    if (!fits || !continues(batch, i, j, start, size - headers) || !isAlike(batch, i, j, alike)) break;
    flags = batch.octets[batch.at[j]! + start + TCP_FLAGS]!;
    size += payload;
  }
  return j === i + 1 ? one : { ...one, frames: j - i, size, segment, flags };
}

/** Whether frame `j` is TCP whose sequence number is `payload` behind that of frame `i`, and whose flags may be joined. */
function continues({ octets, at, start, segment }: Batch, i: number, j: number, tcp: number, payload: number): boolean {
  if (start[j] !== tcp || segment[j] !== 0 || (octets[at[j]! + tcp + TCP_FLAGS]! & ~ENDS) !== ACK) return false;
  return long(octets, at[j]! + tcp + TCP_SEQUENCE) === (long(octets, at[i]! + tcp + TCP_SEQUENCE) + payload) >>> 0;
}

/** From where to where headers are the same in all segments: not in lengths, numbers, checksums and flags. */
function alikeIn(frame: Uint8Array, tcp: number, headers: number): readonly number[] {
  const ip = ipAt(frame);
  const before = isIp6(frame) ? [0, ip + 4, ip + 6] : [0, ip + 2, ip + 6, ip + 10, ip + 12];
  return [...before, tcp + 4, tcp + 8, tcp + 13, tcp + 14, tcp + 16, tcp + 18, headers];
}

function isAlike({ octets, at }: Batch, i: number, j: number, alike: readonly number[]): boolean {
  for (let range = 0; range < alike.length; range += 2)
    for (let k = alike[range]!; k < alike[range + 1]!; k++) if (octets[at[i]! + k] !== octets[at[j]! + k]) return false;
  return true;
}

function long(octets: Uint8Array, at: number): number {
  return ((octets[at]! << 24) | (octets[at + 1]! << 16) | (octets[at + 2]! << 8) | octets[at + 3]!) >>> 0;
}
