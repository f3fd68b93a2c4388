// Whether this process may use its terminal: a shell has it in the foreground.

import { statFields } from "../proc-stat.js";

/** Among state, ppid, pgrp, session, tty_nr, tpgid. */
const PGRP = 2;
const TPGID = 5;

/** True where there is no telling. */
export function isForeground(): boolean {
  try {
    const fields = statFields();
    return fields[TPGID] === "-1" || fields[PGRP] === fields[TPGID];
  } catch {
    return true;
  }
}
