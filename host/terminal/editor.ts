// A line editor for any terminal: keys go in, what the terminal is to be sent comes out. Others may write at any moment;
// what they write appears above the line that is being typed. Keys that come while no line is wanted wait for the next.

import { completed, listed } from "./candidates.js";
import { Draft } from "./draft.js";
import { Drawing, type Size, type View } from "./drawing.js";
import type { History } from "./history.js";
import { type Key, KeyReader } from "./keys.js";
import { atEnd, EDITS } from "./line.js";
import { Search } from "./search.js";
import { Waiting } from "./waiting.js";

export interface Prompt {
  readonly text: string;
  /** The same with its colours. */
  readonly styled?: string;
}

export interface EditorOptions {
  readonly write: (text: string) => void;
  readonly size: () => Size;
  readonly history: History;
  /** A line was entered. The editor takes no other until it is opened again. */
  readonly onenter: (line: string) => void;
  /** What may stand in place of the last word of a line. */
  readonly complete?: (before: string) => readonly string[] | Promise<readonly string[]>;
  /** C-d on an empty line. */
  readonly onend?: () => void;
  /** C-c where there is no line to drop. */
  readonly oninterrupt?: () => void;
  /** C-z. */
  readonly onsuspend?: () => void;
}

/** A script of 10,000 lines may be pasted while the first of them is being answered. */
const WAITING_MAX = 20_000;
const BELL = "\x07";

export class LineEditor {
  readonly #options: EditorOptions;
  readonly #drawing: Drawing;
  readonly #draft: Draft;
  readonly #reader = new KeyReader();
  /** Keys that nobody wanted yet. */
  readonly #waiting = new Waiting<Key>();
  #prompt: Prompt = { text: "" };
  #search: Search | undefined;
  #isOpen = false;
  /** Others have the terminal: nothing is drawn on it. */
  #isAway = false;
  /** Completions are being asked for. */
  #isAsking = false;

  constructor(options: EditorOptions) {
    this.#options = options;
    this.#drawing = new Drawing(options.write, options.size);
    this.#draft = new Draft(options.history);
  }

  /** Shows a prompt, and takes a line. */
  open(prompt: Prompt): void {
    this.#prompt = prompt;
    this.#isOpen = true;
    this.#draw();
    this.#drain();
  }

  /** Takes what a terminal sends for keys. */
  type(text: string): void {
    for (const key of this.#reader.read(text)) {
      const isWanted = this.#isOpen && !this.#isAsking;
      if (!isWanted && key.kind === "key" && key.name === "C-c") this.#interrupt();
      else if (this.#waiting.count < WAITING_MAX) this.#waiting.push(key);
      else this.#options.write(BELL);
      this.#drain();
    }
  }

  /** Shows lines that came from elsewhere, above the line that is being typed. */
  print(text: string): void {
    if (this.#isOpen && !this.#isAway) this.#drawing.clear();
    this.#options.write(text.endsWith("\n") ? text : `${text}\n`);
    if (this.#isOpen) this.#draw();
  }

  /** The terminal has another size. */
  resized(): void {
    if (!this.#isOpen || this.#isAway) return;
    this.#drawing.resized();
    this.#drawing.clear();
    this.#draw();
  }

  /** Leaves the terminal to others: what was typed stays to be seen, and the cursor goes below it. */
  leave(): void {
    if (this.#isOpen && !this.#isAway) this.#finish();
    this.#isAway = true;
  }

  /** Comes back to a terminal that others have used. */
  return(): void {
    this.#isAway = false;
    this.#drawing.forget();
    if (this.#isOpen) this.#draw();
  }

  /** Writes a line as if it had been typed in place of what is there, and enters it. */
  enter(text: string): void {
    const line: Key[] = [
      { kind: "key", name: "C-e" },
      { kind: "key", name: "C-u" },
      { kind: "text", text },
      { kind: "key", name: "enter" },
    ];
    for (const key of line) this.#waiting.push(key);
    this.#drain();
  }

  #drain(): void {
    while (this.#isOpen && !this.#isAsking) {
      const key = this.#waiting.take();
      if (key === undefined) return;
      this.#press(key);
    }
  }

  #press(key: Key): void {
    if (this.#search !== undefined) {
      const isTaken = this.#searchTakes(this.#search, key);
      this.#draw();
      if (isTaken) return;
    }
    if (key.kind === "text") this.#draft.type(key.text);
    else if (this.#act(key.name)) return;
    this.#draw();
  }

  /** True where the key was one of the editor's own, and not of the line's. */
  #act(name: string): boolean {
    const isEmpty = this.#draft.text === "";
    const action = name === "C-d" && !isEmpty ? undefined : this.#actions[name];
    if (action === undefined) this.#draft.press(name === "C-d" ? "delete" : name);
    action?.();
    return action !== undefined;
  }

  readonly #actions: Readonly<Record<string, () => void>> = {
    enter: () => this.#enter(),
    tab: () => this.#complete(),
    "C-c": () => this.#drop(),
    "C-d": () => this.#options.onend?.(),
    "C-z": () => this.#options.onsuspend?.(),
    "C-r": () => this.#searchBegins(),
    "C-l": () => this.#clearScreen(),
  };

  #searchBegins(): void {
    this.#search = new Search(this.#options.history, this.#draft.line);
    this.#draw();
  }

  /** False for a key that ends the search and then does what it does. */
  #searchTakes(search: Search, key: Key): boolean {
    if (key.kind === "text") search.type(key.text);
    else if (key.name === "C-r") search.again(-1);
    else if (key.name === "C-s") search.again(1);
    else if (key.name === "backspace") search.rubout();
    else {
      this.#search = undefined;
      const isGivenUp = key.name === "C-g" || key.name === "C-c";
      if (!isGivenUp) this.#draft.replace(search.line);
      return isGivenUp || key.name === "escape";
    }
    return true;
  }

  #complete(): void {
    const { text, cursor } = this.#draft.line;
    const found = this.#options.complete?.(text.slice(0, cursor)) ?? [];
    if ("then" in found) this.#await(found);
    else this.#offer(found);
  }

  /** Keys wait until the answer is there. */
  #await(found: Promise<readonly string[]>): void {
    this.#isAsking = true;
    const answered = (words: readonly string[]) => {
      this.#isAsking = false;
      if (this.#isOpen) this.#offer(words);
      this.#drain();
    };
    found.then(answered, () => answered([]));
  }

  #offer(words: readonly string[]): void {
    const line = completed(this.#draft.line, words);
    if (line !== undefined) {
      this.#draft.replace(line);
      this.#draw();
    } else if (words.length > 1) this.print(listed(words, this.#options.size().columns));
    else if (words.length === 0) this.#options.write(BELL);
  }

  /** What was pasted with its line ends is entered line by line. */
  #enter(): void {
    const [line = "", ...others] = this.#draft.text.split("\n");
    this.#finish();
    this.#isOpen = false;
    this.#draft.clear();
    const keys = others.flatMap((text): Key[] => [
      { kind: "text", text },
      { kind: "key", name: "enter" },
    ]);
    this.#waiting.jump(keys);
    this.#options.history.add(line);
    this.#options.onenter(line);
  }

  #drop(): void {
    if (this.#draft.text === "") {
      this.#interrupt();
      return;
    }
    this.#draft.replace(atEnd(`${this.#draft.text}^C`));
    this.#finish();
    this.#draft.clear();
    this.#draw();
  }

  #interrupt(): void {
    this.#waiting.clear();
    this.#options.oninterrupt?.();
  }

  #clearScreen(): void {
    this.#drawing.forget();
    this.#options.write("\x1b[H\x1b[2J");
    this.#draw();
  }

  /** Leaves all of the line to be seen, and goes below it. */
  #finish(): void {
    this.#search = undefined;
    this.#draft.replace(EDITS["end"]!(this.#draft.line));
    this.#draw();
    this.#drawing.finish();
  }

  #draw(): void {
    if (!this.#isAway) this.#drawing.show(this.#view());
  }

  #view(): View {
    if (this.#search === undefined) {
      const { text, styled = text } = this.#prompt;
      return { prompt: text, styled, ...this.#draft.line };
    }
    return { prompt: this.#search.prompt, ...this.#search.line };
  }
}
