// A file with the id of a process, which belongs to that process alone.

import { linkSync, lstatSync, readFileSync, renameSync, rmSync, unlinkSync } from "node:fs";
import { writeNew } from "../new-file.js";
import { reason } from "../reason.js";
import { Failure } from "./tool.js";

/** Everybody may read it, and nobody else may say whom a script ends. */
const MODE = 0o644;

/**
 * Writes this process's id to a file that must not be there; one whose process is gone is replaced. The file has its
 * content from the first moment on. Returns a function that removes it, if it is still ours.
 */
export function writePidfile(path: string): () => void {
  const own = `${path}.${process.pid}`;
  try {
    rmSync(own, { force: true }); // of another process that had this number, and was killed
    writeNew(own, `${process.pid}\n`, MODE);
  } catch (error) {
    throw new Failure(`Error in pidfile creation: ${reason(error, path)}`);
  }
  try {
    claim(own, path);
  } catch (error) {
    throw error instanceof Failure ? error : new Failure(`Error in pidfile creation: ${reason(error, path)}`);
  } finally {
    unlinkSync(own);
  }
  return () => {
    if (holder(path) === process.pid) unlinkSync(path);
  };
}

function claim(own: string, path: string): void {
  try {
    linkSync(own, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    takeOver(own, path);
  }
}

/** Replaces a stale file. Whoever comes second, of two who want to, finds another process's id in what it moved. */
function takeOver(own: string, path: string): void {
  const pid = holder(path);
  if (pid === undefined) throw new Failure(`Error in pidfile creation: ${path} is there, and is no pidfile`);
  if (isAlive(pid)) throw new Failure(`Error in pidfile creation: ${path} is process ${pid}'s, which runs`);
  const aside = `${path}.${process.pid}.old`;
  renameSync(path, aside);
  try {
    linkSync(holder(aside) === pid ? own : aside, path);
    if (holder(path) !== process.pid) throw new Failure(`Error in pidfile creation: another process took ${path}`);
  } finally {
    unlinkSync(aside);
  }
}

/** A number and white space around it; what is longer is no pidfile, and what is no file may have no end. */
const PIDFILE_MAX = 64;

/** The process that a file names; undefined where it names none. */
function holder(path: string): number | undefined {
  try {
    const found = lstatSync(path);
    if (!found.isFile() || found.size > PIDFILE_MAX) return undefined;
    const [, digits] = /^\s*([1-9]\d{0,9})\s*$/.exec(readFileSync(path, "latin1")) ?? [];
    return digits === undefined ? undefined : Number(digits);
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
