// A socket whose datagrams are frames: VDE's data sockets, UDP, QEMU's dgram.

import { errno } from "../native/libc.js";
import { growReceiveBuffer, growSendBuffer, MSG_DONTWAIT, MSG_NOSIGNAL, recvmmsg, sendmmsg } from "../native/socket.js";
import { IOVEC_SIZE, MMSGHDR_SIZE, MSG_LENGTH, putAddress, putMessage, unread } from "../native/stream.js";
import { BATCH_COUNT, Batch } from "./batch.js";
import { ENDED, FRAME_MIN, type Side } from "./side.js";

const READ_COUNT = 64;
const SLOT = 9_280;
const MSG_TRUNC = 0x20;
const EINTR = 4;
const EAGAIN = 11;
const ECONNRESET = 104;
const EPIPE = 32;
/** ENOTCONN, ECONNREFUSED, ECONNRESET: the peer is not there, or another one is. */
const ABSENT = [107, 111, 104];
/** The kernel doubles it: some 3,600 large frames may wait, in place of 93. */
const BUFFER = 1 << 22;

/** The gather lists of a socket, in memory that does not move: received frames, then headers and lists for both ways. */
class Vectors {
  readonly receive = READ_COUNT * SLOT;
  readonly send = this.receive + READ_COUNT * (MMSGHDR_SIZE + IOVEC_SIZE);
  readonly batch = new Batch(this.send + BATCH_COUNT * (MMSGHDR_SIZE + IOVEC_SIZE));
  readonly words = new Uint32Array(this.batch.octets.buffer);

  constructor() {
    this.#lay(this.receive, READ_COUNT);
    this.#lay(this.send, BATCH_COUNT);
    const pieces = this.receive + READ_COUNT * MMSGHDR_SIZE;
    for (let i = 0; i < READ_COUNT; i++) this.#piece(pieces + i * IOVEC_SIZE, this.batch.base + i * SLOT, SLOT);
  }

  /** Messages of one piece each, the pieces after them. */
  #lay(messages: number, count: number): void {
    const pieces = this.batch.base + messages + count * MMSGHDR_SIZE;
    for (let i = 0; i < count; i++) putMessage(this.words, messages + i * MMSGHDR_SIZE, pieces + i * IOVEC_SIZE, 1);
  }

  #piece(at: number, address: number, size: number): void {
    putAddress(this.words, at >>> 2, address);
    this.words[(at >>> 2) + 2] = size;
  }

  received(i: number): number {
    return this.words[(this.receive + i * MMSGHDR_SIZE + MSG_LENGTH) >>> 2]!;
  }

  /** Lists the rest of a batch. Returns how many frames. */
  list({ at, size, base, first, count }: Batch): number {
    const pieces = this.send + BATCH_COUNT * MMSGHDR_SIZE;
    for (let i = first; i < count; i++) this.#piece(pieces + (i - first) * IOVEC_SIZE, base + at[i]!, size[i]!);
    return count - first;
  }
}

export interface DatagramOptions {
  readonly name: string;
  readonly fd: number;
  /** Runs when it is closed, after the descriptor was. */
  readonly onclose: () => void;
  /** Whether an empty message is the end, as it is on a SOCK_SEQPACKET. */
  readonly endsEmpty?: boolean;
  /** Looks for a peer that is not there, or has changed. Whether it was found. */
  readonly connect?: () => boolean;
}

export class DatagramSide implements Side {
  readonly name: string;
  readonly input: number;
  readonly output: number;
  readonly datagrams?: number;
  readonly isHeld = false;
  onend: Side["onend"] = () => {};
  readonly #vectors = new Vectors();
  readonly batch = this.#vectors.batch;
  readonly #endsEmpty: boolean;
  readonly #onclose: () => void;
  readonly #connect: () => boolean;

  constructor({ name, fd, onclose, endsEmpty = false, connect }: DatagramOptions) {
    this.name = name;
    this.input = fd;
    this.output = fd;
    if (connect === undefined && !endsEmpty) this.datagrams = fd;
    this.#endsEmpty = endsEmpty;
    this.#onclose = onclose;
    this.#connect = connect ?? (() => false);
    growSendBuffer(fd, BUFFER);
    growReceiveBuffer(fd, BUFFER);
  }

  read(): number {
    const { batch } = this;
    batch.clear();
    const flags = MSG_DONTWAIT | MSG_TRUNC; // with the true length of what is too long
    const count = recvmmsg(this.input, batch.base + this.#vectors.receive, READ_COUNT, flags, 0);
    if (count < 0) return this.#endsEmpty && [ECONNRESET, EPIPE].includes(errno()) ? ENDED : 0;
    for (let i = 0; i < count; i++) {
      const size = this.#vectors.received(i);
      if (size >= FRAME_MIN && size <= SLOT) batch.add(i * SLOT, size);
      else if (size === 0 && this.#endsEmpty) return batch.isEmpty ? ENDED : batch.count;
    }
    return batch.count;
  }

  /** What the peer refuses for good is dropped, frame by frame: what may have become of it is not for this end to say. */
  write(batch: Batch): number {
    while (!batch.isEmpty) {
      const count = this.#vectors.list(batch);
      const messages = this.batch.base + this.#vectors.send;
      const sent = sendmmsg(this.output, messages, count, MSG_DONTWAIT | MSG_NOSIGNAL);
      if (sent > 0) batch.first += sent;
      else if (errno() === EAGAIN) return 0;
      else if (!this.#recovers(errno())) {
        if (this.#endsEmpty) return ENDED;
        batch.first++;
      }
    }
    return 0;
  }

  /** Whether a send that failed is worth trying again at once. */
  #recovers(error: number): boolean {
    return error === EINTR || (ABSENT.includes(error) && this.#connect());
  }

  unread(): number {
    return unread(this.output);
  }

  close(): void {
    this.#onclose();
  }
}
