// What the kernel shows of a process or a thread in its file `stat`: proc(5).

import { readFileSync } from "node:fs";

/** The fields from the state on, which is the third: a name stands before it, and may hold anything. */
export function statFields(task = "self"): readonly string[] {
  const stat = readFileSync(`/proc/${task}/stat`, "latin1");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}
