// A socket whose datagrams are frames: VDE's data sockets, UDP, QEMU's dgram.

import { errno } from "../native/libc.js";
import { growReceiveBuffer, growSendBuffer, MSG_DONTWAIT, MSG_NOSIGNAL, recvmmsg, sendmmsg } from "../native/socket.js";
import { unread } from "../native/stream.js";
import { BATCH_COUNT, Batch } from "./batch.js";
import { Messages } from "./messages.js";
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

/** The memory of a socket, which does not move: received frames, then the messages of both ways. */
class Vectors {
  readonly batch: Batch;
  readonly receive: Messages;
  readonly #send: Messages;

  constructor() {
    const [receive, send] = [
      { count: READ_COUNT, pieces: 1 },
      { count: BATCH_COUNT, pieces: 1 },
    ];
    const [receiveAt, sendAt] = [READ_COUNT * SLOT, READ_COUNT * SLOT + Messages.size(receive)];
    this.batch = new Batch(sendAt + Messages.size(send));
    const { octets, base } = this.batch;
    this.receive = new Messages(octets.buffer, base, receiveAt, receive);
    this.#send = new Messages(octets.buffer, base, sendAt, send);
    for (let i = 0; i < READ_COUNT; i++) this.receive.set(i, 0, base + i * SLOT, SLOT);
  }

  /** Lists the rest of a batch. Returns how many frames, and where their messages are. */
  list({ at, size, base, first, count }: Batch): [messages: number, count: number] {
    for (let i = first; i < count; i++) this.#send.set(i - first, 0, base + at[i]!, size[i]!);
    return [this.#send.address, count - first];
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
  isOver = false;
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
    const count = recvmmsg(this.input, this.#vectors.receive.address, READ_COUNT, flags, 0);
    if (count < 0) return this.#endsEmpty && [ECONNRESET, EPIPE].includes(errno()) ? ENDED : 0;
    for (let i = 0; i < count; i++) {
      const size = this.#vectors.receive.received(i);
      if (size >= FRAME_MIN && size <= SLOT) batch.add(i * SLOT, size);
      else if (size === 0 && this.#endsEmpty) return batch.isEmpty ? ENDED : batch.count;
    }
    return batch.count;
  }

  /** What the peer refuses for good is dropped, frame by frame: what may have become of it is not for this end to say. */
  write(batch: Batch): number {
    while (!batch.isEmpty) {
      const [messages, count] = this.#vectors.list(batch);
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

  /** Whoever opened it heard that the peer is gone. */
  end(): void {
    this.isOver = true;
    this.onend();
  }

  unread(): number {
    return unread(this.output);
  }

  close(): void {
    this.#onclose();
  }
}
