// Requests that are refused, by the code that they are refused with.

import * as assert from "uvu/assert";
import { type ErrorCode, SwitchError } from "../host/errors.js";

/** The code that `act` is refused with, or undefined where it is not. What is no refusal is thrown on. */
export function refusal(act: () => unknown): ErrorCode | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    if (error instanceof SwitchError) return error.code;
    throw error;
  }
}

/** Holds that `act` is refused with a code. */
export function refuses(code: ErrorCode, act: () => unknown): void {
  assert.is(refusal(act), code);
}
