// Links: endpoints whose frames come and go by rings in this memory, not by the kernel.

import * as abi from "./abi";
import * as forward from "./forward";
import { config, Endpoint } from "./layout";
import * as ports from "./port";
import * as queue from "./queue";
import * as ring from "./ring";
import * as slots from "./slot";
import * as vector from "./vector";

function inward(link: u32): usize {
  return abi.LINKS + link * abi.LINK_SIZE + abi.LINK_IN;
}

function outward(link: u32): usize {
  return abi.LINKS + link * abi.LINK_SIZE + abi.LINK_OUT;
}

/** Takes up to BATCH frames of a link. Returns whether it has more. */
function receive(link: u32, port: u32, nowMs: u32): bool {
  const from = inward(link);
  for (let i: u32 = 0; i < abi.BATCH; i++) {
    const record = ring.front(from, abi.LINK_IN_OCTETS);
    if (record == 0) return false;
    const size = ring.octetsOf(record);
    memory.copy(slots.frame(vector.slotOf(0)), record, min(size, abi.FRAME_MAX));
    forward.take(0, size, port, nowMs);
    ring.release(from, record);
  }
  return true;
}

/** Takes what a link brings, a batch, and lists it where its peer made room. Returns whether it has more. */
function serve(link: u32, nowMs: u32): bool {
  const id: u32 = load<u16>(abi.LINK_ENDPOINTS + (link << 1));
  if (id == 0) return false;
  const e = queue.endpoint(id);
  const more = receive(link, e.port, nowMs);
  if (e.waiting != 0 && atomic.load<u32>(outward(link), abi.RING_HEAD) != e.seenHead) queue.resume(id, e);
  return more;
}

/** Serves the links that were fed. Returns whether there is more. */
export function poll(nowMs: u32): bool {
  const words = (config().linkCount + 31) >>> 5;
  let more = false;
  for (let word: u32 = 0; word < words; word++) {
    const fed: usize = abi.LINK_FED + (word << 2);
    if (atomic.load<u32>(fed) == 0) continue;
    for (let bits = atomic.xchg<u32>(fed, 0); bits != 0; bits &= bits - 1) {
      const bit: u32 = ctz<u32>(bits);
      if (!serve((word << 5) | bit, nowMs)) continue;
      atomic.or<u32>(fed, 1 << bit);
      more = true;
    }
  }
  return more;
}

/** Copies the frame that waits first for a link into its ring. False where there is no room. */
function copyFront(id: u32, e: Endpoint): bool {
  const entry = queue.peek(id, e, 0);
  const slot = entry & ~abi.QUEUE_TAGGED;
  const tagged = (entry & abi.QUEUE_TAGGED) != 0;
  const size = vector.sizeOf(slots.head(slot), tagged);
  const record = ring.claim(outward(e.link), abi.LINK_OUT_OCTETS, size);
  if (record == 0) return false;
  vector.gather(slot, tagged, record);
  ring.commit(outward(e.link), record, size);
  queue.pop(id, e);
  e.sent += 1;
  return true;
}

/**
 * Moves what waits for a link into its ring, as far as there is room. Says that it waits for more before it looks once
 * again, so that a consumer who reads in between either is seen or sees that.
 */
export function deliver(id: u32): void {
  const e = queue.endpoint(id);
  fill(id, e);
  atomic.or<u32>(abi.LINK_FILLED + ((e.link >>> 5) << 2), 1 << (e.link & 31));
}

function fill(id: u32, e: Endpoint): void {
  while (e.head != e.tail) {
    e.seenHead = atomic.load<u32>(outward(e.link), abi.RING_HEAD);
    if (copyFront(id, e)) continue;
    atomic.store<u8>(changetype<usize>(e), 1, offsetof<Endpoint>("waiting"));
    if (atomic.load<u32>(outward(e.link), abi.RING_HEAD) == e.seenHead) return ports.trim(id);
    e.waiting = 0;
  }
}
