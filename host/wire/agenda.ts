// What is due when: a binary heap in three arrays. What is due at the same time leaves in the order in which it came.

export class Agenda {
  #dueMs = new Float64Array(1024);
  #order = new Float64Array(1024);
  #place = new Int32Array(1024);
  #serial = 0;
  count = 0;

  /** When the first is due. */
  get nextMs(): number {
    return this.count === 0 ? Number.POSITIVE_INFINITY : this.#dueMs[0]!;
  }

  /** What is due first. */
  get next(): number {
    return this.#place[0]!;
  }

  /** The first one's turn among those that are due with it. */
  get nextOrder(): number {
    return this.#order[0]!;
  }

  /** Enters something, behind all that is due at the same time, or at a turn that it had. */
  push(dueMs: number, place: number, order = this.#serial++): void {
    if (this.count === this.#place.length) this.#grow();
    this.#rise(this.count++, dueMs, order, place);
  }

  /** Takes the first out. */
  pop(): number {
    const place = this.#place[0]!;
    const last = --this.count;
    if (last > 0) this.#sink(this.#dueMs[last]!, this.#order[last]!, this.#place[last]!);
    return place;
  }

  #rise(from: number, dueMs: number, order: number, place: number): void {
    let i = from;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (this.#isBefore(parent, dueMs, order)) break;
      this.#move(parent, i);
      i = parent;
    }
    this.#write(i, dueMs, order, place);
  }

  #sink(dueMs: number, order: number, place: number): void {
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= this.count) break;
      if (child + 1 < this.count && this.#isBefore(child + 1, this.#dueMs[child]!, this.#order[child]!)) child++;
      if (!this.#isBefore(child, dueMs, order)) break;
      this.#move(child, i);
      i = child;
    }
    this.#write(i, dueMs, order, place);
  }

  #isBefore(i: number, dueMs: number, order: number): boolean {
    const mine = this.#dueMs[i]!;
    return mine < dueMs || (mine === dueMs && this.#order[i]! < order);
  }

  #move(from: number, to: number): void {
    this.#write(to, this.#dueMs[from]!, this.#order[from]!, this.#place[from]!);
  }

  #write(i: number, dueMs: number, order: number, place: number): void {
    this.#dueMs[i] = dueMs;
    this.#order[i] = order;
    this.#place[i] = place;
  }

  #grow(): void {
    const longer = <T extends Float64Array | Int32Array>(to: T, from: T): T => {
      to.set(from);
      return to;
    };
    const length = 2 * this.#place.length;
    this.#dueMs = longer(new Float64Array(length), this.#dueMs);
    this.#order = longer(new Float64Array(length), this.#order);
    this.#place = longer(new Int32Array(length), this.#place);
  }
}
