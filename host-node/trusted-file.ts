// Files whose commands are run: scripts, plugins, and those that name a link, which may be a command. Whoever may write one may
// do all that this process may, so it must be root's or this user's, and nobody else may write to it. A program of root's that
// was started with another user's HOME finds that user's files there.

import type { Stats } from "node:fs";
import { refuse } from "../host/errors.js";
import { userName } from "./native/accounts.js";
import { isUnguarded } from "./servers/modes.js";

const ROOT = 0;
const GROUP_WRITES = 0o020;
const OTHERS_WRITE = 0o002;

/** Requires that a file is to be trusted, as it was opened. EACCES. */
export function requireTrusted(file: Stats, path: string): void {
  if (isStream(file, path)) return;
  const self = requireOwned(file, path);
  if (file.isCharacterDevice()) return; // root's: a terminal, /dev/null
  if ((file.mode & writers(file, self)) !== 0) refuse("EACCES", `others may write to ${path}: chmod go-w ${path}`);
}

/** Requires that a file, or a link as it is itself, is root's or this user's, whose number is returned. */
export function requireOwned({ uid }: Stats, path: string): number {
  const self = process.geteuid?.() ?? ROOT;
  if (uid !== ROOT && uid !== self) refuse("EACCES", `${path} belongs to ${userName(uid)}: chown it`);
  return self;
}

/** Requires that nobody else can put another file in the place of one that is opened by its name. */
export function requireTrustedFolder(folder: Stats, path: string): void {
  const self = process.geteuid?.() ?? ROOT;
  const isOpen = (folder.mode & writers(folder, self)) !== 0 && isUnguarded(folder.mode);
  if (isOpen) refuse("EACCES", `others may write to ${path}: chmod go-w ${path}`);
}

/** Others; and the group, but that which a user has alone: files are made with it by a umask of 002. */
function writers({ gid }: Stats, self: number): number {
  const isPrivate = self !== ROOT && gid === process.getegid?.();
  return isPrivate ? OTHERS_WRITE : OTHERS_WRITE | GROUP_WRITES;
}

/** Standard input, or what a shell's <(…) gives: it was handed to this process, whoever made it. */
function isStream(file: Stats, path: string): boolean {
  return !file.isFile() && /^\/(dev\/(stdin$|fd\/)|proc\/(self|\d+)\/fd\/)/.test(path);
}
