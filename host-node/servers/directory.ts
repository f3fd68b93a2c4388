// The directory that a switch serves: made or taken over, locked against a second switch, and removed at the end.

import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  realpathSync,
  rmdirSync,
} from "node:fs";
import { dirname } from "node:path";
import { refuse } from "../../host/errors.js";
import { userName } from "../native/accounts.js";
import { lock } from "../native/file.js";
import { isUnguarded } from "./modes.js";

/** Room for "/1024.999999", the longest name of a data socket, in the 107 octets that a socket's path may have. */
export const DIRECTORY_OCTETS_MAX = 107 - 12;

export interface DirectoryOptions {
  readonly dirMode: number;
  /** -1 for as it is. */
  readonly gid: number;
  readonly log: (text: string) => void;
}

export interface Directory {
  /** Without symbolic links. */
  readonly path: string;
  /** Removes it where it is empty, and lets another switch have it. */
  close(): void;
}

/** Makes the directory, or takes over one that is there. EADDRINUSE where another switch serves it. */
export function openDirectory(dir: string, options: DirectoryOptions): Directory {
  const made = make(dir);
  const path = realpathSync(dir);
  if (Buffer.byteLength(path) > DIRECTORY_OCTETS_MAX) {
    if (made) rmdirSync(path);
    refuse("EINVAL", `${path}: a directory for sockets has at most ${DIRECTORY_OCTETS_MAX} octets in its name`);
  }
  const fd = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  try {
    if (!lock(fd)) refuse("EADDRINUSE", `another switch serves ${path}`);
    if (made || isOwn(fd, path, options.log)) setAccess(fd, path, options);
    if (isUnguarded(fstatSync(fd).mode))
      options.log(`${path}: others may replace its sockets: chmod +t ${path} ends that`);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  return { path, close: () => leave(fd, path, options.log) };
}

/** Whether it had to be made. Only the last directory of a path is. */
function make(dir: string): boolean {
  try {
    mkdirSync(dir, 0o700);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return false;
    if (code === "ENOENT") refuse("ENOENT", `cannot make ${dir}: ${dirname(dir)} is not there`);
    throw error;
  }
}

/**
 * Whether a directory that was there may be given other permissions: it is this user's, and it looks like a switch's.
 * "-s /tmp" must not lock everybody out of /tmp. In a directory of somebody else, only root and its guests are served.
 */
function isOwn(fd: number, path: string, log: (text: string) => void): boolean {
  const { uid } = fstatSync(fd);
  const self = process.geteuid?.() ?? 0;
  if (uid === self) {
    const holds = readdirSync(path, { withFileTypes: true }).some((entry) => entry.isDirectory());
    if (holds) log(`${path} holds directories: its permissions are left as they are`);
    return !holds;
  }
  if (uid !== 0 && self !== 0) refuse("EACCES", `${path} belongs to ${userName(uid)}`);
  log(`${path} belongs to ${userName(uid)}: its permissions are left as they are`);
  return false;
}

function setAccess(fd: number, path: string, { dirMode, gid, log }: DirectoryOptions): void {
  if (gid !== -1) fchownSync(fd, -1, gid);
  try {
    fchmodSync(fd, dirMode);
  } catch {
    fchmodSync(fd, dirMode & 0o1777); // a sandbox may forbid setgid alone
  }
  const mode = fstatSync(fd).mode & 0o7777;
  if (mode !== dirMode) log(`${path} has mode ${mode.toString(8)}: ${dirMode.toString(8)} was not allowed`);
}

function leave(fd: number, path: string, log: (text: string) => void): void {
  try {
    rmdirSync(path);
  } catch (error) {
    log(`cannot remove ${path}: ${(error as Error).message}`);
  }
  closeSync(fd);
}
