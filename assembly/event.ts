// What a manager may want to hear of: addresses learned, forgotten, moved. Kept only while somebody watches.

import * as abi from "./abi";
import { EVENT_COUNT, EVENT_SIZE, EVENTS, RING_DATA, RING_HEAD, RING_TAIL } from "./abi";
import { config } from "./layout";
import * as ring from "./ring";

/** Tells of `key`, as ADDRESS_KEY, at `port`. Where nobody reads fast enough, the event is lost and counted. */
export function tell(kind: u32, key: u64, port: u32, otherPort: u32): void {
  if (config().watch == 0) return;
  const tail = load<u32>(EVENTS, RING_TAIL);
  if (tail - atomic.load<u32>(EVENTS, RING_HEAD) >= EVENT_COUNT) return lose(kind);
  const at: usize = EVENTS + RING_DATA + (tail & (EVENT_COUNT - 1)) * EVENT_SIZE;
  store<u64>(at, key, abi.EVENT_KEY);
  store<u16>(at, <u16>kind, abi.EVENT_KIND);
  store<u16>(at, <u16>port, abi.EVENT_PORT);
  store<u16>(at, <u16>otherPort, abi.EVENT_OTHER_PORT);
  atomic.store<u32>(EVENTS, tail + 1, RING_TAIL);
}

/** By its kind: whoever waits for others has missed nothing. */
function lose(kind: u32): void {
  ring.lose(EVENTS);
  const at: usize = EVENTS + kind * 4;
  store<u32>(at, load<u32>(at, abi.EVENT_LOST) + 1, abi.EVENT_LOST);
}
