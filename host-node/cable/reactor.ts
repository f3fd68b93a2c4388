// Tells of descriptors that can be read or written, where Node's own thread has other things to do: a thread of Node's
// pool sleeps in epoll for all of them. While none is watched, it is free, and holds no program up.

import { EPOLLIN, eventfd, quiet, ring } from "../native/epoll.js";
import { bindAsync } from "../native/libc.js";
import { Descriptors, EVENT_COUNT, type Ready } from "./descriptors.js";

const FOREVER = -1;
const waitFor = bindAsync<[epoll: number, events: number, count: number, timeoutMs: number]>(
  "int epoll_wait(int epoll, int64_t events, int count, int timeout)",
);

class Reactor {
  readonly #descriptors = new Descriptors();
  readonly #bell = eventfd();
  #isWaiting = false;

  constructor() {
    this.#descriptors.own(this.#bell, EPOLLIN);
    process.on("exit", () => ring(this.#bell)); // Node joins its pool before it ends
  }

  watch(fd: number, events: number, ready: Ready): void {
    this.#descriptors.watch(fd, events, ready);
    this.#wait();
  }

  change(fd: number, events: number): void {
    this.#descriptors.change(fd, events);
  }

  forget(fd: number): void {
    this.#descriptors.forget(fd);
    if (this.#descriptors.size === 0) ring(this.#bell);
  }

  #wait(): void {
    const { size, epoll, at } = this.#descriptors;
    if (this.#isWaiting || size === 0) return;
    this.#isWaiting = true;
    waitFor(epoll, at, EVENT_COUNT, FOREVER, (_failure, count) => this.#serve(count));
  }

  #serve(count: number): void {
    this.#isWaiting = false;
    if (this.#descriptors.serve(count)) quiet(this.#bell);
    this.#wait();
  }
}

let shared: Reactor | undefined;

/** The one reactor of this thread. */
export function reactor(): Reactor {
  shared ??= new Reactor();
  return shared;
}
