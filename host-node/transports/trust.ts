// Who is at the other end of a Unix socket that we connected to. A directory may have been made by a program that lets
// everybody replace what is in it, and frames and commands are not for whoever did.

import { lstatSync, statSync } from "node:fs";
import type { Socket } from "node:net";
import { dirname } from "node:path";
import { refuse } from "../../host/errors.js";
import { readName } from "../../host/vde/request.js";
import { isMapped, userName } from "../native/accounts.js";
import { connectTo, peerCredentials, sockaddrUn } from "../native/socket.js";
import { peerOwner } from "../native/unix-diag.js";
import { descriptorOf } from "../servers/descriptor.js";
import { isUnguarded } from "../servers/modes.js";
import { withFile } from "../servers/socket-file.js";

const ROOT = 0;
/** What the kernel shows for a user that this user namespace has no number for, root of the machine among them. */
const OVERFLOW = 65_534;

const self = () => process.geteuid?.() ?? ROOT;

/**
 * Requires that a socket of a switch's directory is served by root, by this user, or by who owns the directory. Returns who
 * it is. EACCES where somebody else took its place.
 */
export function requireSwitch(socket: Socket, path: string): number {
  const { uid } = peerCredentials(descriptorOf(socket));
  const owner = statSync(dirname(path)).uid;
  return [ROOT, self(), owner].includes(uid) ? uid : refuseImpostor(path, uid, owner);
}

/**
 * The same of a console. It may lie in a folder of everybody's, as /tmp; then it is its owner's who serves it, as long as
 * nobody else could have put it there in place of another.
 */
export function requireConsole(socket: Socket, path: string): void {
  const { uid } = peerCredentials(descriptorOf(socket));
  const folder = statSync(dirname(path));
  if ([ROOT, self(), folder.uid].includes(uid)) return;
  if (isUnguarded(folder.mode) || lstatSync(path).uid !== uid) refuseImpostor(path, uid, folder.uid);
}

function refuseImpostor(path: string, uid: number, owner: number): never {
  const who = `it is served by ${userName(uid)}, and its directory belongs to ${userName(owner)}`;
  return refuse("EACCES", `${path}: ${who}: restart the switch, in a directory that others cannot write to`);
}

/**
 * Connects a plug's socket to the one that a switch answered with, which must be the switch's: else we could be talked into
 * sending to any socket that we may write to. Root's switch gives it to the plug's user.
 */
export function connectData(fd: number, address: Uint8Array, server: number): void {
  const { kind, path } = readName(address);
  const mayGive = server === ROOT || (server === OVERFLOW && !isMapped("uid", OVERFLOW));
  const isOurs = (uid: number | undefined) => uid === server || (mayGive && uid === self());
  if (kind === "file") {
    const shown = new TextDecoder().decode(path);
    withFile(Buffer.from(path), (stat, name) => {
      if (!stat.isSocket() || !isOurs(stat.uid)) refuse("EACCES", `${shown} is no socket of the switch's`);
      connectTo(fd, sockaddrUn(name), shown);
    });
    return;
  }
  if (kind === "unnamed") refuse("EPROTO", "the switch's socket has no name");
  connectTo(fd, address, "the switch's abstract socket");
  if (!isOurs(peerOwner(fd))) refuse("EACCES", "the abstract socket that the switch names is not its own");
}
