// A host that broadcasts every millisecond, and the others, of which each should hear every frame once: how long it takes
// until they do, and for how long they do not.

import { frame } from "../tests/interop/frames.js";
import type { Plug } from "../tests/interop/plug.js";

/** So many frames in a row that all heard once end a measurement. */
const CLEAN = 200;
const LIMIT_MS = 60_000;
/** How long the last frames may be under way. */
const GRACE_MS = 100;

export class Stream {
  readonly #from: Plug;
  readonly #others: readonly Plug[];
  /** When each frame was sent. */
  readonly #sentMs: number[] = [];
  /** How many copies of each frame each host heard. */
  readonly #copies: Map<number, number>[];
  static #serial = 0;
  readonly #name = `stream ${Stream.#serial++}`;
  /** How much of what a plug heard was looked at. */
  readonly #looked: number[];

  constructor(from: Plug, others: readonly Plug[]) {
    this.#from = from;
    this.#others = others;
    this.#copies = others.map(() => new Map());
    this.#looked = others.map(() => 0);
  }

  /** Sends until an event is over and all hear every frame once. Returns for how long they did not, from the event on. */
  async outage(event: () => Promise<unknown>): Promise<number> {
    const startMs = performance.now();
    const first = this.#sentMs.length;
    let isOver = false;
    const happening = event().then(() => {
      isOver = true;
    });
    while (!isOver || !this.#isClean(first)) {
      if (performance.now() - startMs > LIMIT_MS) throw new Error("not every host hears every frame once");
      await this.#step();
    }
    await happening;
    return this.#measure(first);
  }

  async #step(): Promise<void> {
    const serial = this.#sentMs.length;
    if (this.#from.offer(frame(`a > * ${this.#name} ${serial}`))) this.#sentMs.push(performance.now());
    await new Promise((done) => setTimeout(done, 1));
    for (const [i, plug] of this.#others.entries()) this.#look(i, plug);
  }

  #look(host: number, plug: Plug): void {
    const heard = plug.all();
    const copies = this.#copies[host]!;
    for (const text of heard.slice(this.#looked[host])) {
      if (!text.startsWith(`a > * ${this.#name} `)) continue;
      const serial = Number(text.slice(text.lastIndexOf(" ")));
      copies.set(serial, (copies.get(serial) ?? 0) + 1);
    }
    this.#looked[host] = heard.length;
  }

  #isHeardOnce(serial: number): boolean {
    return this.#copies.every((copies) => copies.get(serial) === 1);
  }

  /** The last frame that must have come by now. */
  #lastDue(): number {
    const dueMs = performance.now() - GRACE_MS;
    let last = this.#sentMs.length - 1;
    while (last >= 0 && this.#sentMs[last]! > dueMs) last--;
    return last;
  }

  /** Whether the last frames that must have come by now were each heard once. */
  #isClean(first: number): boolean {
    const last = this.#lastDue();
    if (last - CLEAN < first) return false;
    for (let serial = last; serial > last - CLEAN; serial--) if (!this.#isHeardOnce(serial)) return false;
    return true;
  }

  /** From the last good frame before the first bad one to the first good one after the last bad one. */
  #measure(first: number): number {
    const last = this.#lastDue();
    const bad = this.#sentMs.map((_, i) => i).filter((i) => i >= first && i <= last && !this.#isHeardOnce(i));
    if (bad.length === 0) return 0;
    return this.#sentMs[bad.at(-1)! + 1]! - this.#sentMs[bad[0]!]!;
  }
}
