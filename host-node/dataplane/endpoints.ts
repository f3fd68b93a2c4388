// Frames between the kernel and the core's vectors: what each kind of endpoint does to read and to write. No frame becomes
// a JavaScript object, and none is copied here.

import * as abi from "../../assembly/abi.js";
import { EPOLLIN, EPOLLOUT, epollModify } from "../native/epoll.js";
import { errno } from "../native/libc.js";
import { MSG_DONTWAIT, MSG_NOSIGNAL, recvmmsg, sendmmsg } from "../native/socket.js";
import { readFrame, writeFrame } from "../native/tun.js";
import type { CoreModule } from "../wasm.js";

const EINTR = 4;
const EAGAIN = 11;
const SEND_FLAGS = MSG_DONTWAIT | MSG_NOSIGNAL;

export class Endpoints {
  readonly #core: CoreModule;
  readonly #epoll: number;
  readonly #base: number;
  readonly #u8: Uint8Array;
  readonly #u32: Uint32Array;
  readonly #i32: Int32Array;
  readonly #rx: number;
  readonly #tx: number;

  constructor(core: CoreModule, epoll: number, base: number) {
    const memory = core.memory.buffer;
    this.#core = core;
    this.#epoll = epoll;
    this.#base = base;
    this.#u8 = new Uint8Array(memory);
    this.#u32 = new Uint32Array(memory);
    this.#i32 = new Int32Array(memory);
    this.#rx = base + abi.RX;
    this.#tx = base + abi.TX;
  }

  kind(id: number): number {
    return this.#u8[abi.ENDPOINTS + id * abi.ENDPOINT_SIZE + abi.ENDPOINT_KIND] ?? 0;
  }

  fd(id: number): number {
    return this.#i32[(abi.ENDPOINTS + id * abi.ENDPOINT_SIZE + abi.ENDPOINT_FD) >>> 2] ?? -1;
  }

  /** Reads one batch. Returns how many slots are free then, or minus the errno that says that the endpoint is broken. */
  read(id: number, nowMs: number): number {
    const fd = this.fd(id);
    const count =
      this.kind(id) === abi.KIND_TAP ? this.#readTap(fd) : recvmmsg(fd, this.#rx, abi.BATCH, MSG_DONTWAIT, 0);
    if (count >= 0) return this.#core.receive(id, count, nowMs);
    const error = errno();
    return error === EAGAIN || error === EINTR ? this.#core.receive(id, 0, nowMs) : -error;
  }

  /** Reads frame by frame, as taps want it, into the same vector. */
  #readTap(fd: number): number {
    for (let i = 0; i < abi.BATCH; i++) {
      const slot = this.#u32[(abi.RX_SLOTS >>> 2) + i] ?? 0;
      const size = readFrame(fd, this.#base + abi.SLOTS + slot * abi.SLOT_SIZE, abi.FRAME_MAX + 1);
      if (size < 0) return i === 0 ? -1 : i;
      const message = (abi.RX + i * abi.MMSGHDR_SIZE) >>> 2;
      this.#u32[message + (abi.MMSGHDR_FRAME_SIZE >>> 2)] = size;
      this.#u32[message + (abi.MMSGHDR_FLAGS >>> 2)] = 0;
    }
    return abi.BATCH;
  }

  /** Sends what waits, as far as the peer takes it. What it does not take stays, and the endpoint waits for room. */
  flush(id: number): void {
    const isTap = this.kind(id) === abi.KIND_TAP;
    const fd = this.fd(id);
    for (;;) {
      const count = this.#core.prepare(id);
      if (count === 0) return;
      const sent = isTap ? this.#writeTap(fd, count) : sendmmsg(fd, this.#tx, count, SEND_FLAGS);
      if (sent > 0) this.#core.sent(id, sent);
      else if (!this.#recover(id, fd)) return;
    }
  }

  #writeTap(fd: number, count: number): number {
    for (let i = 0; i < count; i++) {
      const pieces = this.#u32[(abi.TX + i * abi.MMSGHDR_SIZE + abi.MMSGHDR_IOV_COUNT) >>> 2] ?? 0;
      const vector = this.#base + abi.TX_PIECES + i * abi.PIECES_MAX * abi.IOVEC_SIZE;
      if (writeFrame(fd, vector, pieces) < 0) return i === 0 ? -1 : i;
    }
    return count;
  }

  /** After a send that failed: whether to go on with the next frame. */
  #recover(id: number, fd: number): boolean {
    const error = errno();
    if (error === EINTR) return true;
    if (error !== EAGAIN) {
      this.#core.refused(id);
      return true;
    }
    this.#core.wait(id);
    epollModify(this.#epoll, fd, EPOLLIN | EPOLLOUT, id);
    return false;
  }

  /** The peer has room again. */
  resume(id: number): void {
    epollModify(this.#epoll, this.fd(id), EPOLLIN, id);
    this.#core.resume(id);
  }
}
