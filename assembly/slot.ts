// Slots: where frames lie while they wait. A free slot is in a list, last in first out, so that the ones in use stay in
// the cache; a slot in use counts the queues that its frame waits in. The receive vector holds BATCH more of them,
// and one large one waits for the next frame of a tap: these are neither.

import { HEAD_SIZE, HEADS, LARGE_SIZE, LARGE_SLOTS, SLOT_COUNT, SLOT_SIZE, SLOTS } from "./abi";
import { config, Head } from "./layout";

/** The head of a slot. */
export function head(slot: u32): Head {
  return changetype<Head>(HEADS + slot * HEAD_SIZE);
}

/** Where the frame of a slot is. */
export function frame(slot: u32): usize {
  return slot < SLOT_COUNT ? SLOTS + slot * SLOT_SIZE : LARGE_SLOTS + (slot - SLOT_COUNT) * LARGE_SIZE;
}

/** Takes a free slot. There must be one: CONFIG_SLOTS_FREE says. */
export function take(): u32 {
  const settings = config();
  assert(settings.slotsFree > 0);
  const slot = settings.slotNext;
  settings.slotNext = head(slot).next;
  settings.slotsFree -= 1;
  return slot;
}

/** Takes a free large slot. There must be one: CONFIG_LARGE_FREE says. */
export function takeLarge(): u32 {
  const settings = config();
  assert(settings.largeFree > 0);
  const slot = settings.largeNext;
  settings.largeNext = head(slot).next;
  settings.largeFree -= 1;
  head(slot).isGrowing = 0;
  return slot;
}

/** How many slots of the size of this one are free. */
export function left(slot: u32): u32 {
  return slot < SLOT_COUNT ? config().slotsFree : config().largeFree;
}

/** Gives a slot back. */
export function free(slot: u32): void {
  const settings = config();
  if (slot < SLOT_COUNT) {
    head(slot).next = <u16>settings.slotNext;
    settings.slotNext = slot;
    settings.slotsFree += 1;
  } else {
    head(slot).next = <u16>settings.largeNext;
    settings.largeNext = slot;
    settings.largeFree += 1;
  }
}

/** One queue less holds the slot. The last one frees it. */
export function release(slot: u32): void {
  const h = head(slot);
  assert(h.references > 0);
  h.references -= 1;
  if (h.references == 0) free(slot);
}
