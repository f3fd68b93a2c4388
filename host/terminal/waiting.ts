// What waits for its turn, first come first served. `Array.shift` moves all the rest of a long list, which a pasted script is.

export class Waiting<Item> {
  #items: Item[] = [];
  /** Of the first that is still there. */
  #at = 0;

  get count(): number {
    return this.#items.length - this.#at;
  }

  push(item: Item): void {
    this.#items.push(item);
  }

  /** Puts some before all that wait. */
  jump(items: readonly Item[]): void {
    if (items.length === 0) return;
    this.#items = [...items, ...this.#items.slice(this.#at)];
    this.#at = 0;
  }

  take(): Item | undefined {
    const item = this.#items[this.#at];
    if (this.count > 0) this.#at++;
    if (this.count === 0) this.clear();
    return item;
  }

  clear(): void {
    this.#items = [];
    this.#at = 0;
  }
}
