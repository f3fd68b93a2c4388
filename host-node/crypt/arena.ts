// Where datagrams are opened to: one behind the other, so that a frame which was cut lies whole.

import { Batch } from "../cable/batch.js";
import { RECORDS_MAX } from "./train.js";

const SIZE = 1 << 18;
/** A cut frame that is kept, a datagram, and a frame put together from pieces. */
const ROOM = 1 << 16;
/** A datagram's frames, and those that its arrival completes. */
const FRAMES = RECORDS_MAX + 64;

export class Arena extends Batch {
  end = 0;

  constructor() {
    super(SIZE);
  }

  override clear(): void {
    super.clear();
    this.end = 0;
  }

  /** Whether another datagram may be opened to here before what is here is sent on. */
  get hasRoom(): boolean {
    return this.end + ROOM <= SIZE && this.count + FRAMES <= this.at.length;
  }
}

/** No larger datagram is opened. */
export const DATAGRAM_MAX = 1 << 14;
