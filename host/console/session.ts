// One manager at a console: what it sends, cut into commands; replies in order; events as they come.
//
// A command ends with a newline, or with the read that brings it where that read has no newline: vdeterm and libvdemgmt
// send none. What follows the last newline of a read is the beginning of a line, and waits for the rest, since a client
// that sends many lines at once is read in pieces.

import { refuse } from "../errors.js";
import type { Category } from "../events.js";
import { type Caller, SILENT } from "./command.js";
import type { Interpreter } from "./interpreter.js";
import { printable } from "./text.js";

/** Longest line, in characters. */
export const LINE_MAX = 4096;
/** Octets that may wait for a reader before it misses events. Replies are never missed: they hold up the next command. */
const BACKLOG_MAX = 262_144;

/** Where a session's output goes. */
export interface Terminal {
  /** Octets that were written and not yet taken. */
  readonly backlog: number;
  /** Writes. Where the reader is behind, a promise that is kept when it has caught up, or is gone. */
  write(text: string): Promise<void> | undefined;
  prompt(text: string): void;
  /** Whether nobody reads any more. */
  readonly isGone?: boolean;
  /** A promise that is kept when others had their turn. Absent where nobody waits for one. */
  pause?(): Promise<void>;
  /** Writes a last word and ends. Absent where a session cannot end, as on standard input. */
  leave?(text: string): void;
}

export class Session {
  readonly #console: Interpreter;
  readonly #terminal: Terminal;
  readonly #caller: Caller;
  #queue = Promise.resolve();
  #kept = "";
  #skipping = false;
  #open = true;
  #missed = 0;
  #behind: Promise<void> | undefined;
  /** Parts of an answer were shown, and not its end. Events wait for that. */
  #isAnswering = false;
  readonly #held: string[] = [];
  #heldSize = 0;

  constructor(console: Interpreter, terminal: Terminal, { greet = true } = {}) {
    this.#console = console;
    this.#terminal = terminal;
    this.#caller = {
      get isGone() {
        return terminal.isGone === true;
      },
      listener: Object.assign((category: Category, text: string) => this.#hear(category, text), {
        missed: (count: number) => this.#miss(count),
      }),
      tell: (event) => this.#tell(event),
      echo: (text) => this.#finish(text),
      part: (text) => this.#part(text),
      ...(terminal.pause && { pause: () => terminal.pause!() }),
      leave: (word) => this.#leave(word),
      scripts: [],
    };
    if (!greet) return;
    terminal.write(console.banner);
    terminal.prompt(console.prompt);
  }

  /** Takes what one read brought. The promise is kept when all of it has run: read no more until then. */
  feed(text: string): Promise<void> {
    this.#queue = this.#queue
      .then(() => this.#take(text))
      .catch((error: Error) => this.#console.note(`a session broke: ${error.stack ?? error.message}`));
    return this.#queue;
  }

  /** There will be no more: runs what was begun, and ends. */
  end(): Promise<void> {
    this.#queue = this.#queue.then(async () => {
      await this.#take(this.#kept === "" ? "" : "\n");
      this.close();
    });
    return this.#queue;
  }

  /** The terminal is gone. */
  close(): void {
    this.#open = false;
    this.#console.forget(this.#caller);
  }

  async #take(text: string): Promise<void> {
    if (text === "") return;
    const lines = (this.#kept + text).split("\n");
    const isWhole = lines.length === 1 && this.#kept === "" && !this.#skipping && text.length <= LINE_MAX;
    this.#kept = isWhole ? "" : (lines.pop() ?? "");
    for (const line of lines) {
      if (!this.#open) return;
      if (this.#skipping) this.#skipping = false;
      else await this.#run(line);
      if (lines.length > 1) await this.#terminal.pause?.();
    }
    if (this.#kept.length > LINE_MAX && !this.#skipping) await this.#run(this.#kept);
    if (this.#skipping || this.#kept.length > LINE_MAX) [this.#kept, this.#skipping] = ["", true];
  }

  async #run(line: string): Promise<void> {
    const tooLong = `1022 Invalid argument: a line is ${LINE_MAX} characters at most\n`;
    const [command = ""] = line.replace(/\r$/, "").split("\0");
    const reply = line.length > LINE_MAX ? tooLong : await this.#console.run(command, this.#caller);
    if (reply === SILENT) return;
    if (reply !== undefined) await this.#finish(reply);
    if (this.#open) this.#terminal.prompt(this.#console.prompt);
  }

  async #part(text: string): Promise<void> {
    if (!this.#open || this.#terminal.isGone) refuse("EIO", "nobody reads the answer");
    this.#isAnswering = true;
    await this.#write(text);
    await this.#terminal.pause?.();
  }

  /** Shows an answer, or the end of one; then the events that came while parts of it were shown. */
  #finish(text: string): Promise<void> | undefined {
    const done = this.#write(text);
    this.#isAnswering = false;
    const missed = this.#missed; // after those that were held
    [this.#missed, this.#heldSize] = [0, 0];
    for (const event of this.#held.splice(0)) this.#tell(event);
    if (missed > 0) this.#miss(missed);
    return done;
  }

  #leave(word = this.#console.farewell): void {
    if (!this.#open || this.#terminal.leave === undefined) return;
    this.#terminal.leave(word);
    this.close();
  }

  #hear({ tag, path }: Category, text: string): void {
    this.#tell(`3${tag.toString(8).padStart(3, "0")} ${path} ${printable(text)}`);
  }

  #tell(event: string): void {
    if (this.#terminal.backlog + this.#heldSize > BACKLOG_MAX) {
      this.#miss(1);
      return;
    }
    if (this.#isAnswering) {
      this.#held.push(event);
      this.#heldSize += event.length;
      return;
    }
    this.#admit();
    void this.#write(`${event}\n`);
  }

  /** Says how many are missing as soon as there is room for it, and before anything that came later. */
  #miss(count: number): void {
    this.#missed += count;
    if (this.#isAnswering || this.#terminal.isGone) return; // it is said behind the answer
    if (this.#terminal.backlog <= BACKLOG_MAX) this.#admit();
    else this.#behind ??= this.#write("")?.then(() => this.#caughtUp());
  }

  #caughtUp(): void {
    this.#behind = undefined;
    if (this.#missed > 0) this.#miss(0);
  }

  #admit(): void {
    if (this.#missed > 0) void this.#write(`3000 debug/missed ${this.#missed} events\n`);
    this.#missed = 0;
  }

  #write(text: string): Promise<void> | undefined {
    if (!this.#open) return undefined;
    return this.#terminal.write(text);
  }
}
