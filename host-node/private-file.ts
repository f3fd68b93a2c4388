// Files with secrets: tokens, keys, what two ends of a cable share. One answer for all of them, as ssh has it: a file that others
// may read is no secret any more, and is refused.

import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats, statSync } from "node:fs";
import { refuse } from "../host/errors.js";

const OTHERS = 0o077;

/** Requires that a secret is kept by its file. What is no file, as /dev/null, keeps none. */
export function requirePrivate({ mode, uid }: Pick<Stats, "mode" | "uid">, path: string): void {
  if ((mode & constants.S_IFMT) === constants.S_IFCHR) return;
  if ((mode & OTHERS) !== 0) refuse("EACCES", `${path} can be read or written by others: chmod 600 ${path}`);
  if (uid !== process.geteuid?.() && uid !== 0) refuse("EACCES", `${path} belongs to another user: chown it`);
}

/** The text of a file with a secret; of a pipe too, as a shell's <(…) is. Throws a SwitchError, or what the file system says. */
export function readPrivate(path: string): string {
  const isPipe = statSync(path).isFIFO(); // whoever names one waits for it
  const fd = openSync(path, constants.O_RDONLY | (isPipe ? 0 : constants.O_NONBLOCK));
  try {
    requirePrivate(fstatSync(fd), path);
    return readFileSync(fd, "utf8");
  } finally {
    closeSync(fd);
  }
}
