// Lines from a terminal that can only print, as TERM=dumb says: its own driver edits them, and what others write comes in
// between.

import type { Prompt } from "./editor.js";
import { Waiting } from "./waiting.js";

export class PlainInput {
  readonly #write: (text: string) => void;
  readonly #onenter: (line: string) => void;
  readonly #lines = new Waiting<string>();
  #rest = "";
  #isOpen = false;

  constructor({ write, onenter }: { write: (text: string) => void; onenter: (line: string) => void }) {
    this.#write = write;
    this.#onenter = onenter;
  }

  open({ text }: Prompt): void {
    this.#isOpen = true;
    this.#write(text);
    this.#drain();
  }

  type(text: string): void {
    const lines = `${this.#rest}${text}`.split(/\r?\n/);
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#lines.push(line);
    this.#drain();
  }

  print(text: string): void {
    this.#write(`${this.#isOpen ? "\n" : ""}${text}\n`);
  }

  resized(): void {}

  leave(): void {}

  return(): void {}

  #drain(): void {
    if (!this.#isOpen) return;
    const line = this.#lines.take();
    if (line === undefined) return;
    this.#isOpen = false;
    this.#onenter(line);
  }
}
