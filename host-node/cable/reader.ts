// Reads a stream of frames: as much as there is at once, into one buffer, in which the frames are found where they lie.

import { type Framing, Splitter } from "../../host/framing.js";
import { errno } from "../native/libc.js";
import { MSG_DONTWAIT } from "../native/socket.js";
import { readInto, receiveInto } from "../native/stream.js";
import { BATCH_COUNT, Batch } from "./batch.js";
import { ENDED } from "./side.js";

const SIZE = 1 << 19;
const EINTR = 4;
const EAGAIN = 11;

export class StreamReader {
  readonly batch = new Batch(SIZE);
  readonly splitter: Splitter;
  readonly #fd: number;
  readonly #isSocket: boolean;
  #start = 0;
  #end = 0;
  #mayHoldMore = false;

  /** A pipe's descriptor must not block; of a socket no more is asked. */
  constructor(fd: number, isSocket: boolean, framing: Framing) {
    this.#fd = fd;
    this.#isSocket = isSocket;
    this.splitter = new Splitter(framing);
  }

  read(): number {
    this.batch.clear();
    if (this.#mayHoldMore && this.#split() > 0) return this.batch.count;
    this.#compact();
    const size = this.#fill();
    if (size === 0) return ENDED;
    if (size < 0) return errno() === EAGAIN || errno() === EINTR ? 0 : ENDED;
    this.#end += size;
    return this.#split();
  }

  /** Whether there are whole frames that the last batch had no room for: no descriptor tells of them. */
  get holdsMore(): boolean {
    return this.#mayHoldMore;
  }

  #fill(): number {
    const { octets, base } = this.batch;
    const [address, room] = [base + this.#end, octets.length - this.#end];
    return this.#isSocket ? receiveInto(this.#fd, address, room, MSG_DONTWAIT) : readInto(this.#fd, address, room);
  }

  #split(): number {
    const { batch } = this;
    this.#start = this.splitter.split(batch.octets, this.#start, this.#end, (at, size) => batch.add(at, size));
    this.#mayHoldMore = batch.count === BATCH_COUNT;
    return batch.count;
  }

  /** What is left of the last piece goes to the front; it is less than a frame. */
  #compact(): void {
    this.batch.octets.copyWithin(0, this.#start, this.#end);
    this.#end -= this.#start;
    this.#start = 0;
  }
}
