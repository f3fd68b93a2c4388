// C-r: the newest line with what is typed in it, and older ones with every further C-r.

import type { History } from "./history.js";
import { atEnd, type Line } from "./line.js";

export class Search {
  readonly #history: History;
  /** The line that was there before, which C-g brings back. */
  readonly before: Line;
  #query = "";
  #at: number;
  #isFailed = false;
  #by: -1 | 1 = -1;

  constructor(history: History, line: Line) {
    this.#history = history;
    this.before = line;
    this.#at = history.count;
  }

  get prompt(): string {
    const direction = this.#by < 0 ? "reverse-i-search" : "i-search";
    return `(${this.#isFailed ? "failed " : ""}${direction})\`${this.#query}': `;
  }

  /** What was found, with the cursor on it. */
  get line(): Line {
    if (this.#at >= this.#history.count) return this.before;
    const text = this.#history.at(this.#at);
    return this.#query === "" ? atEnd(text) : { text, cursor: Math.max(0, text.lastIndexOf(this.#query)) };
  }

  type(text: string): void {
    this.#query += text.replace(/\n.*/s, "");
    this.#look(Math.min(this.#at, this.#history.count - 1));
  }

  rubout(): void {
    this.#query = [...this.#query].slice(0, -1).join("");
    this.#at = this.#history.count;
    this.#isFailed = false;
    if (this.#query !== "") this.#look(this.#at - 1);
  }

  /** The next one, to the older or to the newer. */
  again(by: -1 | 1): void {
    this.#by = by;
    if (this.#query !== "") this.#look(this.#at + by);
  }

  #look(from: number): void {
    const found = this.#history.find(this.#query, from, this.#by);
    this.#isFailed = found === undefined;
    if (found !== undefined) this.#at = found;
  }
}
