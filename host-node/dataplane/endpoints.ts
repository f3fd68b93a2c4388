// Frames between the kernel and the core's vectors: what each kind of endpoint does to read and to write. No frame becomes
// a JavaScript object, and none is copied here.

import * as abi from "../../assembly/abi.js";
import { EPOLLIN, EPOLLOUT, epollModify } from "../native/epoll.js";
import { errno } from "../native/libc.js";
import { MSG_DONTWAIT, MSG_NOSIGNAL, recvmmsg, send, sendmmsg } from "../native/socket.js";
import { unread } from "../native/stream.js";
import { readFrame, writeFrame } from "../native/tun.js";
import type { CoreModule } from "../wasm.js";

const EINTR = 4;
const EAGAIN = 11;
/** ECONNREFUSED and ECONNRESET: a peer went, or went elsewhere, and may come back. Its control connection says more. */
const PASSING = [111, 104];
/** Frames read of a tap in one go: each may take a large slot until it is flushed. */
const TAP_BATCH = 16;
const SOCKET_BATCHES = 4;
const SOCKETS: readonly number[] = [abi.KIND_SOCKET, abi.KIND_OFFLOAD];
const SEND_FLAGS = MSG_DONTWAIT | MSG_NOSIGNAL;
/**
 * How many peers that are behind are offered frames without being asked, and how often in vain. Where more are behind at
 * once than have a place here, as in a broadcast to many, the others lose frames until the kernel says that they have room.
 */
const BEHIND_MAX = 64;
const OFFERS_MAX = 32;

export class Endpoints {
  readonly #core: CoreModule;
  readonly #epoll: number;
  readonly #base: number;
  readonly #u8: Uint8Array;
  readonly #u32: Uint32Array;
  readonly #i32: Int32Array;
  readonly #rx: number;
  readonly #tx: number;
  /** Peers that are behind, and took something a moment ago: how often they took nothing since. */
  readonly #behind = new Map<number, number>();
  readonly #unread = new Uint8Array(4);

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

  /** Reads one batch. Returns 0, or the errno that says that the endpoint is broken. */
  read(id: number, nowMs: number): number {
    const fd = this.fd(id);
    const kind = this.kind(id);
    const count = kind === abi.KIND_SOCKET ? this.#readSocket(id, fd, nowMs) : this.#readHeaded(id, fd, nowMs);
    if (count >= 0) return 0;
    const error = errno();
    if (error === EAGAIN || error === EINTR) return 0;
    return kind !== abi.KIND_TAP && PASSING.includes(error) ? 0 : error;
  }

  /** Reads more than one batch where the first is full: the more frames of a sender go out at once, the less its peers wake. */
  #readSocket(id: number, fd: number, nowMs: number): number {
    let count = 0;
    for (let i = 0; i < SOCKET_BATCHES; i++) {
      count = recvmmsg(fd, this.#rx, abi.BATCH, MSG_DONTWAIT, 0);
      if (count > 0) this.#core.receive(id, count, nowMs);
      if (count > 0) this.offer();
      if (count < abi.BATCH) return i === 0 ? count : 0;
    }
    return count;
  }

  /**
   * Reads frame by frame, as taps want it, each with its head. No more than half of the large slots that are free: as many
   * may wait for one endpoint, and the rest comes when they are sent.
   */
  #readHeaded(id: number, fd: number, nowMs: number): number {
    const least = this.#freeLarge() >>> 1;
    for (let i = 0; i < TAP_BATCH; i++) {
      if (i > 0 && this.#freeLarge() <= least) return i;
      const size = readFrame(fd, this.#base + abi.TAP_PIECES, 2);
      if (size < 0) return i === 0 ? -1 : i;
      this.#core.receiveTap(id, Math.max(0, size - abi.VNET_SIZE), nowMs);
    }
    return TAP_BATCH;
  }

  #freeLarge(): number {
    return this.#u32[(abi.CONFIG + abi.CONFIG_LARGE_FREE) >>> 2] ?? 0;
  }

  /** Sends what waits, as far as the peer takes it. What it does not take stays, and the endpoint waits for room. */
  flush(id: number): void {
    if (this.#send(id)) return;
    const fd = this.fd(id);
    this.#core.wait(id, unread(fd, this.#unread));
    epollModify(this.#epoll, fd, EPOLLIN | EPOLLOUT, id);
    if (this.#behind.size < BEHIND_MAX && this.kind(id) !== abi.KIND_TAP) this.#behind.set(id, 0);
  }

  /** Sends what waits. False where the peer takes no more for now. */
  #send(id: number): boolean {
    const isTap = this.kind(id) === abi.KIND_TAP;
    const fd = this.fd(id);
    for (;;) {
      const count = this.#core.prepare(id);
      if (count === 0) return true;
      const sent = isTap ? this.#writeTap(fd, count) : this.#sendSocket(fd, count);
      if (sent > 0) this.#core.sent(id, sent);
      else if (errno() === EAGAIN) return false;
      else if (errno() !== EINTR) this.#core.refused(id);
    }
  }

  /**
   * Offers frames to peers that are behind. The kernel says that a socket has room when three quarters of it are empty; the
   * peer would have read the rest, and sleep, before a batch of others is served. Who takes nothing is not offered more
   * until the kernel says so.
   */
  offer(): void {
    for (const [id, inVain] of this.#behind) {
      const at = abi.ENDPOINTS + id * abi.ENDPOINT_SIZE;
      const head = (at + abi.ENDPOINT_HEAD) >>> 2;
      const before = this.#u32[head];
      const isOther = this.#u8[at + abi.ENDPOINT_WAITING] === 0 || !SOCKETS.includes(this.kind(id));
      const isEmpty = this.#u32[(at + abi.ENDPOINT_TAIL) >>> 2] === before; // the kernel's part alone fills a small queue
      if (isOther) this.#behind.delete(id);
      else if (!isEmpty && this.#send(id)) this.resume(id);
      else if (this.#u32[head] !== before) this.#behind.set(id, 0);
      else if (inVain < OFFERS_MAX) this.#behind.set(id, inVain + 1);
      else this.#behind.delete(id);
    }
  }

  /** One frame in one piece is a third cheaper as it is than in a vector, and many ports seldom have more to send. */
  #sendSocket(fd: number, count: number): number {
    if (count > 1 || this.#pieces(0) > 1) return sendmmsg(fd, this.#tx, count, SEND_FLAGS);
    const piece = abi.TX_PIECES >>> 2;
    const low = this.#u32[piece + (abi.IOVEC_BASE >>> 2)] ?? 0;
    const high = this.#u32[piece + (abi.IOVEC_BASE >>> 2) + 1] ?? 0;
    const size = this.#u32[piece + (abi.IOVEC_OCTETS >>> 2)] ?? 0;
    return send(fd, high * 2 ** 32 + low, size, SEND_FLAGS) < 0 ? -1 : 1;
  }

  #pieces(entry: number): number {
    return this.#u32[(abi.TX + entry * abi.MMSGHDR_SIZE + abi.MMSGHDR_IOV_COUNT) >>> 2] ?? 0;
  }

  #writeTap(fd: number, count: number): number {
    for (let i = 0; i < count; i++) {
      const vector = this.#base + abi.TX_PIECES + i * abi.PIECES_MAX * abi.IOVEC_SIZE;
      if (writeFrame(fd, vector, this.#pieces(i)) < 0) return i === 0 ? -1 : i;
    }
    return count;
  }

  /** The peer has room again. */
  resume(id: number): void {
    this.#behind.delete(id);
    epollModify(this.#epoll, this.fd(id), EPOLLIN, id);
    this.#core.resume(id);
  }
}
