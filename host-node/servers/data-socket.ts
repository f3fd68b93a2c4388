// The datagram socket that a switch has for each plug: connected to the plug's own, and bound to DIR/PPP.F.

import { refuse } from "../../host/errors.js";
import { readName } from "../../host/vde/request.js";
import { close, SystemCallError } from "../native/libc.js";
import { connectTo, SOCK_DGRAM, sockaddrUn, unixSocket } from "../native/socket.js";
import { peerOwner } from "../native/unix-diag.js";
import { type Access, bindFile, removeFile, removeStale, type SocketFile, withFile } from "./socket-file.js";

/** A socket that is connected to a plug's, and has no name yet. The caller closes it. */
export function openDataSocket(address: Uint8Array, uid: number): number {
  const fd = unixSocket(SOCK_DGRAM);
  try {
    connectPlug(fd, address, uid);
    return fd;
  } catch (error) {
    close(fd);
    throw error;
  }
}

/** Connects to the socket that a plug says is its own. */
function connectPlug(fd: number, address: Uint8Array, uid: number): void {
  const name = readName(address);
  if (name.kind === "unnamed") refuse("EPROTO", "a plug's socket has no name");
  if (name.kind === "abstract") connectAbstract(fd, address, uid);
  else connectFile(fd, Buffer.from(name.path), uid);
}

/** The same of a name that has no file: the kernel is asked whose socket it is that we are connected to now. */
function connectAbstract(fd: number, address: Uint8Array, uid: number): void {
  connectTo(fd, address, "the plug's abstract socket");
  if (uid === 0 || uid === process.geteuid?.()) return; // they can send there themselves
  const owner = peerOwner(fd);
  if (owner === undefined) refuse("EACCES", "this kernel does not say whose an abstract socket is: give it a file");
  if (owner !== uid) refuse("EACCES", "the abstract socket belongs to another user than the plug");
}

/**
 * A file must be the user's who asks: else a switch of root's could be talked into sending to /dev/log. It is looked at
 * and connected to through one descriptor, so that it cannot be swapped in between.
 */
function connectFile(fd: number, path: Buffer, uid: number): void {
  const shown = JSON.stringify(path.toString());
  withFile(path, (stat, link) => {
    if (!stat.isSocket()) refuse("EACCES", `${shown} is not a socket`);
    if (uid !== 0 && stat.uid !== uid) refuse("EACCES", `${shown} belongs to another user than the plug`);
    connectTo(fd, sockaddrUn(link), shown);
  });
}

/** The number of a port, and that of a descriptor that no other endpoint has: VDE's own names. */
function nameOf(dir: string, port: number, fd: number): string {
  return `${dir}/${String(port).padStart(3, "0")}.${fd}`;
}

/** Gives a data socket its name. A socket of that name was left by a switch that is no more: the directory is locked. */
export function bindDataSocket(fd: number, dir: string, port: number, access: Access): SocketFile {
  const path = nameOf(dir, port, fd);
  try {
    return bindFile(fd, path, access);
  } catch (error) {
    if (!(error instanceof SystemCallError && error.code === "EADDRINUSE")) throw error;
    removeStale(path, SOCK_DGRAM, `${path} is somebody else's socket`);
    return bindFile(fd, path, access);
  }
}

/** Who may use the data socket of a plug: root's switch gives it to the plug's user, any other to its own users. */
export function dataAccess(mode: number, uid: number, gid: number): Access {
  return process.geteuid?.() === 0 ? { mode: mode & 0o700, uid, gid } : { mode, gid };
}

/** Closes a data socket, and removes its name. */
export function closeDataSocket(fd: number, file: SocketFile): void {
  removeFile(file);
  close(fd);
}
