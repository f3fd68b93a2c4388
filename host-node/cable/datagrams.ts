// A socket whose datagrams are frames: VDE's data sockets, UDP, QEMU's dgram.

import { errno } from "../native/libc.js";
import { MSG_DONTWAIT, MSG_NOSIGNAL, recvmmsg, sendmmsg, setReceiveBuffer, setSendBuffer } from "../native/socket.js";
import { unread } from "../native/stream.js";
import { BATCH_COUNT, Batch } from "./batch.js";
import { HeadedVectors } from "./headed.js";
import { Messages } from "./messages.js";
import { ENDED, FRAME_MIN, type Side } from "./side.js";
import type { Vectors } from "./vectors.js";

const READ_COUNT = 64;
const SLOT = 9_280;
const MSG_TRUNC = 0x20;
const EINTR = 4;
const EAGAIN = 11;
const ECONNRESET = 104;
const EPIPE = 32;
/** ENOTCONN, ECONNREFUSED, ECONNRESET: the peer is not there, or another one is. */
const ABSENT = [107, 111, 104];

/** A message, a frame. Received frames, then the messages of both ways. */
class PlainVectors implements Vectors {
  readonly batch: Batch;
  readonly receiveCount = READ_COUNT;
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

  take(message: number): void {
    const size = this.receive.received(message);
    if (size >= FRAME_MIN && size <= SLOT) this.batch.add(message * SLOT, size);
  }

  list({ at, size, base, first, count }: Batch): [messages: number, count: number] {
    for (let i = first; i < count; i++) this.#send.set(i - first, 0, base + at[i]!, size[i]!);
    return [this.#send.address, count - first];
  }

  sent(batch: Batch, count: number): void {
    batch.first += count;
  }
}

export interface DatagramOptions {
  readonly name: string;
  readonly fd: number;
  /** Runs when it is closed, after the descriptor was. */
  readonly onclose: () => void;
  /** Whether an empty message is the end, as it is on a SOCK_SEQPACKET. */
  readonly endsEmpty?: boolean;
  /** Whether a virtio_net_hdr stands before each frame. */
  readonly heads?: boolean;
  /** The smallest TCP segments that the peer may leave to be cut: each of them costs what a frame does. */
  readonly segmentMin?: number;
  /** Looks for a peer that is not there, or has changed. Whether it was found. */
  readonly connect?: () => boolean;
  readonly port?: number | undefined;
}

export class DatagramSide implements Side {
  readonly name: string;
  readonly input: number;
  readonly output: number;
  readonly datagrams?: number;
  readonly isHeld = false;
  readonly heads: boolean;
  readonly port: number | undefined;
  onend: Side["onend"] = () => {};
  isOver = false;
  readonly #vectors: Vectors;
  readonly batch: Batch;
  readonly #endsEmpty: boolean;
  readonly #onclose: () => void;
  readonly #connect: () => boolean;

  constructor({ name, fd, onclose, endsEmpty = false, heads = false, segmentMin, connect, port }: DatagramOptions) {
    this.name = name;
    this.port = port;
    this.heads = heads;
    this.#vectors = heads ? new HeadedVectors(segmentMin) : new PlainVectors();
    this.batch = this.#vectors.batch;
    this.input = fd;
    this.output = fd;
    if (connect === undefined && !endsEmpty && !heads) this.datagrams = fd;
    this.#endsEmpty = endsEmpty;
    this.#onclose = onclose;
    this.#connect = connect ?? (() => false);
    setSendBuffer(fd);
    setReceiveBuffer(fd);
  }

  read(): number {
    const { batch } = this;
    const { receive, receiveCount } = this.#vectors;
    batch.clear();
    const flags = MSG_DONTWAIT | MSG_TRUNC; // with the true length of what is too long
    const count = recvmmsg(this.input, receive.address, receiveCount, flags, 0);
    if (count < 0) return this.#endsEmpty && [ECONNRESET, EPIPE].includes(errno()) ? ENDED : 0;
    for (let i = 0; i < count; i++) {
      if (this.#endsEmpty && receive.received(i) === 0) return batch.isEmpty ? ENDED : batch.count;
      this.#vectors.take(i);
    }
    return batch.count;
  }

  /** What the peer refuses for good is dropped, frame by frame: what may have become of it is not for this end to say. */
  write(batch: Batch): number {
    while (!batch.isEmpty) {
      const [messages, count] = this.#vectors.list(batch);
      const sent = sendmmsg(this.output, messages, count, MSG_DONTWAIT | MSG_NOSIGNAL);
      if (sent > 0) this.#vectors.sent(batch, sent);
      else if (errno() === EAGAIN) return 0;
      else if (!this.#recovers(errno())) {
        if (this.#endsEmpty) return ENDED;
        this.#vectors.sent(batch, 1);
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
    if (this.isOver) return;
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
