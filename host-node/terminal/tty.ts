// Standard input and output as a terminal that an editor has for itself: keys as they come, its size, and leaving it to
// the shell and coming back.

import { readSync } from "node:fs";
import { isatty, ReadStream } from "node:tty";
import { cellsOf } from "../../host/terminal/cells.js";
import { COLOURS, NO_COLOURS, type Style } from "../../host/terminal/style.js";
import { isReadable } from "../native/poll.js";
import { whenForeground } from "./background.js";
import { isForeground } from "./foreground.js";

const PASTE_ON = "\x1b[?2004h";
const PASTE_OFF = "\x1b[?2004l";
const STDIN = 0;
const STDOUT = 1;
const AHEAD_MAX = 65_536;
/** What a terminal is taken for that does not know its size. */
const COLUMNS = 80;
const ROWS = 24;

/** Whether a person sits before both. */
export function isInteractive(): boolean {
  return isatty(STDIN) && isatty(STDOUT);
}

/** A terminal that only prints, such as an editor's shell buffer. */
export function isDumb(): boolean {
  return process.env["TERM"] === "dumb";
}

/** https://no-color.org */
export function styleOf(): Style {
  return isDumb() || process.env["NO_COLOR"] ? NO_COLOURS : COLOURS;
}

export interface TtyHandlers {
  readonly ontype: (text: string) => void;
  readonly onresize: () => void;
  /** Others may have used the terminal meanwhile. */
  readonly onreturn: () => void;
  /** There is no more input: the terminal is gone. */
  readonly onend: () => void;
}

export class Tty {
  readonly #handlers: TtyHandlers;
  readonly #isRaw = !isDumb();
  #isOn = false;
  #input: ReadStream = process.stdin;
  /** In the foreground, and nothing was read since: the next failure is the terminal's own. */
  #hasFailed = false;
  #callOff: () => void = () => {};

  constructor(handlers: TtyHandlers) {
    this.#handlers = handlers;
  }

  get size(): { columns: number; rows: number } {
    const { columns, rows } = process.stdout;
    return { columns: columns || COLUMNS, rows: rows || ROWS };
  }

  /** Takes the terminal. What was typed before is taken off the screen: whoever reads it shows it again. */
  start(): void {
    process.stdout.on("error", () => {}); // the terminal is gone, which the end of its input says
    this.#read(process.stdin);
    process.on("SIGWINCH", this.#resized).on("SIGCONT", this.#continued);
    this.#take();
    const ahead = this.#isRaw ? typedAhead() : "";
    if (ahead === "") return;
    this.write(`${rowsUp(ahead, this.size.columns)}\r\x1b[J`);
    this.#handlers.ontype(ahead);
  }

  write(text: string): void {
    process.stdout.write(text);
  }

  /** Gives the terminal back. */
  stop(): void {
    this.#callOff();
    this.#give();
    this.#input.off("data", this.#data).off("end", this.#end).off("error", this.#failed).pause();
    if (this.#input !== process.stdin) this.#input.destroy(); // it would keep this process up, which Node sees to for stdin alone
    process.off("SIGWINCH", this.#resized).off("SIGCONT", this.#continued);
  }

  /** Stops this process and its pipeline as C-z does; the shell lets it go on. */
  suspend(): void {
    this.#give();
    this.#input.pause(); // it may go on in the background, where what is typed meanwhile is the shell's
    process.kill(0, "SIGTSTP");
  }

  #read(input: ReadStream): void {
    this.#input = input;
    input.pause().setEncoding("utf8").on("data", this.#data).on("end", this.#end).on("error", this.#failed);
  }

  #take(): void {
    if (this.#isOn) return;
    if (!isForeground()) {
      this.#await();
      return;
    }
    this.#isOn = true;
    if (this.#isRaw) {
      this.#input.setRawMode(true);
      this.write(PASTE_ON);
    }
    this.#input.resume();
  }

  /** In the background nothing is read: what is typed there is for the shell. */
  #await(): void {
    this.#hasFailed = false;
    this.#input.pause();
    this.#callOff();
    this.#callOff = whenForeground(() => {
      this.#take();
      if (this.#isOn) this.#handlers.onreturn();
    });
  }

  #give(): void {
    if (!this.#isOn) return;
    this.#isOn = false;
    if (!this.#isRaw) return;
    this.write(PASTE_OFF);
    try {
      this.#input.setRawMode(false);
    } catch {
      // EIO: the terminal is gone
    }
  }

  readonly #data = (text: string) => {
    this.#hasFailed = false;
    this.#handlers.ontype(text);
  };
  readonly #end = () => this.#handlers.onend();
  /** EIO is also what a read gets in the background, before this process hears that it is there. */
  readonly #failed = () => {
    const isHere = isForeground();
    if (isHere && this.#hasFailed) return this.#end();
    this.#hasFailed = isHere;
    this.#isOn = false;
    try {
      this.#read(new ReadStream(STDIN)); // Node closes a stream that failed
      this.#take();
    } catch {
      this.#end(); // the terminal is gone
    }
  };
  readonly #resized = () => this.#handlers.onresize();
  readonly #continued = () => {
    this.#hasFailed = false;
    this.#isOn = false; // the shell has set the terminal as it likes it
    this.#take();
    if (this.#isOn) this.#handlers.onreturn();
  };
}

/** What was typed before anybody read: the terminal's driver has echoed it. */
function typedAhead(): string {
  if (!isReadable(STDIN)) return "";
  const octets = Buffer.alloc(AHEAD_MAX);
  try {
    return octets.toString("utf8", 0, readSync(STDIN, octets));
  } catch {
    return "";
  }
}

/** The way back over the rows that the echo of a text took. */
function rowsUp(text: string, columns: number): string {
  const lines = text.split("\n").map((line) => cellsOf(line).reduce((sum, { width }) => sum + width, 0));
  const rows = lines.reduce((sum, width) => sum + Math.floor(width / columns) + 1, 0) - 1;
  return rows > 0 ? `\x1b[${rows}A` : "";
}
