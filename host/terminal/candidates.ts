// What may stand in place of the word that is being typed: what all have in common, and the list of them.

import { widthOf } from "./cells.js";
import { insert, type Line } from "./line.js";

const ROWS_MAX = 12;
const GAP = 2;

/** The word that ends at the cursor. */
function wordBefore({ text, cursor }: Line): string {
  return /\S*$/.exec(text.slice(0, cursor))?.[0] ?? "";
}

/** The line with as much more as all candidates agree on; with a blank behind the only one. undefined where that is nothing. */
export function completed(line: Line, words: readonly string[]): Line | undefined {
  const typed = wordBefore(line);
  const found = words.filter((word) => word.startsWith(typed));
  const common = found.reduce(inCommon, found[0] ?? "");
  const [only = "", ...others] = found;
  const ends = found.length > 0 && others.length === 0 && !/[/=:]$/.test(only) ? " " : "";
  const more = `${common.slice(typed.length)}${ends}`;
  return more === "" ? undefined : insert(line, more);
}

/** What two words both begin with. */
function inCommon(one: string, other: string): string {
  let length = Math.min(one.length, other.length);
  while (!other.startsWith(one.slice(0, length))) length--;
  return one.slice(0, length);
}

/** The candidates in columns, read downwards. Those for which there is no room are counted. */
export function listed(words: readonly string[], columns: number): string {
  const width = Math.max(...words.map(widthOf)) + GAP;
  const perRow = Math.max(1, Math.floor(columns / width));
  const count = Math.min(ROWS_MAX, Math.ceil(words.length / perRow));
  const shown = words.slice(0, count * perRow);
  const rows = Array.from({ length: count }, (_, row) => {
    const cells = shown.filter((_, i) => i % count === row);
    return cells
      .map((word) => word + " ".repeat(width - widthOf(word)))
      .join("")
      .trimEnd();
  });
  const left = words.length - shown.length;
  return [...rows, ...(left > 0 ? [`and ${left} more`] : [])].join("\n");
}
