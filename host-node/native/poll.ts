// ppoll(2): what can be read or written now, and waiting for it with time-outs finer than a millisecond.

import { addressOf, bind, check, errno } from "./libc.js";

export const POLLIN = 0x1;
export const POLLOUT = 0x4;

const EINTR = 4;
/** struct pollfd: int fd, short events, short revents. */
const POLLFD_SIZE = 8;
const COUNT_MAX = 32;

const NO_MASK = 0;
const FOREVER = 0;

const cPoll = bind<[fds: number, count: number, timeout: number, mask: number]>(
  "int ppoll(int64_t fds, unsigned long count, int64_t timeout, int64_t mask)",
);
const cPrctl = bind<[operation: number, value: number]>("int prctl(int operation, unsigned long value)");
const PR_SET_TIMERSLACK = 29;

/** Lets this thread wake when it asked to: the kernel is free to be 50 µs late otherwise, to save a wake. */
export function wakeOnTime(): void {
  check(cPrctl(PR_SET_TIMERSLACK, 1), "prctl");
}

/** Descriptors to wait for, listed anew for each wait. */
export class PollSet {
  readonly #view = new DataView(new ArrayBuffer(POLLFD_SIZE * COUNT_MAX));
  readonly #at = addressOf(this.#view.buffer);
  /** struct timespec: seconds and nanoseconds. */
  readonly #time = new BigInt64Array(2);
  readonly #timeAt = addressOf(this.#time.buffer);
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
    const count = cPoll(this.#at, this.#count, timeoutMs < 0 ? FOREVER : this.#timespec(timeoutMs), NO_MASK);
    if (count >= 0 || errno() !== EINTR) return check(count, "ppoll");
    for (let place = 0; place < this.#count; place++) this.#view.setUint16(place * POLLFD_SIZE + 6, 0, true);
    return 0;
  }

  /** Where a time-out is. Up, so that what is due is due when it is over. */
  #timespec(timeoutMs: number): number {
    const seconds = Math.floor(timeoutMs / 1000);
    this.#time[0] = BigInt(seconds);
    this.#time[1] = BigInt(Math.min(999_999_999, Math.ceil((timeoutMs - 1000 * seconds) * 1e6)));
    return this.#timeAt;
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

/** Whether a read would not have to wait: there is something, or the end. */
export function isReadable(fd: number): boolean {
  one.clear();
  one.add(fd, POLLIN);
  return one.wait(0) > 0;
}
