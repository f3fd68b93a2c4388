// timerfd(2): a timer that epoll waits for. Unlike a time-out of epoll_wait, it costs nothing while it does not fire.

import { bind, check } from "./libc.js";

const CLOCK_MONOTONIC = 1;
const TFD_NONBLOCK = 0o4000;
const TFD_CLOEXEC = 0o2000000;
/** struct itimerspec: interval and value, each seconds and nanoseconds. */
const ITIMERSPEC_SIZE = 32;

const cCreate = bind<[number, number]>("int timerfd_create(int clock, int flags)");
const cSet = bind<[number, number, Uint8Array, null]>("int timerfd_settime(int fd, int flags, void *next, void *old)");

export function timerfd(): number {
  return check(cCreate(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC), "timerfd_create");
}

/** Lets a timer fire once, `delayMs` from now, and forget that it has fired before. */
export function setTimer(fd: number, delayMs: number): void {
  const next = new Uint8Array(ITIMERSPEC_SIZE);
  const view = new DataView(next.buffer);
  const ns = BigInt(Math.max(1, Math.ceil(delayMs * 1e6)));
  view.setBigInt64(16, ns / 1_000_000_000n, true);
  view.setBigInt64(24, ns % 1_000_000_000n, true);
  check(cSet(fd, 0, next, null), "timerfd_settime");
}
