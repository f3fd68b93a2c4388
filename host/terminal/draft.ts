// The line that is being typed, with all that its keys need to remember: what was cut, what was before, and the history.

import type { History } from "./history.js";
import { KillRing } from "./kill-ring.js";
import { atEnd, EDITS, EMPTY, insert, type Line } from "./line.js";

const UNDO_MAX = 200;

export class Draft {
  readonly #history: History;
  readonly #killed = new KillRing();
  #line = EMPTY;
  #undo: readonly Line[] = [];
  /** The key before. */
  #last = "";
  /** How often M-. came in a row. */
  #back = 0;

  constructor(history: History) {
    this.#history = history;
  }

  get line(): Line {
    return this.#line;
  }

  get text(): string {
    return this.#line.text;
  }

  type(text: string): void {
    this.#killed.part();
    this.#change(insert(this.#line, text), { belongs: this.#last === "text" });
    this.#last = "text";
  }

  /** A key that does something else than to print. False where it does nothing to a line. */
  press(name: string): boolean {
    const edit = EDITS[name];
    const action = this.#actions[name];
    if (edit === undefined && action === undefined) return false;
    const edited = edit?.(this.#line);
    if (edited?.killed) this.#killed.take({ ...edited });
    else this.#killed.part();
    if (edited !== undefined) this.#change(edited);
    action?.();
    this.#last = name;
    return true;
  }

  /** Another line in place of this one, which C-_ brings back. */
  replace(line: Line): void {
    this.#killed.part();
    this.#change(line);
    this.#last = "";
  }

  /** Begins an empty line. */
  clear(): void {
    this.#killed.part();
    [this.#line, this.#undo, this.#last] = [EMPTY, [], ""];
    this.#history.leave();
  }

  readonly #actions: Readonly<Record<string, () => void>> = {
    "C-y": () => this.#change(insert(this.#line, this.#killed.piece)),
    "M-y": () => this.#yankOlder(),
    "C-_": () => this.#undoLast(),
    "M-.": () => this.#insertLastWord(),
    up: () => this.#recall(this.#history.go(-1, this.text)),
    "C-p": () => this.#recall(this.#history.go(-1, this.text)),
    down: () => this.#recall(this.#history.go(1, this.text)),
    "C-n": () => this.#recall(this.#history.go(1, this.text)),
    "M-<": () => this.#recall(this.#history.first(this.text)),
    "M->": () => this.#recall(this.#history.last(this.text)),
  };

  /** A change that belongs to the one before is undone with it. */
  #change({ text, cursor }: Line, { belongs = false } = {}): void {
    if (text !== this.text && !belongs) this.#undo = [...this.#undo, this.#line].slice(-UNDO_MAX);
    this.#line = { text, cursor };
  }

  #undoLast(): void {
    this.#line = this.#undo.at(-1) ?? this.#line;
    this.#undo = this.#undo.slice(0, -1);
  }

  #yankOlder(): void {
    if (this.#last !== "C-y" && this.#last !== "M-y") return;
    const { text, cursor } = this.#line;
    const from = cursor - this.#killed.piece.length;
    this.#change(insert({ text: text.slice(0, from) + text.slice(cursor), cursor: from }, this.#killed.rotate()));
  }

  /** The last word of the newest line; each time more in a row, that of an older one instead. */
  #insertLastWord(): void {
    const isAgain = this.#last === "M-.";
    this.#back = isAgain ? this.#back + 1 : 0;
    const word = this.#history.lastWord(this.#back);
    if (word === undefined) return;
    const line = isAgain ? (this.#undo.at(-1) ?? this.#line) : this.#line;
    this.#change(insert(line, word), { belongs: isAgain });
  }

  #recall(found: string | undefined): void {
    if (found === undefined) return;
    this.#undo = [];
    this.#line = atEnd(found);
  }
}
