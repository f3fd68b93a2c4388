// How values are written, on the command line, at the console and in a URL alike:
//
//   [LR|RL] value [+plus] [K|M|G] [U|N] [ '[' state ']' ]
//
// LR is from left to right alone, RL the other way. Plus is half the width of an even spread (U, which is usual) or three
// sigma of a normal one (N). K, M and G are 2^10, 2^20 and 2^30, and count for both numbers.

import { refuse } from "../errors.js";
import type { Draw } from "./random.js";

/** 0 is from left to right, 1 from right to left. */
export type Direction = 0 | 1;

export const DIRECTIONS = ["LR", "RL"] as const;

export interface Value extends Draw {
  /** Both where it is absent. */
  readonly direction: Direction | undefined;
  /** The Markov state that it is for. */
  readonly state: number;
}

const NUMBER = String.raw`(?:0x[\da-f]+|(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)`;
const VALUE = new RegExp(String.raw`^(lr|rl)?\s*\+?(${NUMBER})(?:\+(${NUMBER}))?([kmg])?([un])?(?:\[(\d+)\])?$`, "i");
const SHIFT: Readonly<Record<string, number>> = { k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 };
export const GRAMMAR = "a value is [LR|RL]N[+N][K|M|G][U|N][[STATE]], as LR100+20N";

/** Reads a value. EINVAL, with the grammar, where it is none. */
export function readValue(text: string): Value {
  const [whole, way, value = "", plus = "0", unit = "", spread = "", state = "0"] = VALUE.exec(text.trim()) ?? [];
  if (whole === undefined) refuse("EINVAL", `${text.trim() || "nothing"}: ${GRAMMAR}`);
  const scale = SHIFT[unit.toLowerCase()] ?? 1;
  return {
    direction: way === undefined ? undefined : way.toLowerCase() === "lr" ? 0 : 1,
    value: Number(value) * scale,
    plus: Number(plus) * scale,
    isNormal: spread.toLowerCase() === "n",
    state: Number(state),
  };
}

/** As C's %g writes it: six digits that count, and an exponent where there are more. */
export function shownNumber(value: number): string {
  if (value === 0) return "0";
  const exponent = Math.floor(Math.log10(Math.abs(Number(value.toPrecision(6)))));
  if (exponent >= -4 && exponent < 6) return String(Number(value.toPrecision(6)));
  const [digits = "", power = ""] = value.toExponential(5).split("e");
  const sign = power.startsWith("-") ? "-" : "+";
  return `${Number(digits)}e${sign}${power.replace(/^[+-]/, "").padStart(2, "0")}`;
}

/** As `showinfo` writes it: 100+20N. */
export function shownDraw({ value, plus, isNormal }: Draw): string {
  return `${shownNumber(value)}+${shownNumber(plus)}${isNormal ? "N" : "U"}`;
}
