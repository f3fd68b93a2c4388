// Lines that were entered, the oldest first, and the way through them with the arrows and by search.

import { withoutSecrets } from "../masking.js";

const COUNT_MAX = 1_000;

export interface HistoryOptions {
  readonly lines?: readonly string[];
  /** Keeps a line for the next session. */
  readonly onadd?: (line: string) => void;
}

export class History {
  readonly #onadd: (line: string) => void;
  #lines: string[];
  /** Lines that were changed on the way through, by their place. */
  #changed = new Map<number, string>();
  #at: number;

  constructor({ lines = [], onadd = () => {} }: HistoryOptions = {}) {
    this.#lines = lines.slice(-COUNT_MAX);
    this.#onadd = onadd;
    this.#at = this.#lines.length;
  }

  /** Takes a line that was entered. One that begins with a blank, or names a secret, is not kept. */
  add(line: string): void {
    if (line.trim() !== "" && !/^\s/.test(line)) {
      if (this.#lines.at(-1) !== line && withoutSecrets(line) === line) this.#onadd(line);
      this.#lines = [...this.#lines.filter((each) => each !== line), line].slice(-COUNT_MAX);
    }
    this.leave();
  }

  /** Back to the line that is not there yet. */
  leave(): void {
    this.#changed.clear();
    this.#at = this.#lines.length;
  }

  /** The line that many places on; `current` is kept where it was. undefined at either end. */
  go(by: number, current: string): string | undefined {
    const to = this.#at + by;
    if (to < 0 || to > this.#lines.length) return undefined;
    this.#changed.set(this.#at, current);
    this.#at = to;
    return this.#changed.get(to) ?? this.#lines[to] ?? "";
  }

  first(current: string): string | undefined {
    return this.go(-this.#at, current);
  }

  last(current: string): string | undefined {
    return this.go(this.#lines.length - this.#at, current);
  }

  /** The place of the nearest line with `text` in it, from `from` on, to the older or to the newer ones. */
  find(text: string, from: number, by: -1 | 1): number | undefined {
    for (let at = from; at >= 0 && at < this.#lines.length; at += by) if (this.at(at).includes(text)) return at;
    return undefined;
  }

  at(place: number): string {
    return this.#lines[place] ?? "";
  }

  get count(): number {
    return this.#lines.length;
  }

  /** The last word of the newest line, and of older ones. */
  lastWord(back: number): string | undefined {
    const line = this.#lines.at(-1 - back);
    return line === undefined ? undefined : /\S*$/.exec(line.trimEnd())?.[0];
  }
}
