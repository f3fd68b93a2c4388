// Tells of descriptors that can be read or written, where Node's own thread has other things to do: a thread of Node's
// pool sleeps in epoll for all of them. While none is watched, it is free, and holds no program up.

import {
  EPOLL_EVENT_DATA,
  EPOLL_EVENT_SIZE,
  EPOLLIN,
  epollAdd,
  epollCreate,
  epollModify,
  epollRemove,
  eventfd,
  quiet,
  ring,
} from "../native/epoll.js";
import { addressOf, bindAsync } from "../native/libc.js";

export type Ready = (events: number) => void;

const EVENT_COUNT = 64;
const FOREVER = -1;
const BELL = 0;
const waitFor = bindAsync<[epoll: number, events: number, count: number, timeoutMs: number]>(
  "int epoll_wait(int epoll, int64_t events, int count, int timeout)",
);

class Reactor {
  readonly #epoll = epollCreate();
  readonly #bell = eventfd();
  readonly #events = new DataView(new ArrayBuffer(EVENT_COUNT * EPOLL_EVENT_SIZE));
  readonly #watched = new Map<number, Ready>();
  /** By fd: a number is used again as soon as it is closed, and its events may still be on their way. */
  readonly #serials = new Map<number, number>();
  #serial = BELL;
  #isWaiting = false;

  constructor() {
    epollAdd(this.#epoll, this.#bell, EPOLLIN, BELL);
    process.on("exit", () => ring(this.#bell)); // Node joins its pool before it ends
  }

  watch(fd: number, events: number, ready: Ready): void {
    const serial = ++this.#serial >>> 0;
    epollAdd(this.#epoll, fd, events, serial);
    this.#serials.set(fd, serial);
    this.#watched.set(serial, ready);
    this.#wait();
  }

  change(fd: number, events: number): void {
    const serial = this.#serials.get(fd);
    if (serial !== undefined) epollModify(this.#epoll, fd, events, serial);
  }

  forget(fd: number): void {
    const serial = this.#serials.get(fd);
    if (serial === undefined) return;
    this.#serials.delete(fd);
    this.#watched.delete(serial);
    epollRemove(this.#epoll, fd);
    if (this.#watched.size === 0) ring(this.#bell);
  }

  #wait(): void {
    if (this.#isWaiting || this.#watched.size === 0) return;
    this.#isWaiting = true;
    waitFor(this.#epoll, addressOf(this.#events.buffer), EVENT_COUNT, FOREVER, (_failure, count) => this.#serve(count));
  }

  #serve(count: number): void {
    this.#isWaiting = false;
    for (let i = 0; i < count; i++) {
      const serial = this.#events.getUint32(i * EPOLL_EVENT_SIZE + EPOLL_EVENT_DATA, true);
      if (serial === BELL) quiet(this.#bell);
      else this.#watched.get(serial)?.(this.#events.getUint32(i * EPOLL_EVENT_SIZE, true));
    }
    this.#wait();
  }
}

let shared: Reactor | undefined;

/** The one reactor of this thread. */
export function reactor(): Reactor {
  shared ??= new Reactor();
  return shared;
}
