// Turns what VDE answered into what we are to answer, by the table of differences.

import type { Difference, Place } from "./difference.js";

/** What we are to answer to a step, and what to do after it. */
export interface Expected {
  readonly text: string;
  readonly mend: readonly string[];
}

/** The steps of one transcript, in order. */
export class Expectations {
  readonly #places: readonly Place[];
  readonly #met = new Set<Place>();
  readonly #seen = new Map<string, number>();
  readonly #answers = new Map<string, string>();
  readonly #table: readonly Difference[];
  readonly #prompt: string;

  constructor(file: string, table: readonly Difference[], prompt: string) {
    this.#table = table;
    this.#prompt = prompt;
    this.#places = table.flatMap(({ at = [] }) => at).filter((place) => place.file === file);
  }

  of(action: string, original: string): Expected {
    const nth = (this.#seen.get(action) ?? 0) + 1;
    this.#seen.set(action, nth);
    let text = this.#table.reduce((sofar, { rewrite }) => rewrite?.(sofar) ?? sofar, original);
    const mend: string[] = [];
    for (const place of this.#places) {
      if (place.action !== action || (place.nth ?? nth) !== nth) continue;
      this.#met.add(place);
      if (place.like !== undefined) text = this.#answers.get(place.like) ?? "";
      if (place.ours !== undefined) text = this.#answer(place.ours, original);
      mend.push(...(place.mend ?? []));
    }
    this.#answers.set(action, text);
    return { text, mend };
  }

  /** What we say without what we add everywhere. */
  stripped(said: string): string {
    return this.#table.reduce((sofar, { remove }) => remove?.(sofar) ?? sofar, said);
  }

  /** Differences that were listed and not met: the table promises what is not so. */
  get unmet(): string[] {
    return this.#places.filter((place) => !this.#met.has(place)).map(({ file, action }) => `${file}: ${action}`);
  }

  #answer(lines: readonly string[], original: string): string {
    return lines.map((line) => `${line}\n`).join("") + (original.endsWith(this.#prompt) ? this.#prompt : "");
  }
}
