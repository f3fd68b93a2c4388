// What the kernel leaves to a network card: checksums to be finished, and TCP to be cut into segments. A tap whose driver
// may leave this work costs a fraction of one that may not; another tap, or a plug that asked for it, takes it as it is. For
// everybody else it is done here, once a frame.

import * as abi from "./abi";
import * as checksum from "./checksum";
import * as ethernet from "./ethernet";
import * as internet from "./internet";
import { config, Head } from "./layout";
import * as queue from "./queue";
import * as slots from "./slot";

const UDP_CHECKSUM: usize = 6;
const TCP_FIN_PSH: u32 = 0x09;
const TCP_CWR: u32 = 0x80;

/** Where the IP header of a frame starts: behind two tags at the most, a provider's too. */
function network(frame: usize): u32 {
  let type = <u32>ethernet.TYPE;
  while (type <= <u32>ethernet.INNER_TYPE && ethernet.isAnyTag(frame + type)) type += abi.TAG_SIZE;
  return type + 2;
}

/** Octets of a frame before its TCP payload, or 0 where what its tap says of it does not fit. */
function headersSize(slot: u32, head: Head): u32 {
  const frame = slots.frame(slot);
  const start: u32 = head.vnetChecksumStart;
  const is4 = head.vnetSegmentKind == abi.VNET_TCP4;
  const least = network(frame) + (is4 ? internet.IP4_HEADER_MIN : internet.IP6_HEADER);
  if (start < least || start + internet.TCP_HEADER_MIN > head.frameSize) return 0;
  const size = start + internet.tcpHeaderSize(frame + start);
  return size < start + internet.TCP_HEADER_MIN || size >= head.frameSize ? 0 : size;
}

/**
 * Whether what a plug says of a frame may be believed: a tap's kernel says nothing else, and a program may say anything,
 * which other taps would have to hear.
 */
function isHonest(head: Head): bool {
  if ((head.vnetFlags & ~abi.VNET_NEEDS_CHECKSUM) != 0) return false;
  const offset: usize = head.vnetChecksumOffset;
  if (head.vnetSegmentKind != 0) {
    const isTcp = head.vnetFlags == abi.VNET_NEEDS_CHECKSUM && offset == internet.TCP_CHECKSUM;
    return isTcp && <u32>head.vnetSegmentSize >= abi.PLUG_SEGMENT_MIN;
  }
  return head.vnetFlags == 0 || offset == internet.TCP_CHECKSUM || offset == UDP_CHECKSUM;
}

/**
 * Notes what a tap said of the frame in a slot, or with `doubted` a plug. Returns the octets of the largest frame that it
 * stands for, 0 if none.
 */
export function note(slot: u32, doubted: bool): u32 {
  const head = slots.head(slot);
  head.offload = abi.OFFLOAD_NONE;
  if (doubted && !isHonest(head)) return 0;
  if (head.vnetSegmentKind != 0) {
    if (head.vnetSegmentKind != abi.VNET_TCP4 && head.vnetSegmentKind != abi.VNET_TCP6) return 0;
    const headers = headersSize(slot, head);
    if (headers == 0 || head.vnetSegmentSize == 0) return 0;
    head.offload = abi.OFFLOAD_SEGMENTS;
    return min(headers + head.vnetSegmentSize, head.frameSize);
  }
  if ((head.vnetFlags & abi.VNET_NEEDS_CHECKSUM) == 0) return head.frameSize;
  const start: u32 = head.vnetChecksumStart;
  if (start < network(slots.frame(slot)) + internet.IP4_HEADER_MIN) return 0; // it would change what is read before it
  if (start + head.vnetChecksumOffset + 2 > head.frameSize) return 0;
  head.offload = abi.OFFLOAD_CHECKSUM;
  return head.frameSize;
}

/** Finishes a checksum in place: its field holds the sum of the pseudo-header so far. */
function complete(slot: u32): void {
  const head = slots.head(slot);
  const start: u32 = head.vnetChecksumStart;
  const frame = slots.frame(slot);
  const sum = checksum.finish(checksum.add(0, frame + start, head.frameSize - start));
  store<u16>(frame + start + head.vnetChecksumOffset, sum == 0 ? 0xffff : sum); // 0 would mean "none" in UDP
  head.offload = abi.OFFLOAD_NONE;
}

/** Sets the lengths and checksums of one segment. */
function seal(frame: usize, size: u32, head: Head, index: u32): void {
  const ip = frame + network(frame);
  const tcp = frame + <u32>head.vnetChecksumStart;
  const tcpSize = <u32>(frame + size - tcp);
  const is4 = head.vnetSegmentKind == abi.VNET_TCP4;
  if (is4) internet.storeBe16(ip + internet.IP4_ID, ethernet.u16be(ip + internet.IP4_ID) + index);
  internet.sealIp(ip, is4, tcp, frame + size);
  store<u16>(tcp + internet.TCP_CHECKSUM, 0);
  const sum = checksum.add(internet.pseudoSum(ip, is4, tcpSize), tcp, tcpSize);
  store<u16>(tcp + internet.TCP_CHECKSUM, checksum.finish(sum));
}

/** Makes the segment that carries the payload from `offset` on. Flags that end or push go with the last, CWR with the first. */
function cut(whole: u32, headers: u32, offset: u32, index: u32): u32 {
  const from = slots.head(whole);
  const source = slots.frame(whole);
  const payload = min(<u32>from.vnetSegmentSize, from.frameSize - headers - offset);
  const slot = slots.take();
  const head = slots.head(slot);
  memory.copy(changetype<usize>(head), changetype<usize>(from), abi.HEAD_SIZE);
  head.references = 0;
  head.offload = abi.OFFLOAD_NONE;
  head.frameSize = headers + payload;
  const frame = slots.frame(slot);
  memory.copy(frame, source, headers);
  memory.copy(frame + headers, source + headers + offset, payload);
  const tcp = frame + <u32>from.vnetChecksumStart;
  store<u32>(tcp + internet.TCP_SEQUENCE, bswap<u32>(internet.u32be(tcp + internet.TCP_SEQUENCE) + offset));
  const isLast = headers + offset + payload == from.frameSize;
  const cleared = (isLast ? 0 : TCP_FIN_PSH) | (index == 0 ? 0 : TCP_CWR);
  store<u8>(tcp + internet.TCP_FLAGS, <u8>(load<u8>(tcp + internet.TCP_FLAGS) & ~cleared));
  seal(frame, headers + payload, from, index);
  return slot;
}

/** Cuts a frame into segments, where that has not been done. False where there is no room for them. */
function segment(slot: u32): bool {
  const settings = config();
  if (settings.segmentCount != 0) return true;
  const head = slots.head(slot);
  const headers = headersSize(slot, head);
  const size: u32 = head.vnetSegmentSize;
  const count = (head.frameSize - headers + size - 1) / size;
  if (count > abi.SEGMENTS_MAX || count + abi.BATCH > settings.slotsFree) return false;
  for (let i: u32 = 0; i < count; i++) store<u32>(abi.SEGMENTS + (i << 2), cut(slot, headers, i * size, i));
  settings.segmentCount = count;
  return true;
}

/** Puts a frame with work left on it into the queue of an endpoint that is no tap. Returns DROP_NONE or why not. */
export function put(id: u32, slot: u32, tagged: bool): u32 {
  const head = slots.head(slot);
  if (head.offload == abi.OFFLOAD_CHECKSUM) {
    complete(slot);
    return queue.put(id, slot, tagged);
  }
  if (!segment(slot)) return abi.DROP_MEMORY;
  let result = abi.DROP_NONE;
  for (let i: u32 = 0; i < config().segmentCount; i++) {
    const segmentSlot = load<u32>(abi.SEGMENTS + (i << 2));
    slots.head(segmentSlot).tag = head.tag;
    const reason = queue.put(id, segmentSlot, tagged);
    if (reason != abi.DROP_NONE) result = reason;
  }
  return result;
}

/** The frame at hand is done with: lets go of the segments that nobody took. */
export function finish(): void {
  const settings = config();
  for (let i: u32 = 0; i < settings.segmentCount; i++) {
    const slot = load<u32>(abi.SEGMENTS + (i << 2));
    if (slots.head(slot).references == 0) slots.free(slot);
  }
  settings.segmentCount = 0;
}
