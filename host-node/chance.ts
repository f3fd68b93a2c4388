// Chance on Node, for waits that are not to be all alike.

import { randomInt } from "node:crypto";

const CHANCES = 1_000;

/** A number from 0 to 1. */
export function chance(): number {
  return randomInt(CHANCES) / CHANCES;
}
