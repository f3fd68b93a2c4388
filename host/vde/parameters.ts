// What stands behind the name in a VDE URL: "[port=3/mode=660]", or "/vni=4/ttl=2". Slashes part the options; quotes, a
// backslash and %XX make a slash one like any letter. A key may be cut short: the first that begins so is meant.

import { refuse } from "../errors.js";

/** The path of a URL, and what is in the brackets that end it. */
export function splitBrackets(text: string): { path: string; words: string[] } {
  const [, path = text, inside = ""] = /^(.*?)\[(.*)\]$/s.exec(text) ?? [];
  return { path, words: splitWords(inside) };
}

/** Parts between slashes. */
export function splitWords(text: string): string[] {
  const parts = [""];
  for (const [piece] of text.matchAll(/'[^']*'|"[^"]*"|\\.|(?:%[0-9a-f]{2})+|./gis)) {
    if (piece === "/") parts.push("");
    else parts[parts.length - 1] += plain(piece);
  }
  return parts;
}

/** The key that a word may be short for. EINVAL, with the list, where there is none. */
export function fullKey(key: string, keys: readonly string[]): string {
  const name = keys.find((known) => known.startsWith(key));
  return name ?? refuse("EINVAL", `${key}: the options are ${keys.join(", ")}`);
}

/** Words of the form key=value or key, by their full keys. */
export function readParameters(words: readonly string[], keys: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const word of words) {
    const [, key = "", value = ""] = /^([^=]*)=?(.*)$/s.exec(word) ?? [];
    if (key !== "") found[fullKey(key, keys)] = value;
  }
  return found;
}

/** A whole number between two others. EINVAL where it is none. */
export function wholeNumber(what: string, text: string, min: number, max: number): number {
  const number = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  return number >= min && number <= max ? number : refuse("EINVAL", `${what} ${text}: ${what} is ${min} to ${max}`);
}

/** Permissions in octal. */
export function octalMode(text: string): number {
  return /^[0-7]{1,4}$/.test(text) ? Number.parseInt(text, 8) : refuse("EINVAL", `${text}: a mode is octal, as 660`);
}

function plain(piece: string): string {
  if (piece.length === 1) return piece;
  if (piece.startsWith("\\")) return piece.slice(1);
  return piece.startsWith("%") ? decoded(piece) : piece.slice(1, -1);
}

function decoded(piece: string): string {
  try {
    return decodeURIComponent(piece);
  } catch {
    return refuse("EINVAL", `${piece}: not UTF-8`);
  }
}
