// What a terminal sends, as keys. A key that prints is its own name; others are named as Emacs does: C-a, M-b, up, C-left.
// Sequences may come in pieces; what is pasted between the marks of bracketed paste is one event, and runs no key.

export type Key = { readonly kind: "key"; readonly name: string } | { readonly kind: "text"; readonly text: string };

const ESC = "\x1b";
const PASTE_BEGINS = `${ESC}[200~`;
const PASTE_ENDS = `${ESC}[201~`;
/** ECMA-48 5.4: parameters, intermediates, a final. */
const CSI = new RegExp(`^${ESC}\\[([0-?]*)[ -/]*([@-~])`);
/** A sequence that another character cut off. */
const BROKEN = new RegExp(`^${ESC}\\[[0-?]*[ -/]*`);
const SS3 = new RegExp(`^${ESC}O([ -~])`);
const META = new RegExp(`^${ESC}([^${ESC}])`, "u");
/** The beginning of a sequence whose end has not come yet. */
const PARTIAL = new RegExp(`^${ESC}(?:${ESC}?\\[[0-?]*[ -/]*|O)?$`);
const PARTIAL_MAX = 32;
const PASTE_MAX = 65_536;

const FINALS: Readonly<Record<string, string>> = {
  A: "up",
  B: "down",
  C: "right",
  D: "left",
  F: "end",
  H: "home",
  Z: "S-tab",
  M: "enter",
};
/** The finals "~", by their number. 1, 4, 7 and 8 are those of the Linux console, rxvt and older terminals. */
const TILDES: Readonly<Record<string, string>> = {
  1: "home",
  2: "insert",
  3: "delete",
  4: "end",
  5: "pageup",
  6: "pagedown",
  7: "home",
  8: "end",
};
const NAMED: Readonly<Record<string, string>> = {
  "\r": "enter",
  "\n": "enter",
  "\t": "tab",
  "\x7f": "backspace",
  "\b": "backspace",
  "\x1f": "C-_",
  "\x1b": "escape",
};

export class KeyReader {
  #rest = "";

  /** The keys of what a read brought. */
  *read(text: string): Generator<Key> {
    this.#rest += text;
    while (this.#rest !== "") {
      const [length, key] = next(this.#rest);
      if (length === 0) return;
      this.#rest = this.#rest.slice(length);
      if (key !== undefined) yield key;
    }
  }
}

/** How many characters the first key takes, 0 where more must come; no key where it has no meaning. */
function next(text: string): [length: number, key?: Key | undefined] {
  if (text.startsWith(PASTE_BEGINS)) return paste(text);
  if (PARTIAL.test(text)) return text.length > PARTIAL_MAX ? [text.length] : [0];
  if (text.startsWith(`${ESC}${ESC}[`)) return meta(text);
  const [csi, parameters = "", final = ""] = CSI.exec(text) ?? [];
  if (csi !== undefined) return [csi.length, named(modified(parameters, final))];
  const [broken] = BROKEN.exec(text) ?? [];
  if (broken !== undefined) return [broken.length];
  const [ss3, letter = ""] = SS3.exec(text) ?? [];
  if (ss3 !== undefined) return [ss3.length, named(FINALS[letter])];
  const [alt, character = ""] = META.exec(text) ?? [];
  if (alt !== undefined) return [alt.length, named(`M-${NAMED[character] ?? controlled(character) ?? character}`)];
  return plain(text);
}

/** rxvt's way to say Alt: ESC before the sequence. */
function meta(text: string): [length: number, key?: Key | undefined] {
  const [length, key] = next(text.slice(1));
  if (length === 0) return [0];
  return [length + 1, key?.kind === "key" ? named(`M-${key.name}`) : undefined];
}

function paste(text: string): [length: number, key?: Key | undefined] {
  const end = text.indexOf(PASTE_ENDS, PASTE_BEGINS.length);
  if (end < 0 && text.length < PASTE_MAX) return [0];
  const until = end < 0 ? text.length : end;
  const pasted = text.slice(PASTE_BEGINS.length, until).replace(/\r\n?/g, "\n").replace(/\t/g, " ");
  if (end < 0) return [until, { kind: "text", text: pasted }]; // what comes next belongs to it
  return [until + PASTE_ENDS.length, { kind: "text", text: pasted.replace(/\n+$/, "") }];
}

/** Characters up to the next that is a key. */
function plain(text: string): [length: number, key?: Key | undefined] {
  const [printable] = /^[^\p{Cc}]+/u.exec(text) ?? [];
  if (printable !== undefined) return [printable.length, { kind: "text", text: printable }];
  const [character = ""] = text;
  return [1, named(NAMED[character] ?? controlled(character))];
}

function controlled(character: string): string | undefined {
  const code = character.charCodeAt(0);
  return code < 0x20 ? `C-${String.fromCharCode(code + 0x60)}` : undefined;
}

/** "1;5C" is C-right: the second number less one has bits for Shift, Alt and Control. */
function modified(parameters: string, final: string): string | undefined {
  const [number = "", modifiers = "1"] = parameters.split(";");
  const name = final === "~" ? TILDES[number] : FINALS[final];
  if (name === undefined) return undefined;
  const bits = Number(modifiers) - 1;
  return `${bits & 4 ? "C-" : ""}${bits & 2 ? "M-" : ""}${name}`;
}

function named(name: string | undefined): Key | undefined {
  return name === undefined ? undefined : { kind: "key", name };
}
