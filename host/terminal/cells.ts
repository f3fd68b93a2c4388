// How many cells of a terminal a text takes: by its grapheme clusters, which are what a cursor steps over.

/** A grapheme cluster as a terminal shows it. */
export interface Cell {
  /** What is written: control characters as ^X, the end of a pasted line as a sign. */
  readonly shown: string;
  /** Columns that it takes. */
  readonly width: number;
  /** Where it begins in the text. */
  readonly start: number;
}

const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });
const PLAIN = /^[\x20-\x7e]*$/;
/** C0, DEL and C1 (ECMA-48): written as they are, a terminal would obey them. */
const CONTROL = /^[\p{Cc}\u2028\u2029]/u;
const LINE_END = "\u21b5"; // ↵
/**
 * What East Asian terminals draw two columns wide (UAX 11: W and F). JavaScript knows no East_Asian_Width, but the
 * scripts that it is made of, and so follows Unicode by itself.
 */
const WIDE =
  /^(?:[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Bopomofo}\p{Script=Yi}\p{Script=Tangut}\p{Emoji_Presentation}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6])/u;
const HALF = /^[\uff61-\uffdc]/; // halfwidth forms, though their scripts are wide
/** An emoji that is only one by its variation selector, and sequences that are drawn as one picture. */
const EMOJI_SEQUENCE = /^\p{Emoji}.*[\ufe0f\u200d]/su;
const WIDTHLESS = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;

/** The cells of a text, in order. */
export function cellsOf(text: string): Cell[] {
  if (PLAIN.test(text)) return Array.from(text, (shown, start) => ({ shown, width: 1, start }));
  return Array.from(segmenter.segment(text), ({ segment, index }) => cell(segment, index));
}

/** Columns that a text takes on one row. */
export function widthOf(text: string): number {
  return PLAIN.test(text) ? text.length : cellsOf(text).reduce((sum, { width }) => sum + width, 0);
}

/** Where the grapheme cluster before `at` begins. */
export function before(text: string, at: number): number {
  return cellsOf(text.slice(0, at)).at(-1)?.start ?? 0;
}

/** Where the grapheme cluster that begins at `at` ends. */
export function after(text: string, at: number): number {
  const [, next] = cellsOf(text.slice(at));
  return next === undefined ? text.length : at + next.start;
}

function cell(segment: string, start: number): Cell {
  if (segment === "\n") return { shown: LINE_END, width: 1, start };
  if (CONTROL.test(segment)) return { shown: control(segment), width: control(segment).length, start };
  return { shown: segment, width: columns(segment), start };
}

function columns(segment: string): number {
  if (WIDTHLESS.test(segment)) return 0;
  if (HALF.test(segment)) return 1;
  return WIDE.test(segment) || EMOJI_SEQUENCE.test(segment) ? 2 : 1;
}

function control(segment: string): string {
  const code = segment.charCodeAt(0);
  if (code < 0x20 || code === 0x7f) return `^${String.fromCharCode(code ^ 0x40)}`;
  return `\\x${code.toString(16)}`;
}
