// Lists of messages for recvmmsg(2) and sendmmsg(2), laid out once in memory that does not move: headers, then the pieces
// of each, then room for what the kernel says beside the octets.

import { IOVEC_SIZE, MMSGHDR_SIZE, MSG_LENGTH, putAddress, putControl, putMessage } from "../native/stream.js";

export interface MessagesLayout {
  readonly count: number;
  /** Pieces of each message. */
  readonly pieces: number;
  /** Octets beside each message. */
  readonly control?: number;
}

export class Messages {
  /** Octets that messages take. */
  static size({ count, pieces, control = 0 }: MessagesLayout): number {
    return count * (MMSGHDR_SIZE + pieces * IOVEC_SIZE + control);
  }

  /** Where the headers are in this process. */
  readonly address: number;
  readonly #words: Uint32Array;
  readonly #base: number;
  readonly #at: number;
  readonly #layout: Required<MessagesLayout>;

  /** Lays messages out in a memory that is at `base` in this process, from `at` on, which is a multiple of eight. */
  constructor(memory: ArrayBufferLike, base: number, at: number, { control = 0, ...layout }: MessagesLayout) {
    this.#words = new Uint32Array(memory);
    this.#base = base;
    this.#at = at;
    this.#layout = { ...layout, control };
    this.address = base + at;
    for (let i = 0; i < layout.count; i++) {
      putMessage(this.#words, at + i * MMSGHDR_SIZE, base + this.#piece(i, 0), layout.pieces);
    }
    if (control > 0) this.offerControl();
  }

  /** Sets a piece of a message. */
  set(message: number, piece: number, address: number, size: number): void {
    const at = this.#piece(message, piece) >>> 2;
    putAddress(this.#words, at, address);
    this.#words[at + 2] = size;
  }

  /** Octets of a message that was received. */
  received(message: number): number {
    return this.#words[(this.#at + message * MMSGHDR_SIZE + MSG_LENGTH) >>> 2]!;
  }

  /** Offers all room beside the messages anew: the kernel notes what it used in the same place. */
  offerControl(): void {
    for (let i = 0; i < this.#layout.count; i++)
      putControl(this.#words, this.#at + i * MMSGHDR_SIZE, this.#base + this.control(i), this.#layout.control);
  }

  /** Where the room beside a message is in the memory. */
  control(message: number): number {
    const { count, pieces, control } = this.#layout;
    return this.#at + count * (MMSGHDR_SIZE + pieces * IOVEC_SIZE) + message * control;
  }

  #piece(message: number, piece: number): number {
    const { count, pieces } = this.#layout;
    return this.#at + count * MMSGHDR_SIZE + (message * pieces + piece) * IOVEC_SIZE;
  }
}
