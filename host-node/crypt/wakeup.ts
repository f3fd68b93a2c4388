// Sleeping for many descriptors on Node's own thread: one epoll set, in which the sets are that Node's loops sleep in, so
// that timers, signals and sockets of Node's are served all the same. See cable/turn.ts.

import { Descriptors, EVENT_COUNT, type Ready } from "../cable/descriptors.js";
import { nodeSleep, turn } from "../cable/turn.js";
import { EPOLLIN, epollWait } from "../native/epoll.js";
import { close } from "../native/libc.js";
import type { Watcher } from "./plug-end.js";

/** Node gets a turn after so many rounds even where nothing says that it needs one: a timer may be due. */
const ROUNDS = 64;

export class Wakeup implements Watcher {
  readonly #descriptors = new Descriptors();

  watch(fd: number, events: number, ready: Ready): void {
    this.#descriptors.watch(fd, events, ready);
  }

  change(fd: number, events: number): void {
    this.#descriptors.change(fd, events);
  }

  forget(fd: number): void {
    this.#descriptors.forget(fd);
  }

  /** Serves until `stop` fires. `due` is called after each round, and says how long the next may sleep, in milliseconds. */
  async run(stop: AbortSignal, due: () => number): Promise<void> {
    const { epoll, at } = this.#descriptors;
    const { loops, timeoutMs } = nodeSleep();
    for (const fd of loops) if (fd !== epoll) this.#descriptors.own(fd, EPOLLIN);
    await turn(); // so that Node's sets have what it waits for
    for (let round = 1; !stop.aborted; round++) {
      const limit = Math.min(due(), timeoutMs < 0 ? Number.POSITIVE_INFINITY : timeoutMs);
      const sleepMs = Number.isFinite(limit) ? Math.max(0, Math.ceil(limit)) : -1;
      const count = epollWait(epoll, at, EVENT_COUNT, sleepMs);
      const wantsTurn = this.#descriptors.serve(count) || count <= 0;
      if (wantsTurn || timeoutMs >= 0 || round % ROUNDS === 0) await turn();
    }
    close(epoll);
  }
}
