// Capture: copies of the frames that pass, for whoever watches. While nobody does, it costs one load a frame.

import * as abi from "./abi";
import { config } from "./layout";
import * as ring from "./ring";
import * as slots from "./slot";
import * as vector from "./vector";

/** Keeps a copy of the frame in a slot, as it came in or as it goes out. Where there is no room, it is counted. */
export function keep(slot: u32, port: u32, outgoing: bool, tagged: bool): void {
  const head = slots.head(slot);
  const size: u32 = outgoing ? vector.sizeOf(head, tagged) : head.frameSize;
  const record = ring.claim(abi.CAPTURE, abi.CAPTURE_OCTETS, abi.CAPTURE_FRAME + size);
  if (record == 0) return ring.lose(abi.CAPTURE);
  store<u16>(record, <u16>port, abi.CAPTURE_PORT);
  store<u16>(record, outgoing ? 1 : 0, abi.CAPTURE_OUTGOING);
  store<u32>(record, config().nowMs, abi.CAPTURE_TIME_MS);
  if (outgoing) vector.gather(slot, tagged, record + abi.CAPTURE_FRAME);
  else memory.copy(record + abi.CAPTURE_FRAME, slots.frame(slot), size);
  ring.commit(abi.CAPTURE, record, abi.CAPTURE_FRAME + size);
}
