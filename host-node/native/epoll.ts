// epoll(7) and eventfd(2): what the data plane sleeps in, and what wakes it.

import { bind, check, errno } from "./libc.js";

export const EPOLLIN = 0x1;
export const EPOLLOUT = 0x4;
export const EPOLLERR = 0x8;
export const EPOLLHUP = 0x10;

/** struct epoll_event is packed on x86-64 alone: 4 octets of events, then 8 of data. */
const packed = process.arch === "x64";
export const EPOLL_EVENT_SIZE = packed ? 12 : 16;
export const EPOLL_EVENT_DATA = packed ? 4 : 8;

const EPOLL_CLOEXEC = 0o2000000;
const EPOLL_CTL_ADD = 1;
const EPOLL_CTL_DEL = 2;
const EPOLL_CTL_MOD = 3;
const ENOENT = 2;
const EFD_NONBLOCK = 0o4000;
const EFD_CLOEXEC = 0o2000000;

const cCreate = bind<[number]>("int epoll_create1(int flags)");
const cControl = bind<[number, number, number, Uint8Array | null]>(
  "int epoll_ctl(int epoll, int operation, int fd, void *event)",
);
const cEventfd = bind<[number, number]>("int eventfd(uint32_t initial, int flags)");
const cWrite = bind<[number, Uint8Array, number]>("long write(int fd, void *data, uint64_t size)");
const cRead = bind<[number, Uint8Array, number]>("long read(int fd, void *data, uint64_t size)");

/** epoll_wait(2): up to `count` events at the address `events`. Returns how many, or -1 with errno. */
export const epollWait = bind<[epoll: number, events: number, count: number, timeoutMs: number]>(
  "int epoll_wait(int epoll, int64_t events, int count, int timeout)",
);

export function epollCreate(): number {
  return check(cCreate(EPOLL_CLOEXEC), "epoll_create1");
}

function event(events: number, data: number): Uint8Array {
  const octets = new Uint8Array(EPOLL_EVENT_SIZE);
  const view = new DataView(octets.buffer);
  view.setUint32(0, events, true);
  view.setUint32(EPOLL_EVENT_DATA, data, true);
  return octets;
}

/** Watches `fd` for `events`; `data` (32 bits) comes back with each of them. */
export function epollAdd(epoll: number, fd: number, events: number, data: number): void {
  check(cControl(epoll, EPOLL_CTL_ADD, fd, event(events, data)), "epoll_ctl");
}

/** Watches for other events. False where `fd` is watched no more: another thread may have ended that just now. */
export function epollModify(epoll: number, fd: number, events: number, data: number): boolean {
  if (cControl(epoll, EPOLL_CTL_MOD, fd, event(events, data)) === 0) return true;
  if (errno() === ENOENT) return false;
  return check(-1, "epoll_ctl") === 0;
}

/** Watches no more. Nothing happens where another thread has ended that just now. */
export function epollRemove(epoll: number, fd: number): void {
  if (cControl(epoll, EPOLL_CTL_DEL, fd, null) < 0 && errno() !== ENOENT) check(-1, "epoll_ctl");
}

/** A counter that another thread can wait on in epoll: a doorbell. */
export function eventfd(): number {
  return check(cEventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), "eventfd");
}

const ONE = new Uint8Array(BigUint64Array.of(1n).buffer);

/** Rings a doorbell. */
export function ring(fd: number): void {
  cWrite(fd, ONE, 8); // EAGAIN would mean 2^64 - 2 unanswered rings: it is ringing
}

/** Quiets a doorbell. */
export function quiet(fd: number): void {
  cRead(fd, new Uint8Array(8), 8);
}
