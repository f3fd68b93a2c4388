// Queues: what waits for an endpoint. A frame joins where two limits let it: the endpoint's own, and its share of the
// memory: no queue may be longer than the number of slots that are left, so that the more of them fill up, the less each
// holds (dynamic thresholds, Choudhury and Hahne 1998, with alpha 1). An eighth of the slots is out of bounds for endpoints
// whose peers take no more: however many of these there are, a port that flows finds room. Large slots are shared out by the
// same rule among those that take them.
//
// What the kernel holds for a peer that takes no more counts like what waits here: as frames against the endpoint's limit,
// as memory against its share.

import * as abi from "./abi";
import { config, Endpoint } from "./layout";
import * as slots from "./slot";

/** Slots that are kept from endpoints whose peers take no more. */
const KEPT: u32 = abi.SLOT_COUNT / 8;
const KEPT_LARGE: u32 = abi.LARGE_COUNT / 8;
/** What the kernel holds takes away no more slots than this: who stops for a moment beside many that never read has some. */
const HELD_MAX: u32 = (abi.SLOT_COUNT - KEPT) / 2;
/** What Linux takes for a datagram beside its octets: struct skb_shared_info, and struct sk_buff. */
const SHARED_INFO: u32 = 320;
const SK_BUFF: u32 = 256;
const HELD_MIN: u32 = 512;

function cell(id: u32, cursor: u32): usize {
  return abi.QUEUES + id * abi.QUEUE_SIZE + ((cursor & (abi.QUEUE_COUNT - 1)) << 1);
}

export function endpoint(id: u32): Endpoint {
  return changetype<Endpoint>(abi.ENDPOINTS + id * abi.ENDPOINT_SIZE);
}

/** Whether an endpoint's frames have a head, and may leave work to be done. */
export function hasHeads(kind: u8): bool {
  return kind == abi.KIND_TAP || kind == abi.KIND_OFFLOAD;
}

/** Lists an endpoint for the next flush, unless its peer takes no more: a full socket is left alone. */
export function mark(id: u32, e: Endpoint): void {
  if ((e.dirty | e.waiting) != 0) return;
  const settings = config();
  assert(settings.dirtyCount < abi.ENDPOINT_COUNT);
  e.dirty = 1;
  store<u16>(abi.DIRTY + (settings.dirtyCount << 1), <u16>id);
  settings.dirtyCount += 1;
}

/** Octets of kernel memory for a datagram of a size: a power of two for its data, as kmalloc has them. */
function kernelCost(size: u32): u32 {
  const data = max(size + SHARED_INFO, HELD_MIN);
  return (1 << (32 - clz<u32>(data - 1))) + SK_BUFF;
}

/**
 * Records how many octets the kernel has queued for an endpoint. The kernel reports octets and not frames, so the number of
 * frames is estimated from the size of the frame at the head of our own queue, which the kernel had no room for.
 */
export function hold(id: u32, e: Endpoint, octets: u32): void {
  const settings = config();
  assert(settings.held >= e.held);
  settings.held += octets - e.held;
  e.held = octets;
  e.heldFrames = 0;
  if (octets == 0 || e.head == e.tail) return;
  const cost = kernelCost(slots.head(peek(id, e, 0) & ~abi.QUEUE_TAGGED).frameSize);
  e.heldFrames = (octets + cost - 1) / cost;
}

/** The peer of an endpoint has room again. */
export function resume(id: u32, e: Endpoint): void {
  e.waiting = 0;
  hold(id, e, 0);
  if (e.head != e.tail) mark(id, e);
}

/** How many of `free` slots may wait for an endpoint. */
function shareOf(e: Endpoint, free: u32, kept: u32): u32 {
  if (e.waiting == 0) return free;
  return free > kept ? free - kept : 0;
}

/** The number of slots that hold `octets` octets. */
function slotsOf(octets: u32): u32 {
  return (octets + abi.SLOT_SIZE - 1) / abi.SLOT_SIZE;
}

/** How many frames may wait for an endpoint here, as memory is now. */
function share(e: Endpoint): u32 {
  const whole = shareOf(e, config().slotsFree, KEPT + min(slotsOf(config().held), HELD_MAX));
  const held = slotsOf(e.held);
  return whole > held ? whole - held : 0;
}

/** How many of them in large slots. */
function shareLarge(e: Endpoint): u32 {
  return shareOf(e, config().largeFree, KEPT_LARGE);
}

/** Why the last frame that waits for an endpoint is one too many, or DROP_NONE. */
export function excess(e: Endpoint): u32 {
  const waiting = e.tail - e.head;
  if (waiting != 0 && waiting + e.heldFrames > e.limit) return abi.DROP_QUEUE;
  return waiting > share(e) || e.large > shareLarge(e) ? abi.DROP_SHARE : abi.DROP_NONE;
}

/** Puts a slot into an endpoint's queue. Returns DROP_NONE, or why it could not. */
export function put(id: u32, slot: u32, tagged: bool): u32 {
  const e = endpoint(id);
  const waiting = e.tail - e.head;
  if (waiting + e.heldFrames >= e.limit) return abi.DROP_QUEUE;
  if (slot < abi.SLOT_COUNT ? waiting >= share(e) : e.large >= shareLarge(e)) return abi.DROP_SHARE;
  store<u16>(cell(id, e.tail), <u16>(tagged ? slot | abi.QUEUE_TAGGED : slot));
  e.tail += 1;
  if (slot >= abi.SLOT_COUNT) e.large += 1;
  slots.head(slot).references += 1;
  mark(id, e);
  return abi.DROP_NONE;
}

/** The entry that is `ahead` places behind the front: a slot, with QUEUE_TAGGED. */
export function peek(id: u32, e: Endpoint, ahead: u32): u32 {
  return load<u16>(cell(id, e.head + ahead));
}

/** Lets go of the slot of an entry that was taken out. */
function letGo(e: Endpoint, entry: u32): void {
  const slot = entry & ~abi.QUEUE_TAGGED;
  if (slot >= abi.SLOT_COUNT) e.large -= 1;
  slots.release(slot);
}

/** Puts a large slot, which the queue holds from now on, in the place of the last entry. */
export function replaceLast(id: u32, e: Endpoint, slot: u32): void {
  assert(e.head != e.tail && slot >= abi.SLOT_COUNT);
  letGo(e, peek(id, e, e.tail - e.head - 1));
  store<u16>(cell(id, e.tail - 1), <u16>slot);
  e.large += 1;
}

/** Takes the front entry out, and lets go of its slot. */
export function pop(id: u32, e: Endpoint): void {
  assert(e.head != e.tail);
  letGo(e, peek(id, e, 0));
  e.head += 1;
}

/** Takes the last entry out, and lets go of its slot. */
export function unput(id: u32, e: Endpoint): void {
  assert(e.head != e.tail);
  e.tail -= 1;
  letGo(e, peek(id, e, e.tail - e.head));
}
