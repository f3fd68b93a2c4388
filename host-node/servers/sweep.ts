// What switches and plugs that were killed leave in a switch's directory: sockets that nobody holds.

import { lstatSync, readdirSync } from "node:fs";
import { SOCK_DGRAM, SOCK_STREAM } from "../native/socket.js";
import { removeStale } from "./socket-file.js";

/** A switch's data sockets, "001.17", and those of plugs that found room beside them, ".00017-00000". */
const DATA = /^(\d{3,}\.\d+|\.\d{5,}-\d{5,})$/;
/** A control socket that was not ready yet. */
const HIDDEN = /^\.ctl\.\d+$/;

/** Removes them. For who holds the directory's lock: no other switch is in it. */
export function sweep(dir: string): void {
  for (const name of namesIn(dir)) {
    if (DATA.test(name)) removeAbandoned(`${dir}/${name}`, SOCK_DGRAM);
    else if (HIDDEN.test(name)) removeAbandoned(`${dir}/${name}`, SOCK_STREAM);
  }
}

/** Where others removed the directory, or keep this user from reading it, there is nothing to sweep. */
function namesIn(dir: string): readonly string[] {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
}

/** What somebody may still hold, or is no socket, or may not be removed, stays. */
function removeAbandoned(path: string, type: number): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSocket() !== true) return;
  try {
    removeStale(path, type, path);
  } catch {
    // it is left to its owner
  }
}
