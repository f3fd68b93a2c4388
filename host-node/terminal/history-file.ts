// Lines that were typed at terminals, kept from one session to the next: a line at the end of a file for each.

import { closeSync, constants, readFileSync, statSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { History } from "../../host/terminal/history.js";
import { makeFolder, openOrMake, writeWhole } from "../new-file.js";

const { O_WRONLY, O_APPEND, O_NOFOLLOW, O_NONBLOCK } = constants;
const MODE = 0o600;
const COUNT_MAX = 1_000;
/** The file is cut when it has so many lines too many, and not each time. */
const SPARE = 500;

/** The history of this user. Where there is no place for it, it ends with the session. */
export function userHistory(): History {
  const path = file();
  if (path === undefined) return new History();
  return new History({ lines: read(path), onadd: (line) => append(path, line) });
}

/** Not in a home that is somebody else's, as root's may be under sudo: its owner could not write there any more. */
function file(): string | undefined {
  const home = process.env["HOME"] ?? "";
  const state = process.env["XDG_STATE_HOME"] ?? (home === "" ? "" : join(home, ".local/state"));
  return state !== "" && isOurs(process.env["XDG_STATE_HOME"] ?? home) ? join(state, "loom/term-history") : undefined;
}

function isOurs(folder: string): boolean {
  try {
    const state = statSync(folder, { throwIfNoEntry: false });
    return state === undefined || state.uid === process.geteuid?.();
  } catch {
    return false; // it is behind a folder that is closed to us, or behind a file
  }
}

function read(path: string): string[] {
  try {
    const lines = readFileSync(path, "utf8")
      .split("\n")
      .filter((line) => line !== "");
    const newest = lines.slice(-COUNT_MAX);
    if (lines.length > COUNT_MAX + SPARE) writeWhole(path, `${newest.join("\n")}\n`, MODE);
    return newest;
  } catch {
    return [];
  }
}

/** Where that fails there is no history, and nothing worse. */
function append(path: string, line: string): void {
  try {
    makeFolder(dirname(path));
    const fd = openOrMake(path, O_WRONLY | O_APPEND | O_NOFOLLOW | O_NONBLOCK, MODE);
    try {
      writeSync(fd, `${line}\n`);
    } finally {
      closeSync(fd);
    }
  } catch {
    // no home, no room
  }
}
