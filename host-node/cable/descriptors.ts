// Descriptors in an epoll set, and who is to be told of each.

import {
  EPOLL_EVENT_DATA,
  EPOLL_EVENT_SIZE,
  epollAdd,
  epollCreate,
  epollModify,
  epollRemove,
} from "../native/epoll.js";
import { addressOf } from "../native/libc.js";

export type Ready = (events: number) => void;

/** Events that are told of in one go. */
export const EVENT_COUNT = 64;
/** The mark of a descriptor that is its caller's own. */
export const OWN = 0;

export class Descriptors {
  readonly epoll = epollCreate();
  readonly #events = new DataView(new ArrayBuffer(EVENT_COUNT * EPOLL_EVENT_SIZE));
  /** Where epoll_wait writes up to EVENT_COUNT events. */
  readonly at = addressOf(this.#events.buffer);
  readonly #watched = new Map<number, Ready>();
  /** By fd: a number is used again as soon as it is closed, and its events may still be on their way. */
  readonly #serials = new Map<number, number>();
  #serial = OWN;

  get size(): number {
    return this.#watched.size;
  }

  /** Adds one of the caller's own. */
  own(fd: number, events: number): void {
    epollAdd(this.epoll, fd, events, OWN);
  }

  watch(fd: number, events: number, ready: Ready): void {
    const serial = ++this.#serial >>> 0;
    epollAdd(this.epoll, fd, events, serial);
    this.#serials.set(fd, serial);
    this.#watched.set(serial, ready);
  }

  change(fd: number, events: number): void {
    const serial = this.#serials.get(fd);
    if (serial !== undefined) epollModify(this.epoll, fd, events, serial);
  }

  forget(fd: number): void {
    const serial = this.#serials.get(fd);
    if (serial === undefined) return;
    this.#serials.delete(fd);
    this.#watched.delete(serial);
    epollRemove(this.epoll, fd);
  }

  /** Tells of the first `count` events. True where one of the caller's own was among them. */
  serve(count: number): boolean {
    let hasOwn = false;
    for (let i = 0; i < count; i++) {
      const serial = this.#events.getUint32(i * EPOLL_EVENT_SIZE + EPOLL_EVENT_DATA, true);
      if (serial === OWN) hasOwn = true;
      else this.#watched.get(serial)?.(this.#events.getUint32(i * EPOLL_EVENT_SIZE, true));
    }
    return hasOwn;
  }
}
