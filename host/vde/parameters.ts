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

/**
 * What a key takes: nothing, since it is on where it is named; one value; one or none; or several, divided by commas or given
 * by the same key again.
 */
export type Kind = "flag" | "value" | "optional" | "list";

export type Keys = Readonly<Record<string, Kind>>;

export type Parameters<K extends Keys> = {
  readonly [N in keyof K]?: K[N] extends "list" ? readonly string[] : K[N] extends "flag" ? true : string;
};

/** The key that a word may be short for. EINVAL, with the list, where there is none. */
export function fullKey(key: string, keys: readonly string[]): string {
  const name = keys.find((known) => known.startsWith(key));
  return name ?? refuse("EINVAL", `${key}: the options are ${keys.join(", ")}`);
}

/** Words of the form key=value or key, by their full keys. EINVAL where one says nothing, or something else than another. */
export function readParameters<K extends Keys>(words: readonly string[], keys: K): Parameters<K> {
  const found: Record<string, string | true | readonly string[]> = {};
  for (const word of words) {
    const [, short = "", value] = /^([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
    if (short === "" && value === undefined) continue;
    if (/^\d+(?:[:,]|$)/.test(short)) refuse("EINVAL", `/${word}: a slash in a value is written %2f, or in quotes`);
    const key = fullKey(short, Object.keys(keys));
    found[key] = readValue(key, keys[key]!, value, found[key]);
  }
  return found as Parameters<K>;
}

/** `before` is what the key has by the words before this one. */
function readValue(key: string, kind: Kind, value: string | undefined, before: unknown): string | true | string[] {
  if (kind === "flag") return OFF.test(value ?? "") ? refuse("EINVAL", `${key}=${value}: leave ${key} out`) : true;
  if (kind === "list") return [...((before as string[] | undefined) ?? []), ...readList(key, value)];
  if (before !== undefined) refuse("EINVAL", `${key}: it is given twice, and has one value`);
  if (kind === "value" && !value) refuse("EINVAL", `${key}=: a value is wanted, or no ${key} at all`);
  return value ?? "";
}

/** What a flag would say that is meant to be off. */
const OFF = /^(?:0|no|off|false)$/i;

/** An empty list is a variable that was not set, more often than a wish. */
function readList(key: string, value = ""): string[] {
  const parts = value.split(",");
  if (value === "") refuse("EINVAL", `${key}=: the list is empty; leave ${key} out where nothing is meant`);
  return parts.every((part) => part !== "") ? parts : refuse("EINVAL", `${key}=${value}: a part of the list is empty`);
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
