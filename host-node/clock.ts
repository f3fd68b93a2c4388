// Time on Node, as the switch wants it: milliseconds that never go back, the same on every thread.

import type { Clock } from "../host/link.js";

/** Milliseconds since the machine's own start of time. Threads agree on it to a fraction of a millisecond. */
export function monotonicMs(): number {
  return performance.timeOrigin + performance.now();
}

/** Timers do not keep the process alive: sockets and terminals do. */
export const nodeClock: Clock = {
  now: () => performance.now(),
  after(delayMs, task) {
    if (delayMs === 0) {
      const immediate = setImmediate(task);
      return () => clearImmediate(immediate);
    }
    const timer = setTimeout(task, delayMs).unref();
    return () => clearTimeout(timer);
  },
};
