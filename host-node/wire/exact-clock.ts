// A clock whose timers are as exact as the kernel's: Node's own fire at whole milliseconds, and a millisecond late. One
// timer of the kernel wakes the reactor for what is due first.

import type { Clock } from "../../host/link.js";
import { Agenda } from "../../host/wire/agenda.js";
import { reactor } from "../cable/reactor.js";
import { nodeClock } from "../clock.js";
import { EPOLLIN, quiet } from "../native/epoll.js";
import { setTimer, timerfd } from "../native/timer.js";

/** Timers that were called off stay in the agenda until their time, unless they are more than the others by so many. */
const CALLED_OFF_MAX = 1024;

class ExactClock implements Clock {
  readonly #fd = timerfd();
  #agenda = new Agenda();
  readonly #tasks = new Map<number, () => void>();
  #serial = 0;
  #isWatched = false;

  now(): number {
    return nodeClock.now();
  }

  after(delayMs: number, task: () => void): () => void {
    this.#serial = (this.#serial + 1) | 0;
    const number = this.#serial;
    this.#tasks.set(number, task);
    this.#agenda.push(this.now() + delayMs, number);
    this.#arm();
    return () => {
      this.#tasks.delete(number);
      if (this.#agenda.count > 2 * this.#tasks.size + CALLED_OFF_MAX) this.#sweep();
      this.#arm();
    };
  }

  #sweep(): void {
    const kept = new Agenda();
    for (; this.#agenda.count > 0; this.#agenda.pop()) {
      if (this.#tasks.has(this.#agenda.next)) kept.push(this.#agenda.nextMs, this.#agenda.next);
    }
    this.#agenda = kept;
  }

  /** Sets the timer to what is due first. While nothing is, it holds no program up. */
  #arm(): void {
    while (this.#agenda.count > 0 && !this.#tasks.has(this.#agenda.next)) this.#agenda.pop();
    const isWanted = this.#agenda.count > 0;
    if (isWanted) setTimer(this.#fd, this.#agenda.nextMs - this.now());
    if (isWanted === this.#isWatched) return;
    this.#isWatched = isWanted;
    if (isWanted) reactor().watch(this.#fd, EPOLLIN, () => this.#ring());
    else reactor().forget(this.#fd);
  }

  #ring(): void {
    quiet(this.#fd);
    while (this.#agenda.nextMs <= this.now()) {
      const number = this.#agenda.pop();
      const task = this.#tasks.get(number);
      this.#tasks.delete(number);
      task?.();
    }
    this.#arm();
  }
}

let shared: ExactClock | undefined;

/** The one of this thread. */
export function exactClock(): Clock {
  shared ??= new ExactClock();
  return shared;
}
