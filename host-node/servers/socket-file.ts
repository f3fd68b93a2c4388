// The files of Unix sockets: bound closed and opened to their users afterwards, known again by inode, and never taken
// for something else. Others may write to the directory, so nothing here follows a symbolic link.

import type { Stats } from "node:fs";
import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  linkSync,
  lstatSync,
  openSync,
  renameSync,
  unlinkSync,
} from "node:fs";
import { basename, dirname } from "node:path";
import { refuse } from "../../host/errors.js";
import { close, SystemCallError } from "../native/libc.js";
import { bindTo, connectTo, listen, SOCK_STREAM, SUN_PATH_SIZE, sockaddrUn, unixSocket } from "../native/socket.js";

/** Opens the file itself and not what it is a link to; good for nothing but to look at it and to name it again. */
const O_PATH = 0o10000000;

export interface Access {
  readonly mode: number;
  /** -1 for as it is. */
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
}

export interface SocketFile {
  readonly path: string;
  readonly dev: number;
  readonly ino: number;
}

/**
 * Looks at a file through a descriptor, which stays the same file whatever becomes of its name. `name` leads to it for
 * as long as `look` runs. ENOENT where /proc is not mounted.
 */
export function withFile<T>(path: string | Buffer, look: (stat: Stats, name: string) => T): T {
  const fd = openSync(path, O_PATH | constants.O_NOFOLLOW);
  try {
    return look(fstatSync(fd), `/proc/self/fd/${fd}`);
  } finally {
    closeSync(fd);
  }
}

/** Binds a socket to a new file. Nobody may connect before it has the access that it is to have. `about` is what failures name. */
export function bindFile(fd: number, path: string, access: Access, about = path): SocketFile {
  fchmodSync(fd, 0); // Linux makes the file with the permissions that the socket has
  bindTo(fd, sockaddrUn(path), about);
  return withFile(path, (stat, name) => {
    const { dev, ino } = stat;
    if (!stat.isSocket() || stat.uid !== process.geteuid?.()) refuse("EACCES", `${about} was swapped for another file`);
    try {
      give(name, access);
    } catch (error) {
      removeFile({ path, dev, ino });
      throw error;
    }
    return { path, dev, ino };
  });
}

/**
 * Binds a stream socket and listens. The name appears when connections are taken: who waits for the file, and then connects
 * once, is never refused.
 */
export function listenFile(fd: number, path: string, access: Access, backlog: number): SocketFile {
  sockaddrUn(path); // what is too long for others to connect to is refused, though it could be bound
  return withHidden(path, (hidden) => {
    removeStale(hidden, SOCK_STREAM, `${hidden} is somebody else's socket`);
    const file = bindListening(fd, hidden, access, backlog, path);
    try {
      appear(hidden, path);
    } finally {
      removeFile(file);
    }
    return { ...file, path };
  });
}

/** The same, where nobody looks yet. */
export function bindListening(fd: number, path: string, access: Access, backlog: number, about = path): SocketFile {
  const file = bindFile(fd, path, access, about);
  listen(fd, backlog);
  return file;
}

/** A name beside a path that nobody looks for: by way of a descriptor, where it would be too long for a socket. */
function withHidden<T>(path: string, work: (hidden: string) => T): T {
  const [dir, pid] = [dirname(path), process.pid];
  const hidden = `${dir}/.${basename(path)}.${pid}`;
  if (Buffer.byteLength(hidden) < SUN_PATH_SIZE) return work(hidden);
  const fd = openSync(dir, O_PATH | constants.O_DIRECTORY);
  try {
    return work(`/proc/self/fd/${fd}/.${pid}`);
  } finally {
    closeSync(fd);
  }
}

/** Gives a file its name, and never in the place of another, as far as the file system can. */
function appear(hidden: string, path: string): void {
  try {
    linkSync(hidden, path);
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") refuse("EADDRINUSE", `another program has ${path} since a moment ago`);
    if (!["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"].includes(code)) throw error;
    renameSync(hidden, path);
  }
}

function give(name: string, { mode, uid = -1, gid = -1 }: Access): void {
  if (uid !== -1 || gid !== -1) chownSync(name, uid, gid);
  chmodSync(name, mode);
}

/** Removes a socket's file, if the name still leads to it. */
export function removeFile({ path, dev, ino }: SocketFile): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found?.dev === dev && found.ino === ino) unlinkSync(path);
}

/** Removes a socket that nobody holds any more. EADDRINUSE where somebody does, EEXIST where it is no socket at all. */
export function removeStale(path: string, type: number, holder: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isSocket()) refuse("EEXIST", `${path} is not a socket, and is left alone`);
  if (isHeld(path, type)) refuse("EADDRINUSE", holder);
  removeFile({ path, dev: found.dev, ino: found.ino });
}

/** Whether a socket is bound to this file: all but a refusal shows that one is, or may be. */
function isHeld(path: string, type: number): boolean {
  const fd = unixSocket(type);
  try {
    connectTo(fd, sockaddrUn(path), path);
    return true;
  } catch (error) {
    return !(error instanceof SystemCallError && ["ECONNREFUSED", "ENOENT"].includes(error.code));
  } finally {
    close(fd);
  }
}
