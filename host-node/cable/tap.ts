// A tap interface as an end of a cable: one frame a call, as the kernel has it.

import * as abi from "../../assembly/abi.js";
import { errno } from "../native/libc.js";
import { IOVEC_SIZE, putAddress, readInto } from "../native/stream.js";
import { writeFrame } from "../native/tun.js";
import { Batch } from "./batch.js";
import { settle } from "./offload.js";
import { ENDED, FRAME_MIN, type Side } from "./side.js";

const READ_COUNT = 64;
const SLOT = 9_280;
/** What is written, as a list of two pieces: the header, which says nothing, and the frame. */
const PIECES = READ_COUNT * SLOT;
const FRAME_PIECE = PIECES + IOVEC_SIZE;
const HEADER = FRAME_PIECE + IOVEC_SIZE;
const END = (HEADER + abi.VNET_SIZE + 3) & ~3;
const EAGAIN = 11;
/** ENXIO, EBADFD, ENODEV: the interface was deleted. EIO only says that it is down. */
const GONE = [6, 77, 19];

export interface TapOptions {
  /** The interface's. */
  readonly name: string;
  readonly fd: number;
  /** Whether a virtio_net_hdr stands before each frame. */
  readonly hasHeader?: boolean;
  readonly onclose: () => void;
}

export class TapSide implements Side {
  readonly name: string;
  readonly input: number;
  readonly output: number;
  readonly isHeld = false;
  readonly batch = new Batch(END);
  onend: Side["onend"] = () => {};
  readonly #words = new Uint32Array(this.batch.octets.buffer);
  readonly #header: number;
  readonly #onclose: () => void;

  constructor({ name, fd, hasHeader = false, onclose }: TapOptions) {
    this.name = `tap ${name}`;
    this.input = fd;
    this.output = fd;
    this.#header = hasHeader ? abi.VNET_SIZE : 0;
    this.#onclose = onclose;
    const at = PIECES >>> 2;
    putAddress(this.#words, at, this.batch.base + HEADER);
    this.#words[at + 2] = abi.VNET_SIZE;
  }

  read(): number {
    const { batch } = this;
    batch.clear();
    for (let i = 0; i < READ_COUNT; i++) {
      const size = readInto(this.input, batch.base + i * SLOT, SLOT);
      if (size < 0) return batch.isEmpty && GONE.includes(errno()) ? ENDED : batch.count;
      this.#list(i * SLOT, size);
    }
    return batch.count;
  }

  /** Lists what was read. What is still to be cut was put up before offload ended, and is dropped. */
  #list(at: number, size: number): void {
    const [start, length] = [at + this.#header, size - this.#header];
    const { octets } = this.batch;
    if (length < FRAME_MIN) return;
    if (this.#header > 0) {
      const left = settle(new DataView(octets.buffer, at, this.#header), octets.subarray(start, start + length), 0);
      if (left?.headers !== 0) return;
    }
    this.batch.add(start, length);
  }

  /** A frame that the interface does not take, being down, is dropped. */
  write(batch: Batch): number {
    const [vector, pieces] = this.#header > 0 ? [PIECES, 2] : [FRAME_PIECE, 1];
    for (; !batch.isEmpty; batch.first++) {
      const at = FRAME_PIECE >>> 2;
      putAddress(this.#words, at, batch.base + batch.at[batch.first]!);
      this.#words[at + 2] = batch.size[batch.first]!;
      if (writeFrame(this.output, this.batch.base + vector, pieces) >= 0) continue;
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
