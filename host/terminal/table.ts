// A table on a terminal: a heading, columns as wide as what is in them, numbers at the right.

import type { Cell } from "../console/command.js";
import { printable } from "../console/text.js";
import { widthOf } from "./cells.js";
import type { Style } from "./style.js";

export interface Rows {
  readonly head: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  readonly none: string;
}

const GAP = "  ";

/** What stands out in a cell, by its words. */
const GOOD = new Set(["active", "active trunk", "forwarding", "on", "Root", "Designated", "Edge"]);
const BAD = new Set(["discarding", "listening", "Alternate", "Backup", "Unknown"]);
const FAINT = new Set(["inactive", "off", "awaited"]);

/** A listing as a console of ours gives it, in lines of JSON; undefined where it is something else. */
export function readRows(lines: readonly string[]): Rows | undefined {
  try {
    const [{ head, none }, ...rows] = lines.map((line) => JSON.parse(line)) as [Rows, ...Cell[][]];
    const isTable = Array.isArray(head) && typeof none === "string" && rows.every(Array.isArray);
    return isTable ? { head: head.map(String), none, rows: rows.map((row) => row.map(plain)) } : undefined;
  } catch {
    return undefined;
  }
}

/** Whoever the console is: nothing that it says moves the terminal. */
function plain(cell: unknown): Cell {
  return typeof cell === "number" ? cell : printable(String(cell));
}

/** The lines of a table. Columns with nothing in them are left out. */
export function* drawTable({ head, rows, none }: Rows, style: Style): Generator<string> {
  if (rows.length === 0) return yield style.faint(`(${none})`);
  const used = head.map((_, at) => at).filter((at) => rows.some((row) => (row[at] ?? "") !== ""));
  const columns = used.map((at) => {
    const cells = rows.map((row) => String(row[at] ?? ""));
    const isNumber = rows.every((row) => typeof row[at] === "number" || (row[at] ?? "") === "");
    return { at, isNumber, width: Math.max(widthOf(head[at]!), ...widths(cells)) };
  });
  const laid = (text: string, { isNumber, width }: (typeof columns)[number], draw = (shown: string) => shown) => {
    const blanks = " ".repeat(width - widthOf(text));
    return isNumber ? `${blanks}${draw(text)}` : `${draw(text)}${blanks}`;
  };
  yield style.strong(
    columns
      .map((column) => laid(head[column.at]!, column))
      .join(GAP)
      .trimEnd(),
  );
  for (const row of rows) {
    const cells = columns.map((column) => laid(String(row[column.at] ?? ""), column, (text) => coloured(text, style)));
    yield cells.join(GAP).trimEnd();
  }
}

/** A hash table has more rows than a call has arguments. */
function widths(cells: readonly string[]): [number] {
  return [cells.reduce((widest, cell) => Math.max(widest, widthOf(cell)), 0)];
}

function coloured(text: string, style: Style): string {
  if (GOOD.has(text)) return style.good(text);
  if (BAD.has(text)) return style.bad(text);
  return FAINT.has(text) ? style.faint(text) : text;
}
