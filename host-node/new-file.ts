// Files that this program makes. Their permissions are those that are said here, whatever the umask of whoever started it, and
// one that cannot be written to its end, as on a full disk, is not left behind.

import {
  closeSync,
  constants,
  fchmodSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";

const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;

/** Writes a file that must not be there: EEXIST. */
export function writeNew(path: string, text: string, mode: number): void {
  const fd = openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
  try {
    try {
      fchmodSync(fd, mode);
      writeAll(fd, Buffer.from(text));
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    unlinkSync(path);
    throw error;
  }
}

/** Writes a file whole, in place of one that may be there: nobody ever reads half of it, and the old one stays until then. */
export function writeWhole(path: string, text: string, mode: number): void {
  const own = `${path}.${process.pid}`;
  rmSync(own, { force: true }); // of another process that had this number, and was killed
  writeNew(own, text, mode);
  try {
    renameSync(own, path);
  } catch (error) {
    unlinkSync(own);
    throw error;
  }
}

/** Opens a file by flags, made with `mode` where it is not there; one that is there keeps its own. */
export function openOrMake(path: string, flags: number, mode: number): number {
  try {
    const fd = openSync(path, flags | O_CREAT | O_EXCL, mode);
    fchmodSync(fd, mode);
    return fd;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return openSync(path, flags | O_CREAT, mode);
  }
}

/** Makes a folder, and those above it, for this user alone. */
export function makeFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  const umask = process.umask(0o077);
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } finally {
    process.umask(umask);
  }
}

function writeAll(fd: number, octets: Uint8Array): void {
  for (let done = 0; done < octets.length; ) done += writeSync(fd, octets, done);
}
