// One direction of a cable, and the one of a cable as it is: what one end reads, the other sends, from where it lies.

import { POLLIN, POLLOUT, type PollSet } from "../native/poll.js";
import { ENDED, type Side } from "./side.js";

/** One direction of a cable. */
export interface Way {
  /** Asks for what it waits for: room where it has something to send, else frames. */
  ask(set: PollSet): void;
  /** Moves what can be moved. False at the end. */
  step(set: PollSet): boolean;
  /** When it is to be looked after though no descriptor calls, by nodeClock. */
  readonly nextMs: number;
  /** Sends what is left, as far as it is taken. Whether it has arrived, or nobody is there. */
  flush(): boolean;
}

export class PlainWay implements Way {
  readonly nextMs = Number.POSITIVE_INFINITY;
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

  ask(set: PollSet): void {
    this.#place = this.#isLoaded ? set.add(this.#to.output, POLLOUT) : set.add(this.#from.input, POLLIN);
  }

  step(set: PollSet): boolean {
    if (set.ready(this.#place) === 0) return true;
    do {
      if (!this.#isLoaded && this.#from.read() === ENDED) return false;
      if (this.#to.write(this.#from.batch) === ENDED) return false;
    } while (this.#from.holdsMore && !this.#isLoaded);
    return true;
  }

  flush(): boolean {
    if (this.#isLoaded && this.#to.write(this.#from.batch) === ENDED) return true;
    return !this.#isLoaded && this.#to.unread() === 0;
  }
}
