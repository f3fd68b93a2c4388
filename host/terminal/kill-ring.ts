// What was cut from lines, to be put back: what is cut by keys that follow each other is one piece.

import type { Edited } from "./line.js";

const PIECES_MAX = 32;

export class KillRing {
  /** The newest first. */
  #pieces: readonly string[] = [];
  #at = 0;
  #joins = false;

  get piece(): string {
    return this.#pieces[this.#at] ?? "";
  }

  /** Takes what a key cut. */
  take({ killed = "", side }: Edited): void {
    const [newest = "", ...older] = this.#pieces;
    const joined = side === "left" ? killed + newest : newest + killed;
    this.#pieces = (this.#joins ? [joined, ...older] : [killed, ...this.#pieces]).slice(0, PIECES_MAX);
    this.#joins = true;
    this.#at = 0;
  }

  /** A key came that cuts nothing. */
  part(): void {
    this.#joins = false;
  }

  /** The piece before, for M-y. */
  rotate(): string {
    this.#at = this.#pieces.length === 0 ? 0 : (this.#at + 1) % this.#pieces.length;
    return this.piece;
  }
}
