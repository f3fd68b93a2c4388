// What the kernel says of a process.

import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** What each descriptor of a process leads to, without the numbers of sockets. */
export function descriptorsOf(pid: number): readonly string[] {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).flatMap((name) => {
    try {
      return [readlinkSync(`${folder}/${name}`).replace(/\d+/g, "N")];
    } catch {
      return []; // it was closed meanwhile
    }
  });
}

/** The memory of a process that is resident, in octets. */
export function residentOf(pid: number): number {
  const [, kib = "0"] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return 1024 * Number(kib);
}
