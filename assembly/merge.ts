// Segments of one TCP connection that wait for a tap one behind the other, or for a plug that takes such frames, go there in
// one piece, as a network card with receive offload gives them: a kernel takes one packet in place of forty, and
// acknowledges it once.
//
// Only what comes apart again as it came is put together: plain data, in order, with the same headers, whose checksums
// were right. The piece grows in a large slot at the end of the queue. What is shorter than the first, or pushes, is
// the last of a piece.

import * as abi from "./abi";
import * as checksum from "./checksum";
import * as ethernet from "./ethernet";
import * as internet from "./internet";
import { config, Endpoint } from "./layout";
import * as queue from "./queue";
import * as slots from "./slot";

/** Type fields, and the fragment field of a packet that is whole and stays so, as little-endian loads see them. */
const TYPE_IP4: u16 = 0x0008;
const TYPE_IP6: u16 = 0xdd86;
const DONT_FRAGMENT: u16 = 0x0040;
const IP4_PLAIN: u8 = 0x45;
const IP_MAX: u32 = 65_535;
/** Large slots that are left to what comes from taps. */
const LARGE_KEPT: u32 = abi.LARGE_COUNT / 2;

const IP: u32 = abi.HEADER_SIZE;

function is4(frame: usize): bool {
  return load<u16>(frame + ethernet.TYPE) == TYPE_IP4;
}

/** Where TCP begins in a frame of IPv4 or IPv6 without options and fragments, or 0. */
function tcpAt(frame: usize, size: u32): u32 {
  const ip = frame + IP;
  const type = load<u16>(frame + ethernet.TYPE);
  if (type == TYPE_IP4) {
    if (load<u8>(ip) != IP4_PLAIN || load<u16>(ip + internet.IP4_FRAGMENT) != DONT_FRAGMENT) return 0;
    if (load<u8>(ip + internet.IP4_PROTOCOL) != internet.TCP || ethernet.u16be(ip + internet.IP4_LENGTH) != size - IP)
      return 0;
    return IP + internet.IP4_HEADER_MIN;
  }
  if (type != TYPE_IP6 || load<u8>(ip) >>> 4 != 6 || load<u8>(ip + internet.IP6_NEXT) != internet.TCP) return 0;
  const start = IP + internet.IP6_HEADER;
  return ethernet.u16be(ip + internet.IP6_LENGTH) == size - start ? start : 0;
}

/** Octets before the payload of a segment that may be part of a piece, or 0. */
function headersSize(frame: usize, size: u32): u32 {
  if (size < IP + internet.IP4_HEADER_MIN + internet.TCP_HEADER_MIN) return 0;
  const start = tcpAt(frame, size);
  if (start == 0) return 0;
  const tcp = frame + start;
  const headers = start + internet.tcpHeaderSize(tcp);
  if (headers < start + internet.TCP_HEADER_MIN || headers >= size) return 0;
  return (<u32>load<u8>(tcp + internet.TCP_FLAGS) & ~internet.TCP_PSH) == internet.TCP_ACK ? headers : 0;
}

/** Whether the checksums of a frame are right: nobody looks at them again. */
function isRight(frame: usize, size: u32): bool {
  const ip = frame + IP;
  const start = is4(frame) ? IP + internet.IP4_HEADER_MIN : IP + internet.IP6_HEADER;
  if (is4(frame) && checksum.fold(checksum.add(0, ip, internet.IP4_HEADER_MIN)) != checksum.RIGHT) return false;
  const sum = internet.pseudoSum(ip, is4(frame), size - start);
  return checksum.fold(checksum.add(sum, frame + start, size - start)) == checksum.RIGHT;
}

function areSame(left: usize, right: usize, size: usize): bool {
  return memory.compare(left, right, size) == 0;
}

/** Whether the headers of two segments differ in nothing but lengths, sums, sequence numbers and what numbers packets. */
function fit(left: usize, right: usize, headers: u32): bool {
  const l = left + IP;
  const r = right + IP;
  if (!areSame(left, right, IP)) return false;
  const start = is4(left) ? IP + internet.IP4_HEADER_MIN : IP + internet.IP6_HEADER;
  if (is4(left)) {
    if (load<u16>(l) != load<u16>(r)) return false; // kind of service
    if (!areSame(l + internet.IP4_FRAGMENT, r + internet.IP4_FRAGMENT, internet.IP4_CHECKSUM - internet.IP4_FRAGMENT))
      return false;
    if (load<u64>(l + internet.IP4_SOURCE) != load<u64>(r + internet.IP4_SOURCE)) return false;
  } else {
    if (load<u32>(l) != load<u32>(r)) return false;
    if (!areSame(l + internet.IP6_NEXT, r + internet.IP6_NEXT, internet.IP6_HEADER - <u32>internet.IP6_NEXT))
      return false;
  }
  const tcp = left + start;
  const other = right + start;
  if (load<u32>(tcp) != load<u32>(other)) return false; // ports
  if (load<u32>(tcp + internet.TCP_ACKNOWLEDGED) != load<u32>(other + internet.TCP_ACKNOWLEDGED)) return false;
  if (load<u8>(tcp + internet.TCP_DATA_OFFSET) != load<u8>(other + internet.TCP_DATA_OFFSET)) return false;
  if (load<u16>(tcp + internet.TCP_WINDOW) != load<u16>(other + internet.TCP_WINDOW)) return false;
  const rest = start + <u32>internet.TCP_URGENT;
  return areSame(left + rest, right + rest, headers - rest);
}

/** Whether a segment of `headers` octets before its payload goes on where the last frame of a queue ends. */
function follows(last: u32, frame: usize, size: u32, headers: u32): bool {
  const head = slots.head(last);
  const before = slots.frame(last);
  const start = is4(frame) ? IP + internet.IP4_HEADER_MIN : IP + internet.IP6_HEADER;
  if (head.frameSize <= headers || head.frameSize - IP + size - headers > IP_MAX) return false;
  if ((<u32>load<u8>(before + start + internet.TCP_FLAGS) & internet.TCP_PSH) != 0) return false;
  const carried = head.frameSize - headers;
  const each = last < abi.SLOT_COUNT ? carried : <u32>head.vnetSegmentSize;
  if (size - headers > each || carried % each != 0) return false;
  const next = internet.u32be(before + start + internet.TCP_SEQUENCE) + carried;
  return next == internet.u32be(frame + start + internet.TCP_SEQUENCE) && fit(before, frame, headers);
}

/** Moves the last frame of a queue into a large slot, where it may grow. Returns that slot. */
function begin(id: u32, e: Endpoint, last: u32, headers: u32): u32 {
  const slot = slots.takeLarge();
  const from = slots.head(last);
  const head = slots.head(slot);
  memory.copy(changetype<usize>(head), changetype<usize>(from), abi.HEAD_SIZE);
  memory.copy(slots.frame(slot), slots.frame(last), from.frameSize);
  const start = is4(slots.frame(slot)) ? IP + internet.IP4_HEADER_MIN : IP + internet.IP6_HEADER;
  head.references = 1;
  head.offload = abi.OFFLOAD_SEGMENTS;
  head.isGrowing = 1;
  head.vnetFlags = abi.VNET_NEEDS_CHECKSUM;
  head.vnetSegmentKind = is4(slots.frame(slot)) ? abi.VNET_TCP4 : abi.VNET_TCP6;
  head.vnetHeadersSize = <u16>headers;
  head.vnetSegmentSize = <u16>(from.frameSize - headers);
  head.vnetChecksumStart = <u16>start;
  head.vnetChecksumOffset = <u16>internet.TCP_CHECKSUM;
  queue.replaceLast(id, e, slot);
  return slot;
}

/** Puts the payload of a segment behind a piece, and makes its headers right again. */
function append(slot: u32, from: usize, size: u32, headers: u32): void {
  const head = slots.head(slot);
  const frame = slots.frame(slot);
  memory.copy(frame + head.frameSize, from + headers, size - headers);
  head.frameSize += size - headers;
  const tcp = frame + head.vnetChecksumStart;
  const end = frame + head.frameSize;
  const flags = from + head.vnetChecksumStart + internet.TCP_FLAGS;
  store<u8>(tcp + internet.TCP_FLAGS, load<u8>(tcp + internet.TCP_FLAGS) | load<u8>(flags));
  internet.sealIp(frame + IP, is4(frame), tcp, end);
  const sum = internet.pseudoSum(frame + IP, is4(frame), <u32>(end - tcp));
  store<u16>(tcp + internet.TCP_CHECKSUM, checksum.fold(sum)); // the kernel adds the rest, where it has to
}

/** Adds a frame to the last one that waits for a tap, where it continues it. */
export function join(id: u32, slot: u32): bool {
  const e = queue.endpoint(id);
  if (e.head == e.tail) return false;
  const size = slots.head(slot).frameSize;
  const frame = slots.frame(slot);
  const headers = headersSize(frame, size);
  if (headers == 0) return false;
  const entry = queue.peek(id, e, e.tail - e.head - 1);
  if ((entry & abi.QUEUE_TAGGED) != 0) return false;
  const isPiece = entry >= abi.SLOT_COUNT;
  if (isPiece ? slots.head(entry).isGrowing == 0 : !isFirst(e, entry, headers)) return false;
  if (!follows(entry, frame, size, headers) || !isRight(frame, size)) return false;
  if (!isPiece && !isRight(slots.frame(entry), slots.head(entry).frameSize)) return false;
  append(isPiece ? entry : begin(id, e, entry, headers), frame, size, headers);
  e.sent += 1; // it has no entry of its own that would be counted
  return true;
}

/** Whether a frame that waits may begin a piece of segments with so many octets of headers. */
function isFirst(e: Endpoint, slot: u32, headers: u32): bool {
  const head = slots.head(slot);
  if (e.waiting != 0 || config().largeFree <= LARGE_KEPT || head.offload != abi.OFFLOAD_NONE) return false;
  return headersSize(slots.frame(slot), head.frameSize) == headers;
}
