// Sleeping for many descriptors on Node's own thread: one epoll set, in which the sets are that Node's loops sleep in, so
// that timers, signals and sockets of Node's are served all the same. See cable/turn.ts.

import { nodeSleep, turn } from "../cable/turn.js";
import {
  EPOLL_EVENT_DATA,
  EPOLL_EVENT_SIZE,
  EPOLLIN,
  epollAdd,
  epollCreate,
  epollModify,
  epollRemove,
  epollWait,
} from "../native/epoll.js";
import { addressOf, close } from "../native/libc.js";
import type { Watcher } from "./plug-end.js";

const EVENTS = 64;
/** What is Node's. */
const LOOP = 0;
/** Node gets a turn after so many rounds even where nothing says that it needs one: a timer may be due. */
const ROUNDS = 64;

export class Wakeup implements Watcher {
  readonly #epoll = epollCreate();
  readonly #events = new DataView(new ArrayBuffer(EVENTS * EPOLL_EVENT_SIZE));
  readonly #at = addressOf(this.#events.buffer);
  readonly #ready = new Map<number, (events: number) => void>();
  readonly #serials = new Map<number, number>();
  #serial = LOOP;

  watch(fd: number, events: number, ready: (events: number) => void): void {
    const serial = ++this.#serial;
    epollAdd(this.#epoll, fd, events, serial);
    this.#serials.set(fd, serial);
    this.#ready.set(serial, ready);
  }

  change(fd: number, events: number): void {
    const serial = this.#serials.get(fd);
    if (serial !== undefined) epollModify(this.#epoll, fd, events, serial);
  }

  forget(fd: number): void {
    const serial = this.#serials.get(fd);
    if (serial === undefined) return;
    this.#serials.delete(fd);
    this.#ready.delete(serial);
    epollRemove(this.#epoll, fd);
  }

  /** Serves until `stop` fires. `due` is called after each round, and says how long the next may sleep, in milliseconds. */
  async run(stop: AbortSignal, due: () => number): Promise<void> {
    const { loops, timeoutMs } = nodeSleep();
    for (const fd of loops) if (fd !== this.#epoll) epollAdd(this.#epoll, fd, EPOLLIN, LOOP);
    await turn(); // so that Node's sets have what it waits for
    for (let round = 1; !stop.aborted; round++) {
      const limit = Math.min(due(), timeoutMs < 0 ? Number.POSITIVE_INFINITY : timeoutMs);
      const sleepMs = Number.isFinite(limit) ? Math.max(0, Math.ceil(limit)) : -1;
      const wantsTurn = this.#serve(epollWait(this.#epoll, this.#at, EVENTS, sleepMs));
      if (wantsTurn || timeoutMs >= 0 || round % ROUNDS === 0) await turn();
    }
    close(this.#epoll);
  }

  /** True where Node has something to do. */
  #serve(count: number): boolean {
    let wantsTurn = count <= 0;
    for (let i = 0; i < count; i++) {
      const serial = this.#events.getUint32(i * EPOLL_EVENT_SIZE + EPOLL_EVENT_DATA, true);
      if (serial === LOOP) wantsTurn = true;
      else this.#ready.get(serial)?.(this.#events.getUint32(i * EPOLL_EVENT_SIZE, true));
    }
    return wantsTurn;
  }
}
