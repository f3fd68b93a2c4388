// Sleeping in poll(2) on Node's own thread, and yet hearing what Node waits for: its event loops sleep in epoll sets, and
// such a set is readable as soon as something in it is. So a cable needs no thread of its own, and no frame waits for one
// thread to wake another; signals, children and sockets that Node watches are served all the same.

import { readdirSync, readlinkSync } from "node:fs";

/** Where /proc does not tell of Node's sets, they are looked after this often. */
const BLIND_MS = 50;
const FOREVER = -1;

export interface Sleep {
  /** The sets that Node's event loops sleep in. */
  readonly loops: readonly number[];
  readonly timeoutMs: number;
}

export function nodeSleep(): Sleep {
  const loops = descriptors().filter((fd) => isEpoll(fd));
  return { loops, timeoutMs: loops.length === 0 ? BLIND_MS : FOREVER };
}

function descriptors(): number[] {
  try {
    return readdirSync("/proc/self/fd").map(Number);
  } catch {
    return [];
  }
}

function isEpoll(fd: number): boolean {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`) === "anon_inode:[eventpoll]";
  } catch {
    return false; // the descriptor that listed them is closed
  }
}

/** Lets Node do what is due: twice round, since what it closes in the first is told of after it. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
}
