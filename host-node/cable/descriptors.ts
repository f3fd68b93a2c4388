// Descriptors in an epoll set, and who is to be told of each.

import {
  EPOLL_EVENT_DATA,
  EPOLL_EVENT_SIZE,
  epollAdd,
  epollCreate,
  epollModify,
  epollRemove,
  eventfd,
  ring,
} from "../native/epoll.js";
import { addressOf, close, type SystemCallError } from "../native/libc.js";

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
  /** By fd: what is watched for a file or a device that is always ready, and that epoll refuses: a rung doorbell is, too. */
  readonly #standIns = new Map<number, number>();

  get size(): number {
    return this.#watched.size;
  }

  /** Adds one of the caller's own. */
  own(fd: number, events: number): void {
    epollAdd(this.epoll, fd, events, OWN);
  }

  watch(fd: number, events: number, ready: Ready): void {
    const serial = ++this.#serial >>> 0;
    this.#add(fd, events, serial);
    this.#serials.set(fd, serial);
    this.#watched.set(serial, ready);
  }

  change(fd: number, events: number): void {
    const serial = this.#serials.get(fd);
    if (serial !== undefined) epollModify(this.epoll, this.#standIns.get(fd) ?? fd, events, serial);
  }

  forget(fd: number): void {
    const serial = this.#serials.get(fd);
    if (serial === undefined) return;
    this.#serials.delete(fd);
    this.#watched.delete(serial);
    const standIn = this.#standIns.get(fd);
    epollRemove(this.epoll, standIn ?? fd);
    if (standIn === undefined) return;
    this.#standIns.delete(fd);
    close(standIn);
  }

  #add(fd: number, events: number, serial: number): void {
    try {
      epollAdd(this.epoll, fd, events, serial);
    } catch (error) {
      if ((error as SystemCallError).code !== "EPERM") throw error;
      const standIn = eventfd();
      ring(standIn);
      this.#standIns.set(fd, standIn);
      epollAdd(this.epoll, standIn, events, serial);
    }
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
