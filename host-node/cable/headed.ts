// Frames with a virtio_net_hdr before each, as a switch of ours sends them to who asked for it. TCP comes in pieces of up to
// 64 KiB, its checksums unfinished. What goes there is put together the same way: segments of one connection that follow each
// other in a batch are one message, gathered from where they lie. That is what network cards and drivers do (LRO, GRO), and
// it is done only for segments whose checksums the other end of a cable has left out.

import * as abi from "../../assembly/abi.js";
import { IOVEC_SIZE, MMSGHDR_SIZE, putAddress, putMessage } from "../native/stream.js";
import { BATCH_COUNT, Batch } from "./batch.js";
import { Messages } from "./messages.js";
import { isIp6, isTcp, settle, stretch, TCP_CHECKSUM, transport, UDP_CHECKSUM } from "./offload.js";
import { type Run, runOf, TCP_FLAGS, tcpHeaders } from "./run.js";
import { FRAME_MIN } from "./side.js";
import type { Vectors } from "./vectors.js";

const READ_COUNT = 16;
/** A virtio_net_hdr, and room behind it, so that what comes next is at a multiple of 16. */
const HEAD = 16;
/** The longest frame, and segment, that anybody on a cable takes. */
const FRAME = 9_280;
/** What the kernel puts together at the most, with an Ethernet header and tags. */
const SLOT = HEAD + 65_536 + 64;
/** Headers of a frame that is put together: Ethernet with two tags, IP, TCP, each the longest. */
const HEADERS = 160;

/** Where everything is, in octets. */
const RECEIVE = { count: READ_COUNT, pieces: 2 };
const RECEIVE_AT = READ_COUNT * SLOT;
const SEND_AT = RECEIVE_AT + Messages.size(RECEIVE);
const PIECES_AT = SEND_AT + BATCH_COUNT * MMSGHDR_SIZE;
/** One for each frame, and its headers or its head. */
const HEADS_AT = PIECES_AT + 2 * BATCH_COUNT * IOVEC_SIZE;
const HEAD_SIZE = HEAD + HEADERS;
/** The head of a frame that leaves nothing to be done. */
const NOTHING_AT = HEADS_AT + BATCH_COUNT * HEAD_SIZE;
const SIZE = NOTHING_AT + HEAD;

/** Where the TCP or UDP header begins whose checksum a head leaves to be computed; 0 where it is no such frame. */
function leftIn(head: DataView, frame: Uint8Array): number {
  if ((head.getUint8(abi.VNET_FLAGS) & abi.VNET_NEEDS_CHECKSUM) === 0) return 0;
  const start = transport(frame);
  return start === head.getUint16(abi.VNET_CHECKSUM_START, true) ? start : 0;
}

/** Whether TCP can be cut into segments of a size. */
function fits(frame: Uint8Array, start: number, segment: number): boolean {
  if (!isTcp(frame)) return false;
  const headers = tcpHeaders(frame, start);
  return headers < frame.length && headers + segment <= FRAME;
}

export class HeadedVectors implements Vectors {
  readonly batch = new Batch(SIZE);
  readonly receive: Messages;
  readonly receiveCount = READ_COUNT;
  readonly #words = new Uint32Array(this.batch.octets.buffer);
  readonly #view = new DataView(this.batch.octets.buffer);
  /** How many frames the first messages hold, by how many messages. */
  readonly #frames = new Uint16Array(BATCH_COUNT + 1);
  readonly #segmentMin: number;
  #piece = 0;

  /** What is to be cut into smaller segments than `segmentMin` is dropped. */
  constructor(segmentMin = 1) {
    this.#segmentMin = segmentMin;
    const { octets, base } = this.batch;
    this.receive = new Messages(octets.buffer, base, RECEIVE_AT, RECEIVE);
    for (let i = 0; i < READ_COUNT; i++) {
      this.receive.set(i, 0, base + i * SLOT, abi.VNET_SIZE);
      this.receive.set(i, 1, base + i * SLOT + HEAD, SLOT - HEAD);
    }
  }

  /** What is not TCP or UDP as it should be is finished here, or is no frame. */
  take(message: number): void {
    const slot = message * SLOT;
    const [at, size] = [slot + HEAD, this.receive.received(message) - abi.VNET_SIZE];
    if (size < FRAME_MIN || size > SLOT - HEAD) return;
    const head = new DataView(this.#view.buffer, slot, abi.VNET_SIZE);
    const frame = this.batch.octets.subarray(at, at + size);
    const start = leftIn(head, frame);
    if (head.getUint8(abi.VNET_SEGMENT_KIND) !== 0) {
      const segment = head.getUint16(abi.VNET_SEGMENT_SIZE, true);
      if (start !== 0 && segment >= this.#segmentMin && fits(frame, start, segment))
        this.batch.add(at, size, start, segment);
    } else if (size <= FRAME && (start !== 0 || settle(head, frame, 0) !== undefined)) this.batch.add(at, size, start);
  }

  list(batch: Batch): [messages: number, count: number] {
    let count = 0;
    this.#piece = 0;
    for (let i = batch.first; i < batch.count; count++) {
      this.#frames[count] = i - batch.first;
      const pieces = this.#piece;
      i += batch.start[i] === 0 ? this.#whole(batch, i) : this.#joined(batch, i, count);
      const list = this.batch.base + PIECES_AT + pieces * IOVEC_SIZE;
      putMessage(this.#words, SEND_AT + count * MMSGHDR_SIZE, list, this.#piece - pieces);
    }
    this.#frames[count] = batch.count - batch.first;
    return [this.batch.base + SEND_AT, count];
  }

  sent(batch: Batch, count: number): void {
    batch.first += this.#frames[count]!;
  }

  /** A frame as it is. */
  #whole(batch: Batch, i: number): number {
    this.#add(this.batch.base + NOTHING_AT, abi.VNET_SIZE);
    this.#add(batch.base + batch.at[i]!, batch.size[i]!);
    return 1;
  }

  /** A frame that leaves something to be done, with as many behind it as are one with it. Returns how many. */
  #joined(batch: Batch, i: number, message: number): number {
    const run = runOf(batch, i);
    const at = HEADS_AT + message * HEAD_SIZE + HEAD;
    const { octets, base } = this.batch;
    const headers = octets.subarray(at, at + run.headers);
    headers.set(batch.frame(i).subarray(0, run.headers));
    if (run.isTcp) headers[run.start + TCP_FLAGS] = run.flags;
    stretch(headers, run.start, run.size, run.isTcp);
    this.#describe(at - abi.VNET_SIZE, run, isIp6(headers));
    this.#add(base + at - abi.VNET_SIZE, abi.VNET_SIZE + run.headers);
    for (let j = i; j < i + run.frames; j++)
      if (batch.size[j]! > run.headers)
        this.#add(batch.base + batch.at[j]! + run.headers, batch.size[j]! - run.headers);
    return run.frames;
  }

  #describe(at: number, { headers, segment, start, isTcp }: Run, overIp6: boolean): void {
    const view = this.#view;
    const kind = overIp6 ? abi.VNET_TCP6 : abi.VNET_TCP4;
    view.setUint8(at + abi.VNET_FLAGS, abi.VNET_NEEDS_CHECKSUM);
    view.setUint8(at + abi.VNET_SEGMENT_KIND, segment === 0 ? 0 : kind);
    view.setUint16(at + abi.VNET_HEADERS_SIZE, headers, true);
    view.setUint16(at + abi.VNET_SEGMENT_SIZE, segment, true);
    view.setUint16(at + abi.VNET_CHECKSUM_START, start, true);
    view.setUint16(at + abi.VNET_CHECKSUM_OFFSET, isTcp ? TCP_CHECKSUM : UDP_CHECKSUM, true);
  }

  #add(address: number, size: number): void {
    const at = (PIECES_AT + this.#piece++ * IOVEC_SIZE) >>> 2;
    putAddress(this.#words, at, address);
    this.#words[at + 2] = size;
  }
}
