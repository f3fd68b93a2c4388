// A network interface as an end of a cable, by a packet socket. What the kernel took off the frames is put back: VLAN tags,
// which it tells of beside them, and the segments that it or a card has put together.

import * as abi from "../../assembly/abi.js";
import { SwitchError } from "../../host/errors.js";
import { EPOLLIN, epollAdd, epollCreate } from "../native/epoll.js";
import { close, errno } from "../native/libc.js";
import { isThere } from "../native/packet.js";
import { MSG_DONTWAIT, MSG_NOSIGNAL, recvmmsg, sendmmsg, setReceiveBuffer, setSendBuffer } from "../native/socket.js";
import { receiveInto } from "../native/stream.js";
import { BATCH_COUNT, Batch } from "./batch.js";
import { Messages } from "./messages.js";
import { cut, type Leftover, segmentCount, settle } from "./offload.js";
import { ENDED, FRAME_MIN, type Side } from "./side.js";

const READ_COUNT = 16;
/** Before a frame: its virtio_net_hdr, and room for the tag that is put back. */
const HEADROOM = 16;
const ADDRESSES = 12;
const TAG = 4;
/** What the kernel puts together at the most, with headers. */
const SLOT = HEADROOM + 65_536 + 128;
/** A frame for a cable, or a segment. */
const SEGMENT = 9_280;
/** A control message's head, then struct tpacket_auxdata: status, and further on the tag. */
const CONTROL = 40;
const CONTROL_SIZE = 36;
const AUX = 16;
const AUX_TCI = AUX + 16;
const AUX_TYPE = AUX + 18;
const STATUS_TAGGED = 1 << 4;
const STATUS_HAS_TYPE = 1 << 6;
const TYPE_VLAN = 0x8100;
const EAGAIN = 11;
const EINTR = 4;
const ENETDOWN = 100;
const EMSGSIZE = 90;
/** ENXIO, ENODEV: the interface was removed. */
const GONE = [6, 19];

export interface PacketOptions {
  /** The interface's. */
  readonly name: string;
  readonly fd: number;
  /** A socket that can be read when interfaces change. */
  readonly changes: number;
  readonly onclose: () => void;
  /** Takes a line for people: that it is down, that frames are too long for it. */
  readonly warn: (text: string) => void;
}

export class PacketSide implements Side {
  readonly name: string;
  readonly input: number;
  readonly output: number;
  readonly isHeld = false;
  readonly batch: Batch;
  onend: Side["onend"] = () => {};
  readonly #options: PacketOptions;
  readonly #receive: Messages;
  readonly #send: Messages;
  readonly #segmentsAt: number;
  readonly #view: DataView;
  /** The messages that were received, the one at hand, and what is left of it. */
  #count = 0;
  #next = 0;
  #frame: Uint8Array = new Uint8Array();
  #leftover: Leftover | undefined;
  #segment = 0;
  #isLongTold = false;

  constructor(options: PacketOptions) {
    const { name, fd, changes } = options;
    this.name = `pcap ${name}`;
    this.input = epollCreate();
    for (const each of [fd, changes]) epollAdd(this.input, each, EPOLLIN, each);
    this.output = fd;
    this.#options = options;
    const receive = { count: READ_COUNT, pieces: 2, control: CONTROL };
    const send = { count: BATCH_COUNT, pieces: 2 };
    const [receiveAt, nothing] = [READ_COUNT * SLOT, READ_COUNT * SLOT + Messages.size(receive)];
    const sendAt = nothing + HEADROOM;
    this.#segmentsAt = sendAt + Messages.size(send);
    this.batch = new Batch(this.#segmentsAt + BATCH_COUNT * SEGMENT);
    const { octets, base } = this.batch;
    this.#view = new DataView(octets.buffer);
    this.#receive = new Messages(octets.buffer, base, receiveAt, receive);
    this.#send = new Messages(octets.buffer, base, sendAt, send);
    for (let i = 0; i < READ_COUNT; i++) {
      this.#receive.set(i, 0, base + i * SLOT, abi.VNET_SIZE);
      this.#receive.set(i, 1, base + i * SLOT + HEADROOM, SLOT - HEADROOM);
    }
    for (let i = 0; i < BATCH_COUNT; i++) this.#send.set(i, 0, base + nothing, abi.VNET_SIZE);
    setSendBuffer(fd);
    setReceiveBuffer(fd);
  }

  read(): number {
    this.batch.clear();
    if (this.#next === this.#count) {
      if (!this.#fill()) return ENDED;
      this.#open();
    }
    while (this.#next < this.#count && this.#list()) {
      this.#next++;
      this.#open();
    }
    return this.batch.count;
  }

  /** Whether what was received has segments that the last batch had no room for. */
  get holdsMore(): boolean {
    return this.#next < this.#count;
  }

  /** Receives. False where the interface is gone. */
  #fill(): boolean {
    this.#receive.offerControl();
    const count = recvmmsg(this.output, this.#receive.address, READ_COUNT, MSG_DONTWAIT, 0);
    [this.#next, this.#count] = [0, Math.max(count, 0)];
    if (count > 0) return true;
    const isDown = errno() === ENETDOWN;
    const { base, octets } = this.batch;
    while (receiveInto(this.#options.changes, base, octets.length, MSG_DONTWAIT) > 0); // it says no more than that
    if (!isThere(this.output)) return this.#end();
    if (isDown) this.#options.warn(`${this.#options.name} is down: nothing passes until it is up`);
    return true;
  }

  #end(): false {
    this.onend(new SwitchError("ENODEV", `${this.#options.name} was removed`));
    return false;
  }

  /** Looks at the next message: its frame, with its tag, and what is left to be done. */
  #open(): void {
    this.#leftover = undefined;
    this.#segment = 0;
    if (this.#next === this.#count) return;
    const slot = this.#next * SLOT;
    const size = this.#receive.received(this.#next) - abi.VNET_SIZE;
    if (size < FRAME_MIN || size > SLOT - HEADROOM) return;
    const tag = this.#putTag(slot, this.#receive.control(this.#next));
    const at = slot + HEADROOM - tag;
    this.#frame = this.batch.octets.subarray(at, at + size + tag);
    this.#leftover = settle(new DataView(this.#view.buffer, slot, abi.VNET_SIZE), this.#frame, tag);
  }

  /** Puts the tag back that the kernel took off. Returns its octets, or 0 where there was none. */
  #putTag(slot: number, control: number): number {
    const view = this.#view;
    const status = view.getUint32(control + AUX, true);
    const isTold = view.getUint32(control, true) >= CONTROL_SIZE;
    view.setUint32(control, 0); // so that it is not taken for the next message's
    if (!isTold || (status & STATUS_TAGGED) === 0) return 0;
    const start = slot + HEADROOM;
    this.batch.octets.copyWithin(start - TAG, start, start + ADDRESSES);
    const type = (status & STATUS_HAS_TYPE) === 0 ? TYPE_VLAN : view.getUint16(control + AUX_TYPE, true);
    view.setUint16(start - TAG + ADDRESSES, type);
    view.setUint16(start - TAG + ADDRESSES + 2, view.getUint16(control + AUX_TCI, true));
    return TAG;
  }

  /** Lists the frame at hand, or its segments as far as there is room. False where some are left. */
  #list(): boolean {
    const [left, { batch }] = [this.#leftover, this];
    if (left === undefined) return true;
    if (left.headers + left.segment > SEGMENT) return true; // for no cable
    if (left.headers === 0) {
      return this.#frame.length > SEGMENT || batch.add(this.#frame.byteOffset, this.#frame.length);
    }
    for (const count = segmentCount(left, this.#frame.length); this.#segment < count; this.#segment++) {
      if (batch.count === BATCH_COUNT) return false;
      const at = this.#segmentsAt + batch.count * SEGMENT;
      batch.add(at, cut(this.#frame, left, this.#segment, batch.octets.subarray(at, at + SEGMENT)));
    }
    return true;
  }

  /** What the interface does not take, being down or too small for it, is dropped. */
  write(batch: Batch): number {
    while (!batch.isEmpty) {
      const { at, size, base, first, count } = batch;
      for (let i = first; i < count; i++) this.#send.set(i - first, 1, base + at[i]!, size[i]!);
      const sent = sendmmsg(this.output, this.#send.address, count - first, MSG_DONTWAIT | MSG_NOSIGNAL);
      if (sent > 0) batch.first += sent;
      else if (errno() === EAGAIN) return 0;
      else if (GONE.includes(errno())) return this.#end() || ENDED;
      else if (errno() !== EINTR) this.#drop(batch, errno());
    }
    return 0;
  }

  #drop(batch: Batch, error: number): void {
    const size = batch.size[batch.first++]!;
    if (error !== EMSGSIZE || this.#isLongTold) return;
    this.#isLongTold = true;
    this.#options.warn(`${this.#options.name}: frames of ${size} octets are too long for its MTU, and are dropped`);
  }

  unread(): number {
    return 0;
  }

  close(): void {
    close(this.input);
    this.#options.onclose();
  }
}
