// The directory that a switch serves: made or taken over, locked against a second switch, and removed at the end.

import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  lstatSync,
  mkdtempSync,
  openSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmdirSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { refuse } from "../../host/errors.js";
import { userName } from "../native/accounts.js";
import { lock } from "../native/file.js";
import { isUnguarded } from "./modes.js";
import { sweep } from "./sweep.js";

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
  /** Where it is now: one that had to be made has its name when all is ready in it. */
  readonly place: string;
  /** Gives it its name. */
  appear(): void;
  /** Removes it where it is empty, and lets another switch have it. */
  close(): void;
}

/** Makes the directory, or takes over one that is there. EADDRINUSE where another switch serves it. */
export function openDirectory(dir: string, options: DirectoryOptions): Directory {
  const isThere = lstatSync(dir, { throwIfNoEntry: false }) !== undefined;
  const path = isThere ? realpathSync(dir) : join(parentOf(dir), basename(dir));
  if (Buffer.byteLength(path) > DIRECTORY_OCTETS_MAX)
    refuse("EINVAL", `${path}: a directory for sockets has at most ${DIRECTORY_OCTETS_MAX} octets in its name`);
  const made = isThere ? undefined : mkdtempSync(join(dirname(path), `.${basename(path)}.`));
  return new OpenDirectory(path, made, options);
}

/** Only the last directory of a path is made. */
function parentOf(dir: string): string {
  try {
    return realpathSync(dirname(dir));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return refuse("ENOENT", `cannot make ${dir}: ${dirname(dir)} is not there`);
  }
}

class OpenDirectory implements Directory {
  readonly path: string;
  readonly #log: DirectoryOptions["log"];
  readonly #fd: number;
  /** What it is called until it appears. */
  #made: string | undefined;

  constructor(path: string, made: string | undefined, options: DirectoryOptions) {
    this.path = path;
    this.#made = made;
    this.#log = options.log;
    this.#fd = openSync(this.place, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
    try {
      this.#prepare(options);
    } catch (error) {
      closeSync(this.#fd);
      if (made !== undefined) rmdirSync(made);
      throw error;
    }
  }

  get place(): string {
    return this.#made ?? this.path;
  }

  #prepare(options: DirectoryOptions): void {
    const [fd, { path }] = [this.#fd, this];
    if (!lock(fd)) refuse("EADDRINUSE", `another switch serves ${path}`);
    sweep(this.place);
    if (this.#made !== undefined || isOwn(fd, path, options.log)) setAccess(fd, path, options);
    if (isUnguarded(fstatSync(fd).mode))
      options.log(`${path}: others may replace its sockets: chmod +t ${path} ends that`);
  }

  appear(): void {
    if (this.#made === undefined) return;
    try {
      renameSync(this.#made, this.path);
    } catch (error) {
      const { code = "" } = error as NodeJS.ErrnoException;
      if (!["ENOTEMPTY", "EEXIST"].includes(code)) throw error;
      refuse("EADDRINUSE", `another program has made ${this.path} since a moment ago`);
    }
    this.#made = undefined;
  }

  close(): void {
    const { place } = this;
    sweep(place);
    try {
      rmdirSync(place);
    } catch (error) {
      this.#log(`cannot remove ${place}: ${(error as Error).message}`);
    }
    closeSync(this.#fd);
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
