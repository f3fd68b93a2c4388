// The limits that a program runs under: descriptors, and memory where control groups may be made. What the kernel holds
// for its sockets counts against the memory too.

import { existsSync, mkdirSync, rmdirSync, writeFileSync } from "node:fs";
import type { Lab } from "../interop/lab.js";
import { until } from "../interop/wait.js";

const V1 = "/sys/fs/cgroup/memory";
const V2 = "/sys/fs/cgroup";

/** A control group with so much memory, or undefined where this machine lets nobody make one. */
function memoryGroup(lab: Lab, octets: number): string | undefined {
  const isV1 = existsSync(`${V1}/memory.limit_in_bytes`);
  const path = `${isV1 ? V1 : V2}/loom-${process.pid}`;
  try {
    mkdirSync(path);
    lab.later(() => void until("the control group is empty", () => removed(path)));
    writeFileSync(`${path}/${isV1 ? "memory.limit_in_bytes" : "memory.max"}`, `${octets}`);
    return `${path}/cgroup.procs`;
  } catch {
    return undefined;
  }
}

function removed(path: string): boolean {
  try {
    if (existsSync(path)) rmdirSync(path);
    return true;
  } catch {
    return false; // a process in it has not ended yet
  }
}

/** What to put before a command so that it has no more than these. */
export function limited(lab: Lab, { descriptors, memory }: { descriptors: number; memory: number }): readonly string[] {
  const group = memoryGroup(lab, memory);
  if (group === undefined) console.log("no control group can be made here, so the memory has no limit");
  const join = group === undefined ? "" : `echo $$ > ${group} && `;
  return ["sh", "-c", `${join}ulimit -n ${descriptors} && exec "$@"`, "sh"];
}
