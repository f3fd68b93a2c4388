// Vectors: frames as the kernel takes and gives them, without a copy. A frame that leaves with another tag than it came
// with is a gather list of two or three pieces around it.

import * as abi from "./abi";
import { INNER_TYPE, TYPE } from "./ethernet";
import { config, Head } from "./layout";
import * as queue from "./queue";
import * as slots from "./slot";

function pointer(address: usize): u64 {
  return config().base + <u64>address;
}

function piece(at: usize, address: usize, octets: u32): usize {
  store<u64>(at, pointer(address), abi.IOVEC_BASE);
  store<u64>(at, <u64>octets, abi.IOVEC_OCTETS);
  return at + abi.IOVEC_SIZE;
}

/** Describes a frame as it leaves, in up to PIECES_MAX pieces at `at`. Returns how many. */
function describe(slot: u32, tagged: bool, at: usize): u32 {
  const head = slots.head(slot);
  const frame = slots.frame(slot);
  const size = head.frameSize;
  const came = head.arrived;
  const asItCame = tagged ? came == abi.ARRIVED_TAGGED : came == abi.ARRIVED_UNTAGGED;
  if (asItCame) {
    piece(at, frame, size);
    return 1;
  }
  let next = piece(at, frame, <u32>TYPE);
  if (tagged) next = piece(next, changetype<usize>(head) + abi.HEAD_TAG, abi.TAG_SIZE);
  const rest = came == abi.ARRIVED_UNTAGGED ? TYPE : INNER_TYPE;
  piece(next, frame + rest, size - <u32>rest);
  return tagged ? 3 : 2;
}

/** How many octets a frame has as it leaves. */
export function sizeOf(head: Head, tagged: bool): u32 {
  const size = head.frameSize;
  const came = head.arrived;
  if (tagged) return came == abi.ARRIVED_UNTAGGED ? size + abi.TAG_SIZE : size;
  return came == abi.ARRIVED_UNTAGGED ? size : size - abi.TAG_SIZE;
}

/** Writes a frame as it leaves to `to`. */
export function gather(slot: u32, tagged: bool, to: usize): void {
  const head = slots.head(slot);
  const frame = slots.frame(slot);
  const size: usize = head.frameSize;
  const rest = head.arrived == abi.ARRIVED_UNTAGGED ? TYPE : INNER_TYPE;
  if (size < TYPE || (rest == TYPE && !tagged)) return memory.copy(to, frame, size);
  memory.copy(to, frame, TYPE);
  let at = to + TYPE;
  if (tagged) {
    store<u32>(at, head.arrived == abi.ARRIVED_TAGGED ? load<u32>(frame + TYPE) : head.tag);
    at += abi.TAG_SIZE;
  }
  memory.copy(at, frame + rest, size - rest);
}

/** Puts a fresh slot behind an entry of the receive vector. */
export function refill(entry: u32): void {
  const slot = slots.take();
  store<u32>(abi.RX_SLOTS + (entry << 2), slot);
  store<u64>(abi.RX_PIECES + entry * abi.IOVEC_SIZE, pointer(slots.frame(slot)), abi.IOVEC_BASE);
}

/** The slot behind an entry of the receive vector. */
export function slotOf(entry: u32): u32 {
  return load<u32>(abi.RX_SLOTS + (entry << 2));
}

/** Writes the head that a tap wants before a frame, moved along with a tag that was pushed or popped. */
function describeOffload(head: Head, tagged: bool, at: usize): void {
  store<u64>(at, 0);
  store<u16>(at, 0, 8);
  if (head.offload == abi.OFFLOAD_NONE) return;
  memory.copy(at, changetype<usize>(head) + abi.HEAD_VNET, abi.VNET_SIZE);
  const moved = sizeOf(head, tagged) - head.frameSize;
  store<u16>(at, <u16>(head.vnetChecksumStart + moved), abi.VNET_CHECKSUM_START);
  store<u16>(at, <u16>(head.vnetHeadersSize + moved), abi.VNET_HEADERS_SIZE);
}

/** Describes a frame for an endpoint in entry `i` of the transmit vector. Returns how many pieces it has. */
function describeFor(hasHead: bool, slot: u32, tagged: bool, i: u32): u32 {
  const at: usize = abi.TX_PIECES + i * abi.PIECES_MAX * abi.IOVEC_SIZE;
  if (!hasHead) return describe(slot, tagged, at);
  const vnet: usize = abi.TX_VNET + (i << 4);
  describeOffload(slots.head(slot), tagged, vnet);
  return 1 + describe(slot, tagged, piece(at, vnet, abi.VNET_SIZE));
}

/** Describes what waits for an endpoint in the transmit vector, at most BATCH frames. Returns how many. */
export function prepare(id: u32): u32 {
  const e = queue.endpoint(id);
  const count = min(e.tail - e.head, abi.BATCH);
  for (let i: u32 = 0; i < count; i++) {
    const entry = queue.peek(id, e, i);
    const tagged = (entry & abi.QUEUE_TAGGED) != 0;
    const pieces = describeFor(queue.hasHeads(e.kind), entry & ~abi.QUEUE_TAGGED, tagged, i);
    store<u64>(abi.TX + i * abi.MMSGHDR_SIZE, <u64>pieces, abi.MMSGHDR_IOV_COUNT);
  }
  return count;
}

/** The peer of an endpoint took the first `count` frames of the transmit vector. */
export function sent(id: u32, count: u32): void {
  const e = queue.endpoint(id);
  for (let i: u32 = 0; i < count; i++) queue.pop(id, e);
  e.sent += count;
}

/** Puts a fresh large slot where the next frame of a tap goes. */
export function refillTap(): void {
  const slot = slots.takeLarge();
  config().tapSlot = slot;
  const next = piece(abi.TAP_PIECES, changetype<usize>(slots.head(slot)) + abi.HEAD_VNET, abi.VNET_SIZE);
  piece(next, slots.frame(slot), abi.LARGE_SIZE);
}

/** Lays out both vectors. Once, at the start, when the base address is known. */
export function start(): void {
  for (let i: u32 = 0; i < abi.BATCH; i++) {
    const rx: usize = abi.RX + i * abi.MMSGHDR_SIZE;
    const tx: usize = abi.TX + i * abi.MMSGHDR_SIZE;
    store<u64>(rx, pointer(abi.RX_PIECES + i * abi.IOVEC_SIZE), abi.MMSGHDR_IOV);
    store<u64>(rx, 1, abi.MMSGHDR_IOV_COUNT);
    store<u64>(abi.RX_PIECES + i * abi.IOVEC_SIZE, <u64>abi.FRAME_MAX, abi.IOVEC_OCTETS);
    store<u64>(tx, pointer(abi.TX_PIECES + i * abi.PIECES_MAX * abi.IOVEC_SIZE), abi.MMSGHDR_IOV);
    refill(i);
  }
  refillTap();
}
