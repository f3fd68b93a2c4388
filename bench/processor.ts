// What the kernel says of a process: its processor time, and what it has started.

import { readdirSync, readFileSync } from "node:fs";

const TICKS_PER_SECOND = 100; // USER_HZ, the same on every Linux that Node runs on

/** The fields of /proc/PID/stat from the third on. The second is the program's name, which may hold anything. */
function fields(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

/** Seconds of processor time so far, of all threads, in the program and in the kernel on its behalf: utime and stime. */
export function processorTime(pid: number): number {
  const all = fields(pid);
  return (Number(all[11]) + Number(all[12])) / TICKS_PER_SECOND;
}

/** The same of a process and all that it has started, as far as they live. */
export function familyTime(pid: number): number {
  return processorTime(pid) + startedTime(pid);
}

/** The same of all that a process has started, without itself. */
export function startedTime(pid: number): number {
  const children = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && parent(Number(name)) === pid);
  return children.reduce((sum, child) => sum + familyTime(Number(child)), 0);
}

function parent(pid: number): number | undefined {
  try {
    return Number(fields(pid)[1]);
  } catch {
    return undefined; // it ended meanwhile
  }
}

/** Megabytes of memory that are resident now. */
export function residentMemory(pid: number): number {
  return Number(/^VmRSS:\s*(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]) / 1024;
}
