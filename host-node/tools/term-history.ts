// Lines that were typed, kept from one session to the next.

import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { withoutSecrets } from "../../host/masking.js";
import { makeFolder, writeWhole } from "../new-file.js";

const COUNT = 1_000;

function file(): string | undefined {
  const state = process.env["XDG_STATE_HOME"] ?? (process.env["HOME"] ? join(process.env["HOME"], ".local/state") : "");
  return state === "" ? undefined : join(state, "loom/term-history");
}

/** The newest first, as readline has them. */
export function readHistory(): string[] {
  try {
    return readFileSync(file() ?? "", "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .reverse();
  } catch {
    return [];
  }
}

/** Keeps them, but for those with a secret in them. Where that fails there is no history, and nothing worse. */
export function writeHistory(newestFirst: readonly string[]): void {
  const path = file();
  if (path === undefined) return;
  try {
    makeFolder(dirname(path));
    const kept = newestFirst.filter((line) => withoutSecrets(line) === line);
    writeWhole(path, `${kept.slice(0, COUNT).reverse().join("\n")}\n`, 0o600);
  } catch {
    // no home, no room
  }
}
