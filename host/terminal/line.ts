// A line being edited, and what keys do to it. Nothing here knows of terminals: a line and a key give another line.

import { after, before } from "./cells.js";

export interface Line {
  readonly text: string;
  /** Where the next character goes, at the border of a grapheme cluster. */
  readonly cursor: number;
}

export const EMPTY: Line = { text: "", cursor: 0 };

/** What a key made of a line. What it cut is for the kill ring. */
export interface Edited extends Line {
  readonly killed?: string;
  /** On which side of the cursor it was cut: what is cut next to it is joined on that side. */
  readonly side?: "left" | "right";
}

type Edit = (line: Line) => Edited;

/** A word of Emacs: letters and digits. */
const WORD_BEFORE = /[\p{L}\p{N}\p{M}_]+[^\p{L}\p{N}\p{M}_]*$/u;
const WORD_AFTER = /^[^\p{L}\p{N}\p{M}_]*[\p{L}\p{N}\p{M}_]+/u;
/** A word of the shell, for C-w. */
const BLANKS_BEFORE = /\S+\s*$/;

export function atEnd(text: string): Line {
  return { text, cursor: text.length };
}

export function insert({ text, cursor }: Line, what: string): Line {
  return { text: text.slice(0, cursor) + what + text.slice(cursor), cursor: cursor + what.length };
}

function wordStart({ text, cursor }: Line, form: RegExp): number {
  return Math.max(0, text.slice(0, cursor).search(form));
}

function wordEnd({ text, cursor }: Line): number {
  return cursor + (WORD_AFTER.exec(text.slice(cursor))?.[0].length ?? text.length - cursor);
}

function cut({ text }: Line, from: number, to: number): Line {
  return { text: text.slice(0, from) + text.slice(to), cursor: from };
}

function kill(line: Line, from: number, to: number): Edited {
  const side = to === line.cursor ? "left" : "right";
  return { ...cut(line, from, to), killed: line.text.slice(from, to), side };
}

/** Swaps the two clusters around the cursor; at the end those before it. */
function transpose({ text, cursor }: Line): Line {
  const middle = cursor === text.length ? before(text, cursor) : cursor;
  if (middle === 0) return { text, cursor };
  const [from, to] = [before(text, middle), after(text, middle)];
  return { text: text.slice(0, from) + text.slice(middle, to) + text.slice(from, middle) + text.slice(to), cursor: to };
}

function recased(line: Line, change: (word: string) => string): Line {
  const end = wordEnd(line);
  const word = change(line.text.slice(line.cursor, end));
  return { text: line.text.slice(0, line.cursor) + word + line.text.slice(end), cursor: line.cursor + word.length };
}

const to = (where: (line: Line) => number): Edit => {
  return (line) => ({ text: line.text, cursor: where(line) });
};
const home = to(() => 0);
const end = to(({ text }) => text.length);
const left = to(({ text, cursor }) => before(text, cursor));
const right = to(({ text, cursor }) => after(text, cursor));
const wordLeft = to((line) => wordStart(line, WORD_BEFORE));
const wordRight = to(wordEnd);
const rubout: Edit = (line) => cut(line, before(line.text, line.cursor), line.cursor);
const erase: Edit = (line) => cut(line, line.cursor, after(line.text, line.cursor));
const killWord: Edit = (line) => kill(line, line.cursor, wordEnd(line));
const killWordBefore: Edit = (line) => kill(line, wordStart(line, WORD_BEFORE), line.cursor);

/** By the key's name. */
export const EDITS: Readonly<Record<string, Edit>> = {
  "C-a": home,
  home,
  "C-e": end,
  end,
  "C-b": left,
  left,
  "C-f": right,
  right,
  "M-b": wordLeft,
  "C-left": wordLeft,
  "M-left": wordLeft,
  "M-f": wordRight,
  "C-right": wordRight,
  "M-right": wordRight,
  backspace: rubout,
  delete: erase,
  "C-k": (line) => kill(line, line.cursor, line.text.length),
  "C-u": (line) => kill(line, 0, line.cursor),
  "C-w": (line) => kill(line, wordStart(line, BLANKS_BEFORE), line.cursor),
  "M-d": killWord,
  "C-delete": killWord,
  "M-backspace": killWordBefore,
  "C-backspace": killWordBefore,
  "C-t": transpose,
  "M-u": (line) => recased(line, (word) => word.toUpperCase()),
  "M-l": (line) => recased(line, (word) => word.toLowerCase()),
  "M-c": (line) => recased(line, (word) => word.toLowerCase().replace(/[\p{L}\p{N}]/u, (first) => first.toUpperCase())),
};
