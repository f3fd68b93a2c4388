// A batch of frames as recvmmsg(2) and sendmmsg(2) want it: message heads, one piece each, and the slots they point at.

import { addressOf } from "../host-node/native/libc.js";
import { recvmmsg, sendmmsg } from "../host-node/native/socket.js";
import { Frame } from "./frame.js";

const HEAD_SIZE = 64; // sizeof(struct mmsghdr) on every 64-bit Linux
const HEAD_PIECES = 16; // msg_iov
const HEAD_PIECE_COUNT = 24; // msg_iovlen
const PIECE_SIZE = 16; // sizeof(struct iovec)
const PIECE_LENGTH = 8; // iov_len
const SLOT_SIZE = 2048;

/** Room for `count` frames that is laid out once, and read and written by the kernel in place. */
export class Vector {
  readonly count: number;
  readonly frames: readonly Frame[];
  readonly #memory: ArrayBuffer;
  readonly #address: number;

  /** `size` is what is sent of each frame; a vector to receive with takes whatever fits. */
  constructor(count: number, size = SLOT_SIZE) {
    const pieces = count * HEAD_SIZE;
    const slots = pieces + count * PIECE_SIZE;
    this.count = count;
    this.#memory = new ArrayBuffer(slots + count * SLOT_SIZE);
    this.#address = addressOf(this.#memory);
    const view = new DataView(this.#memory);
    for (let i = 0; i < count; i++) {
      const piece = pieces + i * PIECE_SIZE;
      view.setBigUint64(i * HEAD_SIZE + HEAD_PIECES, BigInt(this.#address + piece), true);
      view.setBigUint64(i * HEAD_SIZE + HEAD_PIECE_COUNT, 1n, true);
      view.setBigUint64(piece, BigInt(this.#address + slots + i * SLOT_SIZE), true);
      view.setBigUint64(piece + PIECE_LENGTH, BigInt(size), true);
    }
    this.frames = Array.from({ length: count }, (_, i) => new Frame(this.#memory, slots + i * SLOT_SIZE, SLOT_SIZE));
  }

  /** Sends the first `count` frames. Returns how many the kernel took: none where the socket is full. */
  send(fd: number, count: number, flags: number): number {
    return Math.max(0, sendmmsg(fd, this.#address, count, flags));
  }

  /** Receives into the slots, from the first. Returns how many frames there were: none where there was nothing to read. */
  receive(fd: number, flags: number): number {
    return Math.max(0, recvmmsg(fd, this.#address, this.count, flags, 0));
  }
}
