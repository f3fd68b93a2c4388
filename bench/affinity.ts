// Where the scheduler may run a process: what takes part in a round trip takes turns, and is timed best on one processor.

import { readdirSync } from "node:fs";
import { bind, check } from "../host-node/native/libc.js";

const cSetAffinity = bind<[number, number, Uint8Array]>("int sched_setaffinity(int thread, uint64_t size, void *mask)");
const FIRST_PROCESSOR = new Uint8Array(BigUint64Array.of(1n).buffer);

/** Keeps all threads of a process on the first processor from now on. */
export function pin(pid: number): void {
  for (const thread of readdirSync(`/proc/${pid}/task`))
    check(cSetAffinity(Number(thread), FIRST_PROCESSOR.length, FIRST_PROCESSOR), "sched_setaffinity");
}
