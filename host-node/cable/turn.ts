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

/** Rounds of Node's loop in one turn; of what then still goes on, its sets tell again. */
const ROUNDS_MAX = 16;
/** At least: the first may be the rest of a round that is under way, and what Node closes in one is told of in the next. */
const ROUNDS_BLIND = 2;

/**
 * Lets Node do what is due, round after round until one has brought nothing. What is opened or read on in a round, a new
 * console say, is in Node's sets only after the next, and until then nobody could wake this thread for it.
 */
export async function turn(): Promise<void> {
  for (let round = 0, before: number | undefined; round < ROUNDS_MAX; round++) {
    const events = countEvents();
    if (events === undefined ? round === ROUNDS_BLIND : round >= ROUNDS_BLIND && events === before) return;
    before = events;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** What Node's loop has served so far: Node 20.18 and newer know. */
function countEvents(): number | undefined {
  const { uvMetricsInfo } = performance.nodeTiming as { uvMetricsInfo?: { events: number } };
  return uvMetricsInfo?.events;
}
