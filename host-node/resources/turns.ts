// Work of which little may be under way at once. Each owner has a queue of its own, and those who wait take turns: who asks
// for much waits for itself, and not others for it.

import { refuse } from "../../host/errors.js";
import type { Shortage } from "./shortage.js";

export interface TurnsOptions {
  /** What it is, in the plural, as the console shows it: "lookups". */
  readonly name: string;
  /** How much may be under way, of one owner and in all. */
  readonly perOwner: number;
  readonly inAll: number;
  /** How much of one owner may wait. */
  readonly waiting: number;
  readonly shortage: Shortage;
}

interface Queue {
  running: number;
  readonly waiting: (() => void)[];
}

export class Turns {
  readonly #options: TurnsOptions;
  /** The owner whose turn is next comes first. */
  readonly #queues = new Map<string, Queue>();
  #running = 0;
  #refused = 0;

  constructor(options: TurnsOptions) {
    this.#options = options;
  }

  get name(): string {
    return this.#options.name;
  }

  /** Runs a task when it is its turn. EAGAIN where its owner has too much of it already. */
  async run<T>(owner: string, task: () => Promise<T>): Promise<T> {
    await this.#enter(owner);
    try {
      return await task();
    } finally {
      this.#leave(owner);
    }
  }

  *report(): Generator<string> {
    const { name, inAll, perOwner } = this.#options;
    yield `${name} used=${this.#running} of=${inAll} each=${perOwner} refused=${this.#refused}`;
    for (const [owner, { running, waiting }] of this.#queues)
      if (waiting.length > 0) yield ` ${owner} used=${running} waiting=${waiting.length}`;
  }

  async #enter(owner: string): Promise<void> {
    const { perOwner, inAll, waiting, name, shortage } = this.#options;
    const queue = this.#queues.get(owner) ?? { running: 0, waiting: [] };
    this.#queues.set(owner, queue);
    if (queue.running < perOwner && this.#running < inAll) return this.#start(queue);
    if (queue.waiting.length >= waiting) {
      this.#refused++;
      const why = `${owner} has ${waiting} of them waiting`;
      shortage.note(`${name}: one more refused`, why);
      refuse("EAGAIN", why);
    }
    await new Promise<void>((begin) => {
      queue.waiting.push(begin);
    });
  }

  #start(queue: Queue): void {
    queue.running++;
    this.#running++;
  }

  #leave(owner: string): void {
    const queue = this.#queues.get(owner)!;
    queue.running--;
    this.#running--;
    this.#forget(owner, queue);
    for (const [next, other] of this.#queues) {
      if (this.#running >= this.#options.inAll) return;
      if (other.running >= this.#options.perOwner) continue;
      const begin = other.waiting.shift();
      if (begin === undefined) continue;
      this.#start(other);
      this.#queues.delete(next);
      this.#queues.set(next, other); // the others first, the next time
      begin();
      return;
    }
  }

  #forget(owner: string, { running, waiting }: Queue): void {
    if (running === 0 && waiting.length === 0) this.#queues.delete(owner);
  }
}
