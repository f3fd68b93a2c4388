// A terminal's screen as xterm has it, as far as our editor uses one: rows, a cursor, wrapping at the last column, and
// rows that wrap anew where the width changes.

import { cellsOf } from "../host/terminal/cells.js";

const ESC = "\x1b";
const SEQUENCE = new RegExp(`^${ESC}\\[(\\??)([0-9;]*)([A-Za-z])`);

interface Row {
  cells: string[];
  /** Whether the row above goes on here. */
  isWrapped: boolean;
}

export class Screen {
  columns: number;
  readonly #height: number;
  #rows: Row[] = [{ cells: [], isWrapped: false }];
  #row = 0;
  #column = 0;
  /** Bells that rang. */
  bells = 0;

  constructor(columns: number, height = 24) {
    this.columns = columns;
    this.#height = height;
  }

  /** Of the whole screen, with what has scrolled off it: rows without the blanks at their ends. */
  get rows(): string[] {
    return this.#rows.map(({ cells }) => cells.join("").trimEnd());
  }

  get text(): string {
    return this.rows.join("\n").trimEnd();
  }

  get cursor(): [row: number, column: number] {
    return [this.#row, Math.min(this.#column, this.columns - 1)];
  }

  write(text: string): void {
    let rest = text;
    while (rest !== "") {
      const [sequence, , numbers = "", final = ""] = SEQUENCE.exec(rest) ?? [];
      if (sequence !== undefined) {
        this.#obey(final, Number(numbers.split(";")[0] || "0"));
        rest = rest.slice(sequence.length);
        continue;
      }
      const [, plain] = /^(\P{Cc}+)/u.exec(rest) ?? [];
      if (plain === undefined) this.#control(rest[0]!);
      else for (const { shown, width } of cellsOf(plain)) this.#put(shown, width);
      rest = rest.slice(plain?.length ?? 1);
    }
  }

  /** Another width: rows that wrapped are joined and cut anew, and the cursor stays on its character. */
  resize(columns: number): void {
    const lines: string[][] = [];
    let at: [line: number, offset: number] = [0, 0];
    for (const [i, { cells, isWrapped }] of this.#rows.entries()) {
      if (isWrapped) lines.at(-1)!.push(...cells);
      else lines.push([...cells]);
      if (i === this.#row) at = [lines.length - 1, lines.at(-1)!.length - cells.length + this.#column];
    }
    this.columns = columns;
    this.#rows = [];
    for (const [i, line] of lines.entries()) {
      const first = this.#rows.length;
      const count = Math.max(1, Math.ceil(line.length / columns), i === at[0] ? Math.floor(at[1] / columns) + 1 : 1);
      for (let n = 0; n < count; n++)
        this.#rows.push({ cells: line.slice(n * columns, (n + 1) * columns), isWrapped: n > 0 });
      if (i === at[0]) [this.#row, this.#column] = [first + Math.floor(at[1] / columns), at[1] % columns];
    }
  }

  #put(shown: string, width: number): void {
    if (width === 0) return;
    if (this.#column + width > this.columns) {
      this.#row++;
      this.#column = 0;
      this.#here().isWrapped = true;
    }
    const { cells } = this.#here();
    while (cells.length < this.#column) cells.push(" ");
    cells.splice(this.#column, width, shown, ...Array(width - 1).fill(""));
    this.#column += width;
  }

  #control(character: string): void {
    if (character === "\r") this.#column = 0;
    else if (character === "\x07") this.bells++;
    else if (character === "\n") {
      this.#row++;
      this.#column = 0; // as with ONLCR
      this.#here();
    }
  }

  #obey(final: string, number: number): void {
    const count = number || 1;
    const top = Math.max(0, this.#rows.length - this.#height);
    if (final === "A") this.#row = Math.max(top, this.#row - count);
    else if (final === "B") this.#row = Math.min(this.#rows.length - 1, this.#row + count);
    else if (final === "C") this.#column = Math.min(this.columns - 1, this.#column + count);
    else if (final === "D") this.#column = Math.max(0, this.#column - count);
    else if (final === "H") [this.#row, this.#column] = [top, 0];
    else if (final === "J") this.#erase(number === 2 ? top : this.#row, number === 2 ? 0 : this.#column);
    else if (final === "K") this.#here().cells.length = Math.min(this.#here().cells.length, this.#column);
    else if (final !== "m" && final !== "h" && final !== "l") throw new Error(`unknown sequence ${final}`);
  }

  #erase(row: number, column: number): void {
    for (const [i, { cells }] of this.#rows.entries()) {
      if (i === row) cells.length = Math.min(cells.length, column);
      else if (i > row) cells.length = 0;
    }
    this.#rows.length = Math.max(this.#row + 1, row + 1);
  }

  #here(): Row {
    while (this.#rows.length <= this.#row) this.#rows.push({ cells: [], isWrapped: false });
    return this.#rows[this.#row]!;
  }
}
