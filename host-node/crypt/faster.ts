// Which of the two ciphers this machine computes faster: AES has instructions of its own on most, and not on all.

import { Batch } from "../cable/batch.js";
import { cipherFor } from "./cipher.js";
import { type CipherName, KEY_SIZE, SUITES, TAG_SIZE } from "./primitives.js";

const SIZE = 8_192;
const ROUNDS = 8;

let faster: CipherName | undefined;

/** Measured once, in less than a millisecond. */
export function fasterCipher(): CipherName {
  faster ??= [...SUITES.values()].sort((left, right) => costOf(left) - costOf(right))[0]!;
  return faster;
}

/** The least of a few rounds: whatever else the machine does makes a round longer, and none shorter. */
function costOf(name: CipherName): number {
  const memory = new Batch(SIZE + TAG_SIZE);
  const cipher = cipherFor(name, new Uint8Array(KEY_SIZE), true);
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < ROUNDS; i++) {
    const start = performance.now();
    cipher.seal(memory, 0, SIZE, i);
    least = Math.min(least, performance.now() - start);
  }
  cipher.close();
  return least;
}
