// Rings of records between one producer and one consumer, which may run on two threads. A record is a u32 with the
// number of its octets, and these, padded to 8. It never wraps: where the end is too near, RING_SKIP says to go on at the
// start. A record counts from the moment when the cursor behind it is stored, atomically and last.

import { RING_DATA, RING_HEAD, RING_LOST, RING_SKIP, RING_TAIL } from "./abi";

const LEAD: u32 = 4;

function padded(octets: u32): u32 {
  return (LEAD + octets + 7) & ~7;
}

/**
 * Room for a record of `octets` in a ring of `capacity`, or 0 where there is none. It counts after `commit`.
 */
export function claim(ring: usize, capacity: u32, octets: u32): usize {
  const tail = load<u32>(ring, RING_TAIL);
  const room = capacity - (tail - atomic.load<u32>(ring, RING_HEAD));
  const at = tail & (capacity - 1);
  const toEnd = capacity - at;
  const need = padded(octets);
  if (need <= toEnd) return need <= room ? ring + RING_DATA + at + LEAD : 0;
  if (toEnd + need > room) return 0;
  store<u32>(ring + RING_DATA + at, RING_SKIP);
  atomic.store<u32>(ring, tail + toEnd, RING_TAIL);
  return ring + RING_DATA + LEAD;
}

/** Hands the record of `octets` at `record`, just claimed and filled, to the consumer. */
export function commit(ring: usize, record: usize, octets: u32): void {
  store<u32>(record - LEAD, octets);
  atomic.store<u32>(ring, load<u32>(ring, RING_TAIL) + padded(octets), RING_TAIL);
}

/** One record more found no room. */
export function lose(ring: usize): void {
  store<u32>(ring, load<u32>(ring, RING_LOST) + 1, RING_LOST);
}

/** The oldest record, or 0 where there is none. Its size is 4 octets before it; it stays until `release`. */
export function front(ring: usize, capacity: u32): usize {
  const tail = atomic.load<u32>(ring, RING_TAIL);
  let head = load<u32>(ring, RING_HEAD);
  if (head == tail) return 0;
  if (load<u32>(ring + RING_DATA + (head & (capacity - 1))) == RING_SKIP) {
    head += capacity - (head & (capacity - 1));
    atomic.store<u32>(ring, head, RING_HEAD);
    if (head == tail) return 0;
  }
  return ring + RING_DATA + (head & (capacity - 1)) + LEAD;
}

/** How many octets the record at `record` has. */
export function octetsOf(record: usize): u32 {
  return load<u32>(record - LEAD);
}

/** Gives the front record's room back to the producer. */
export function release(ring: usize, record: usize): void {
  atomic.store<u32>(ring, load<u32>(ring, RING_HEAD) + padded(octetsOf(record)), RING_HEAD);
}
