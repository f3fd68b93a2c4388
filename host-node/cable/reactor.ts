// Tells of descriptors that can be read or written, where Node's own thread has other things to do. All of them are in one
// epoll set, which Node's loop waits for as it does for its sockets. While none is watched, it holds no program up.

import { isMainThread } from "node:worker_threads";
import { EPOLLIN, epollWait, eventfd, quiet, ring } from "../native/epoll.js";
import { bindAsync } from "../native/libc.js";
import { type LoopWatch, watchInLoop } from "../native/loop.js";
import { Descriptors, EVENT_COUNT, type Ready } from "./descriptors.js";

const FOREVER = -1;
const waitFor = bindAsync<[epoll: number, events: number, count: number, timeoutMs: number]>(
  "int epoll_wait(int epoll, int64_t events, int count, int timeout)",
);

/** What sleeps for a set, and serves it. */
interface Sleeper {
  /** Descriptors were added or removed. */
  changed(): void;
}

/** Node's loop itself. */
class LoopSleeper implements Sleeper {
  readonly #descriptors: Descriptors;
  readonly #watch: LoopWatch;

  constructor(descriptors: Descriptors) {
    this.#descriptors = descriptors;
    this.#watch = watchInLoop(descriptors.epoll, () => this.#serve());
  }

  changed(): void {
    this.#watch.hold(this.#descriptors.size > 0);
  }

  #serve(): void {
    const { epoll, at } = this.#descriptors;
    this.#descriptors.serve(epollWait(epoll, at, EVENT_COUNT, 0));
  }
}

/** A thread of Node's pool, for workers. */
class PoolSleeper implements Sleeper {
  readonly #descriptors: Descriptors;
  readonly #bell = eventfd();
  #isWaiting = false;

  constructor(descriptors: Descriptors) {
    this.#descriptors = descriptors;
    descriptors.own(this.#bell, EPOLLIN);
    process.on("exit", () => ring(this.#bell)); // Node joins its pool before it ends
  }

  changed(): void {
    if (this.#descriptors.size === 0) ring(this.#bell);
    else this.#wait();
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

class Reactor {
  readonly #descriptors = new Descriptors();
  readonly #sleeper = new (isMainThread ? LoopSleeper : PoolSleeper)(this.#descriptors);

  watch(fd: number, events: number, ready: Ready): void {
    this.#descriptors.watch(fd, events, ready);
    this.#sleeper.changed();
  }

  change(fd: number, events: number): void {
    this.#descriptors.change(fd, events);
  }

  forget(fd: number): void {
    this.#descriptors.forget(fd);
    this.#sleeper.changed();
  }
}

let shared: Reactor | undefined;

/** The one reactor of this thread. */
export function reactor(): Reactor {
  shared ??= new Reactor();
  return shared;
}
