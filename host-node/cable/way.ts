// One direction of a cable as it is: what one end reads, the other sends, from where it lies.

import { POLLIN, POLLOUT, type PollSet } from "../native/poll.js";
import type { Way } from "./pump.js";
import { ENDED, type Side } from "./side.js";

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
