// Carries batches between the two ends of a cable, on this thread, which sleeps in the kernel. An end that takes nothing
// holds up who sends to it, and nobody else: nothing is lost for want of room, and what was read is sent before the end.

import { setTimeout as sleep } from "node:timers/promises";
import { POLLIN, POLLOUT, PollSet } from "../native/poll.js";
import { ENDED, type Side } from "./side.js";
import { nodeSleep, turn } from "./turn.js";

/** Node gets a turn after so many rounds even where nothing says that it needs one: a timer may be due. */
const ROUNDS = 64;
/** How long what was sent may stay unread before the end. */
const DRAIN_MS = 2_000;
const LOOK_MS = 5;

/** One of the two directions. */
class Way {
  readonly #from: Side;
  readonly #to: Side;
  #place = 0;

  constructor(from: Side, to: Side) {
    this.#from = from;
    this.#to = to;
  }

  get #isLoaded(): boolean {
    return !this.#from.batch.isEmpty || this.#to.isHeld;
  }

  /** Asks for what it waits for: room where it has something to send, else frames. */
  ask(set: PollSet): void {
    this.#place = this.#isLoaded ? set.add(this.#to.output, POLLOUT) : set.add(this.#from.input, POLLIN);
  }

  /** Moves what can be moved. False at the end. */
  step(set: PollSet): boolean {
    if (set.ready(this.#place) === 0) return true;
    do {
      if (!this.#isLoaded && this.#from.read() === ENDED) return false;
      if (this.#to.write(this.#from.batch) === ENDED) return false;
    } while (this.#from.holdsMore && !this.#isLoaded);
    return true;
  }

  /** Sends what is left, and waits until it is read. */
  async drain(): Promise<void> {
    const until = Date.now() + DRAIN_MS;
    const { batch } = this.#from;
    while (Date.now() < until) {
      if (this.#isLoaded && this.#to.write(batch) === ENDED) return;
      if (!this.#isLoaded && this.#to.unread() === 0) return;
      await sleep(LOOK_MS);
    }
  }
}

/** Joins two ends until one of them is gone, or `stop` fires. Both are still open then. */
export async function pump(left: Side, right: Side, stop: AbortSignal): Promise<void> {
  const ways = [new Way(left, right), new Way(right, left)];
  let ended = false;
  let failure: Error | undefined;
  for (const side of [left, right]) {
    side.onend = (reason) => {
      ended = true;
      failure = reason;
    };
  }
  const { loops, timeoutMs } = nodeSleep();
  const set = new PollSet();
  await turn(); // so that Node's sets have what it waits for
  ended ||= left.isOver === true || right.isOver === true;
  for (let round = 1; !ended && !stop.aborted; round++) {
    set.clear();
    for (const way of ways) way.ask(set);
    const places = loops.map((fd) => set.add(fd, POLLIN));
    set.wait(timeoutMs);
    for (const way of ways) ended = !way.step(set) || ended;
    if (timeoutMs >= 0 || round % ROUNDS === 0 || places.some((place) => set.ready(place) !== 0)) await turn();
  }
  if (!stop.aborted) for (const way of ways) await way.drain();
  if (failure !== undefined) throw failure;
}
