// The kinds of arguments that commands share.

import { refuse } from "../errors.js";
import type { Kind, Typed } from "./command.js";

/** A whole number in decimal. */
export function decimal(label: string): Kind<number> {
  return { label, read: (word) => number(label, word, /^[+-]?\d+$/) };
}

/** A whole number as C's %i reads it: decimal, hexadecimal after 0x, octal after 0. */
export function anyBase(label: string): Kind<number> {
  return { label, read: (word) => number(label, word, /^[+-]?(0x[\da-f]+|\d+)$/i, /^([+-]?)0(?=\d)/) };
}

/** A time in whole seconds, which the core keeps as 32 bits of milliseconds. */
export function seconds(label: string): Kind<number> {
  return { label, read: (word) => inRange(label, number(label, word, /^[+-]?\d+$/), 0, 4_294_967) };
}

/** A switch: 0 is off, every other number is on. */
export function flag(label = "0/1"): Kind<boolean> {
  return { label, read: (word) => number(label, word, /^[+-]?\d+$/) !== 0, words: () => ["0", "1"] };
}

/** What is left of the line, blanks at its end included. */
export function rest(label: string): Kind<string> & { rest: true } {
  return { label, rest: true, read: (text) => text };
}

/** Six octets in hexadecimal between colons or dots, as "02:00:00:00:00:01" whatever their padding was. */
export const mac: Kind<string> = {
  label: "MAC",
  read(word) {
    if (!/^[\da-f]{1,2}([:.][\da-f]{1,2}){5}$/i.test(word)) refuse("EINVAL", `${word} is no address like 2:0:0:0:0:1`);
    const octets = word.toLowerCase().split(/[:.]/);
    return octets.map((octet) => octet.padStart(2, "0")).join(":");
  },
};

/** An argument that may be left out. */
export function optional<T, Target>(kind: Kind<T, Target>): Kind<T, Target> & { optional: true } {
  return { ...kind, label: `[${kind.label}]`, optional: true };
}

/** An argument whose words the Tab key knows. */
export function offering<T, Target, Own extends Kind<T>>(
  kind: Own & Kind<T>,
  words: (target: Target, typed: Typed) => Iterable<string>,
): Omit<Own, "words"> & Kind<T, Target> {
  return { ...kind, words };
}

export function inRange(label: string, value: number, low: number, high: number): number {
  if (value >= low && value <= high) return value;
  return refuse("EINVAL", `${label} is ${low} to ${high}`);
}

function number(label: string, word: string, form: RegExp, octal?: RegExp): number {
  if (!form.test(word)) refuse("EINVAL", `${label} is a number, not ${word}`);
  const text = octal ? word.replace(octal, "$10o") : word;
  const value = text.startsWith("-") ? -Number(text.slice(1)) : Number(text.replace("+", ""));
  return Number.isSafeInteger(value) ? value : refuse("EINVAL", `${label} is a number, not ${word}`);
}
