// poll(2): what can be read or written now.

import { addressOf, bind, check, errno } from "./libc.js";

export const POLLIN = 0x1;
export const POLLOUT = 0x4;

const EINTR = 4;
/** struct pollfd: int fd, short events, short revents. */
const POLLFD_SIZE = 8;
const COUNT_MAX = 32;

const cPoll = bind<[fds: number, count: number, timeoutMs: number]>(
  "int poll(int64_t fds, unsigned long count, int timeout)",
);

/** Descriptors to wait for, listed anew for each wait. */
export class PollSet {
  readonly #view = new DataView(new ArrayBuffer(POLLFD_SIZE * COUNT_MAX));
  readonly #at = addressOf(this.#view.buffer);
  #count = 0;

  clear(): void {
    this.#count = 0;
  }

  /** Lists a descriptor. Returns the place in which its answer will be. */
  add(fd: number, events: number): number {
    const at = this.#count * POLLFD_SIZE;
    this.#view.setInt32(at, fd, true);
    this.#view.setUint32(at + 4, events, true);
    return this.#count++;
  }

  /** Waits until one of them is ready, time is up, or a signal came. Returns how many are. -1 waits for ever. */
  wait(timeoutMs: number): number {
    const count = cPoll(this.#at, this.#count, timeoutMs);
    if (count >= 0 || errno() !== EINTR) return check(count, "poll");
    for (let place = 0; place < this.#count; place++) this.#view.setUint16(place * POLLFD_SIZE + 6, 0, true);
    return 0;
  }

  /** What is so of the descriptor in a place: readable, writable, hung up, failed. 0 where nothing is. */
  ready(place: number): number {
    return this.#view.getUint16(place * POLLFD_SIZE + 6, true);
  }
}

const one = new PollSet();

/** Whether a write of up to 4,096 octets would not have to wait. True too where it would fail. */
export function isWritable(fd: number): boolean {
  one.clear();
  one.add(fd, POLLOUT);
  return one.wait(0) > 0;
}
