// Files that plugins write: regular ones, made for their owner alone. A name may lie in a folder that others can write
// to, and so a symbolic link, a pipe or a device in its place is refused.

import { close, closeSync, constants, fstatSync, ftruncateSync, write } from "node:fs";
import { promisify } from "node:util";
import { refuse } from "../../host/errors.js";
import { lock } from "../native/file.js";
import { openOrMake } from "../new-file.js";
import { asRefusal } from "../reason.js";
import type { Sink } from "./write-behind.js";

const { O_WRONLY, O_APPEND, O_NOFOLLOW, O_NONBLOCK, O_NOCTTY } = constants;
/** A pipe that nobody reads must not hold up the switch before it is refused. */
const FLAGS = O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
const MODE = 0o600;

const writeTo = promisify(write);
const closeFile = promisify(close);

export interface OwnFile extends Sink {
  /** Cuts it off after so many octets. */
  truncate(size: number): void;
  /** Takes so many octets from its end, if it can: a line that was broken off is no line. */
  cut(octets: number): void;
}

/** Opens a file to write it anew. Nothing is lost of one that another switch is writing: EBUSY. */
export function openAnew(path: string): OwnFile {
  return opened(path, FLAGS, (fd) => {
    if (!lock(fd)) refuse("EBUSY", `${path}: another capture writes it`);
    ftruncateSync(fd);
  });
}

/** Opens a file to append to it. */
export function openToAppend(path: string): OwnFile {
  return opened(path, FLAGS | O_APPEND, () => {});
}

/** Whether a file could be opened: throws what opening it would. It is made where it is not there, and not changed. */
export function tryFile(path: string): void {
  void openToAppend(path).close();
}

function opened(path: string, flags: number, prepare: (fd: number) => void): OwnFile {
  try {
    const fd = openOrMake(path, flags, MODE);
    try {
      if (!fstatSync(fd).isFile()) refuse("EINVAL", `${path} is no regular file`);
      prepare(fd);
      return fileOf(fd);
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  } catch (error) {
    throw asRefusal(error, path);
  }
}

function fileOf(fd: number): OwnFile {
  return {
    write: async (octets) => (await writeTo(fd, octets)).bytesWritten,
    truncate: (size) => ftruncateSync(fd, size),
    cut(octets) {
      try {
        if (octets > 0) ftruncateSync(fd, fstatSync(fd).size - octets);
      } catch {
        // the failure that led here is the one to report
      }
    },
    close: () => closeFile(fd),
  };
}
