// The kinds of arguments that commands of a wire take.

import type { Kind } from "../console/command.js";
import { refuse } from "../errors.js";

/** What is left of the line. It does not show in the help: VDE's has it in words. */
export function unlabelled(): Kind<string> & { rest: true } {
  return { label: "", rest: true, read: (text) => text.trim() };
}

/** The number of a state. */
export const state: Kind<number> = {
  label: "n",
  read: (word) => (/^\d+$/.test(word) ? Number(word) : refuse("EINVAL", `${word}: a state is a number, from 0`)),
};

/** A number as C reads it, with a fraction. */
export function real(text: string, what: string): number {
  const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(number) ? number : refuse("EINVAL", `${text || "nothing"}: ${what} is a number`);
}

/** 1 or 0. */
export function onOff(text: string): boolean {
  return /^[01]$/.test(text) ? text === "1" : refuse("EINVAL", `${text || "nothing"}: 1 or 0 is wanted`);
}
