// Secrets of a command line. All users of a machine may read another's words in /proc/PID/cmdline, so tokens and passwords are
// overwritten there as soon as this program runs. It had them there for some milliseconds all the same: files and the
// environment are for secrets, and this is for who did not know.

import { readFileSync } from "node:fs";
import { withoutSecrets } from "../../host/masking.js";

/** In the environment of the background: the words that it was started with, as JSON. Only its own user may read that. */
export const WORDS = "ETHERLOOM_WORDS";

/** The fields of proc(5) that say where the words of the command line are, counted from the state on. */
const ARG_START = 48 - 3;
const ARG_END = 49 - 3;

/** The words that were meant: those of the command line, or in the background those that it was given instead of them. */
export function takeWords(typed: readonly string[]): readonly string[] {
  const given = process.env[WORDS];
  delete process.env[WORDS];
  return given === undefined ? typed : JSON.parse(given);
}

export function hasSecrets(words: readonly string[]): boolean {
  return words.some((word) => withoutSecrets(word) !== word);
}

/** Overwrites the secrets among this process's own words, octet for octet. Returns whether there were any. */
export async function hideSecrets(words: readonly string[]): Promise<boolean> {
  if (!hasSecrets(words)) return false;
  const { overwrite } = await import("../native/process.js");
  const { statFields } = await import("../proc-stat.js");
  const fields = statFields();
  const [start, end] = [Number(fields[ARG_START]), Number(fields[ARG_END])];
  const shown = readFileSync("/proc/self/cmdline", "latin1");
  if (!(start > 0) || end - start !== shown.length) return true;
  overwrite(start, Buffer.from(shown.split("\0").map(blanked).join("\0"), "latin1"));
  return true;
}

/** The word without its secrets, and as long as it was: other words stay where they are. */
function blanked(word: string): string {
  const shown = withoutSecrets(word);
  return shown === word ? word : shown.slice(0, word.length).padEnd(word.length, "*");
}
