// A tap interface as an end of a cable: one frame a call, as the kernel has it.

import { errno } from "../native/libc.js";
import { IOVEC_SIZE, putAddress, readInto } from "../native/stream.js";
import { writeFrame } from "../native/tun.js";
import { Batch } from "./batch.js";
import { ENDED, FRAME_MIN, type Side } from "./side.js";

const READ_COUNT = 64;
const SLOT = 9_280;
const PIECE = READ_COUNT * SLOT;
const EAGAIN = 11;
/** ENXIO, EBADFD, ENODEV: the interface was deleted. EIO only says that it is down. */
const GONE = [6, 77, 19];

export class TapSide implements Side {
  readonly name: string;
  readonly input: number;
  readonly output: number;
  readonly isHeld = false;
  readonly batch = new Batch(PIECE + IOVEC_SIZE);
  onend: Side["onend"] = () => {};
  readonly #words = new Uint32Array(this.batch.octets.buffer);
  readonly #onclose: () => void;

  constructor(name: string, fd: number, onclose: () => void) {
    this.name = name;
    this.input = fd;
    this.output = fd;
    this.#onclose = onclose;
  }

  read(): number {
    const { batch } = this;
    batch.clear();
    for (let i = 0; i < READ_COUNT; i++) {
      const size = readInto(this.input, batch.base + i * SLOT, SLOT);
      if (size < 0) return batch.isEmpty && GONE.includes(errno()) ? ENDED : batch.count;
      if (size >= FRAME_MIN) batch.add(i * SLOT, size);
    }
    return batch.count;
  }

  /** A frame that the interface does not take, being down, is dropped. */
  write(batch: Batch): number {
    for (; !batch.isEmpty; batch.first++) {
      const at = PIECE >>> 2;
      putAddress(this.#words, at, batch.base + batch.at[batch.first]!);
      this.#words[at + 2] = batch.size[batch.first]!;
      if (writeFrame(this.output, this.batch.base + PIECE, 1) >= 0) continue;
      if (errno() === EAGAIN) return 0;
      if (GONE.includes(errno())) return ENDED;
    }
    return 0;
  }

  unread(): number {
    return 0;
  }

  close(): void {
    this.#onclose();
  }
}
