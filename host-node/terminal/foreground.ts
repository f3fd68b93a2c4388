// Whether this process may use its terminal: a shell has it in the foreground.

import { readFileSync } from "node:fs";

/** proc(5), /proc/PID/stat, behind the name in its brackets: state, ppid, pgrp, session, tty_nr, tpgid. */
const PGRP = 2;
const TPGID = 5;

/** True where there is no telling. */
export function isForeground(): boolean {
  try {
    const stat = readFileSync("/proc/self/stat", "latin1");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[TPGID] === "-1" || fields[PGRP] === fields[TPGID];
  } catch {
    return true;
  }
}
