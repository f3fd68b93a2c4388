// Queues: what waits for an endpoint. A frame joins where two limits let it: the endpoint's own, and its share of the
// memory: no queue may be longer than the number of slots that are left, so that the more of them fill up, the less each
// holds (dynamic thresholds, Choudhury and Hahne 1998, with alpha 1). An eighth of the slots is out of bounds for endpoints
// whose peers take no more: however many of these there are, a port that flows finds room. Large slots go to taps only,
// which do not stall: there one that is free is enough.

import * as abi from "./abi";
import { config, Endpoint } from "./layout";
import * as slots from "./slot";

/** Slots that are kept from endpoints whose peers take no more. */
const KEPT: u32 = abi.SLOT_COUNT / 8;

function cell(id: u32, cursor: u32): usize {
  return abi.QUEUES + id * abi.QUEUE_SIZE + ((cursor & (abi.QUEUE_COUNT - 1)) << 2);
}

export function endpoint(id: u32): Endpoint {
  return changetype<Endpoint>(abi.ENDPOINTS + id * abi.ENDPOINT_SIZE);
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

/** The peer of an endpoint has room again. */
export function resume(id: u32, e: Endpoint): void {
  e.waiting = 0;
  if (e.head != e.tail) mark(id, e);
}

/** How many frames may wait for an endpoint, as memory is now. */
function share(e: Endpoint): u32 {
  const free = config().slotsFree;
  if (e.waiting == 0) return free;
  return free > KEPT ? free - KEPT : 0;
}

/** Whether more waits for an endpoint than its share. */
export function isOver(e: Endpoint): bool {
  return e.tail - e.head > share(e);
}

/** Puts a slot into an endpoint's queue. Returns DROP_NONE, or why it could not. */
export function put(id: u32, slot: u32, tagged: bool): u32 {
  const e = endpoint(id);
  const waiting = e.tail - e.head;
  if (waiting >= e.limit) return abi.DROP_QUEUE;
  if (slot < abi.SLOT_COUNT ? waiting >= share(e) : config().largeFree == 0) return abi.DROP_SHARE;
  store<u32>(cell(id, e.tail), tagged ? slot | abi.QUEUE_TAGGED : slot);
  e.tail += 1;
  slots.head(slot).references += 1;
  mark(id, e);
  return abi.DROP_NONE;
}

/** The entry that is `ahead` places behind the front: a slot, with QUEUE_TAGGED. */
export function peek(id: u32, e: Endpoint, ahead: u32): u32 {
  return load<u32>(cell(id, e.head + ahead));
}

/** Takes the front entry out, and lets go of its slot. */
export function pop(id: u32, e: Endpoint): void {
  assert(e.head != e.tail);
  slots.release(peek(id, e, 0) & ~abi.QUEUE_TAGGED);
  e.head += 1;
}

/** Takes the last entry out, and lets go of its slot. */
export function unput(id: u32, e: Endpoint): void {
  assert(e.head != e.tail);
  e.tail -= 1;
  slots.release(peek(id, e, e.tail - e.head) & ~abi.QUEUE_TAGGED);
}
