// What happens next: events in the order of their times, and of their coming where times are the same.

export interface Due {
  readonly atMs: number;
}

export class Heap<Event extends Due> {
  readonly #items: { event: Event; serial: number }[] = [];
  #serial = 0;

  get first(): Event | undefined {
    return this.#items[0]?.event;
  }

  push(event: Event): void {
    const item = { event, serial: this.#serial++ };
    let at = this.#items.length;
    this.#items.push(item);
    for (; at > 0; at = (at - 1) >> 1) {
      const above = this.#items[(at - 1) >> 1]!;
      if (!isBefore(item, above)) break;
      this.#items[at] = above;
    }
    this.#items[at] = item;
  }

  pop(): Event | undefined {
    const top = this.#items[0];
    const last = this.#items.pop();
    if (top === undefined || last === undefined || top === last) return top?.event;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.#items.length) break;
      if (child + 1 < this.#items.length && isBefore(this.#items[child + 1]!, this.#items[child]!)) child++;
      if (!isBefore(this.#items[child]!, last)) break;
      this.#items[at] = this.#items[child]!;
      at = child;
    }
    this.#items[at] = last;
    return top.event;
  }
}

interface Item {
  readonly event: Due;
  readonly serial: number;
}

function isBefore(a: Item, b: Item): boolean {
  return a.event.atMs < b.event.atMs || (a.event.atMs === b.event.atMs && a.serial < b.serial);
}
