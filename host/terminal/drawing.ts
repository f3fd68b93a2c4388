// A prompt and a line on a terminal, over as many rows as they take. What is drawn is known, so that it can be taken away,
// moved below other text, and changed by no more than what differs.

import { type Cell, cellsOf } from "./cells.js";

/** What is to be seen. */
export interface View {
  readonly prompt: string;
  /** The prompt with its colours. */
  readonly styled?: string;
  readonly text: string;
  readonly cursor: number;
}

interface Place {
  readonly row: number;
  readonly column: number;
}

/** A view laid out on rows of a width. */
interface Layout {
  readonly columns: number;
  readonly rows: readonly string[];
  readonly cursor: Place;
  readonly end: Place;
  /** The first row that is seen, where there are more than the screen has. */
  readonly first: number;
}

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

const HOME: Place = { row: 0, column: 0 };
const NOTHING: View = { prompt: "", text: "", cursor: 0 };

export class Drawing {
  readonly #write: (text: string) => void;
  readonly #size: () => Size;
  #view: View = NOTHING;
  #layout: Layout | undefined;

  constructor(write: (text: string) => void, size: () => Size) {
    this.#write = write;
    this.#size = size;
  }

  /** Shows a view in place of the one before. */
  show(view: View): void {
    const layout = lay(view, this.#size());
    const change = this.#addition(view, layout) ?? `${this.#taken()}${drawn(view, layout)}`;
    if (change !== "") this.#write(change);
    this.#view = view;
    this.#layout = layout;
  }

  /** Takes the view away, and leaves the cursor where it began. */
  clear(): void {
    this.#write(this.#taken());
    this.forget();
  }

  /** Leaves what was drawn, with the cursor at its end, and goes to the row below. */
  finish(): void {
    if (this.#layout === undefined || edge(this.#layout) === "") this.#write("\n");
    this.forget();
  }

  /** What was drawn stays, and what comes is drawn anew, from the beginning of a row. */
  forget(): void {
    this.#view = NOTHING;
    this.#layout = undefined;
  }

  /** Terminals wrap rows anew when their width changes: the cursor is then where the new width has it. */
  resized(): void {
    if (this.#layout !== undefined) this.#layout = lay(this.#view, this.#size());
  }

  #taken(): string {
    if (this.#layout === undefined) return "";
    const { cursor, first } = this.#layout;
    return `${up(cursor.row - first)}\r\x1b[J`;
  }

  /** What alone must be written where the view has only grown at its end, or its cursor moved. */
  #addition(view: View, layout: Layout): string | undefined {
    const old = this.#layout;
    const sameFrame = old?.columns === layout.columns && old.first === layout.first;
    if (old === undefined || !sameFrame || this.#view.prompt !== view.prompt) return undefined;
    if (view.text === this.#view.text) return moved(old.cursor, layout.cursor);
    const grew = view.text.startsWith(this.#view.text) && this.#view.cursor === this.#view.text.length;
    if (!grew || view.cursor !== view.text.length || isSame(old.end, layout.end)) return undefined;
    const [before, after] = [old.rows.join(""), layout.rows.join("")];
    return after.startsWith(before) ? `${after.slice(before.length)}${edge(layout)}` : undefined;
  }
}

function lay({ prompt, text, cursor }: View, { columns, rows: height }: Size): Layout {
  const rows = [""];
  let column = 0;
  let at: Place | undefined;
  const put = ({ shown, width }: Cell) => {
    if (column + width > columns) {
      rows.push("");
      column = 0;
    }
    const place = { row: rows.length - 1, column };
    rows[place.row] += shown;
    column += width;
    return place;
  };
  for (const cell of cellsOf(prompt)) put(cell);
  for (const cell of cellsOf(text)) {
    const place = put(cell);
    if (cell.start === cursor) at = place;
  }
  if (column >= columns) rows.push("");
  const end = { row: rows.length - 1, column: column >= columns ? 0 : column };
  const place = at ?? end;
  const first = Math.max(0, Math.min(place.row - Math.floor(height / 2), rows.length - height));
  const last = rows.length > height ? first + height : rows.length;
  const endSeen = end.row < last ? end : { row: last - 1, column: columns };
  return { columns, rows: rows.slice(0, last), cursor: place, end: endSeen, first };
}

function drawn({ prompt, styled = prompt }: View, layout: Layout): string {
  const text = layout.rows.slice(layout.first).join("");
  const shown = layout.first === 0 && text.startsWith(prompt) ? styled + text.slice(prompt.length) : text;
  return `${shown}${edge(layout)}${moved(layout.end, layout.cursor)}`;
}

/** A terminal goes to the next row only when one more character comes. */
function edge({ end, rows, first }: Layout): string {
  return end.column === 0 && rows.length > first + 1 ? "\r\n" : "";
}

function moved(from: Place = HOME, to: Place = HOME): string {
  if (isSame(from, to)) return "";
  const rows = to.row - from.row;
  const right = to.column > 0 ? `\x1b[${to.column}C` : "";
  return `${rows < 0 ? up(-rows) : rows > 0 ? `\x1b[${rows}B` : ""}\r${right}`;
}

function isSame(one: Place, other: Place): boolean {
  return one.row === other.row && one.column === other.column;
}

function up(rows: number): string {
  return rows > 0 ? `\x1b[${rows}A` : "";
}
