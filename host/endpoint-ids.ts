// The numbers that people know endpoints by: one after the other, so that a manager who closes the endpoint of a moment ago
// does not meet somebody else's.

/** Consoles show four digits; there are never as many endpoints. */
const ID_MAX = 9_999;

export class EndpointIds {
  readonly #taken = new Set<number>();
  #last = 0;

  /** The number that it had, if nobody has it now, else the next one. */
  take(had?: number): number {
    const id = had !== undefined && !this.#taken.has(had) ? had : this.#next();
    this.#taken.add(id);
    return id;
  }

  release(id: number): void {
    this.#taken.delete(id);
  }

  #next(): number {
    do this.#last = (this.#last % ID_MAX) + 1;
    while (this.#taken.has(this.#last));
    return this.#last;
  }
}
