// Requests that are refused, by the code that they are refused with.

import { SwitchError } from "../host/errors.js";

/** The code that `act` is refused with, or undefined where it is not. What is no refusal is thrown on. */
export function refusal(act: () => unknown): string | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    if (error instanceof SwitchError) return error.code;
    throw error;
  }
}
