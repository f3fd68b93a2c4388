// A clock that stands still until it is told to pass.

import type { Clock } from "../host/link.js";

export interface StillClock extends Clock {
  /** Lets time pass, and runs what falls due on the way, in order. With 0, what is due now. */
  pass(ms: number): void;
  /** Lets time pass in which nothing runs. What fell due meanwhile runs afterwards, late. */
  skip(ms: number): void;
}

interface Task {
  readonly dueMs: number;
  readonly run: () => void;
}

export function stillClock(startMs = 0): StillClock {
  const tasks = new Set<Task>();
  let nowMs = startMs;

  /** The task that is due first, and of several the one that was asked for first. */
  function next(endMs: number): Task | undefined {
    let first: Task | undefined;
    for (const task of tasks)
      if (task.dueMs <= endMs && (first === undefined || task.dueMs < first.dueMs)) first = task;
    return first;
  }

  return {
    now: () => nowMs,
    after(delayMs, run) {
      const task = { dueMs: nowMs + delayMs, run };
      tasks.add(task);
      return () => void tasks.delete(task);
    },
    pass(ms) {
      const endMs = nowMs + ms;
      for (let task = next(endMs); task !== undefined; task = next(endMs)) {
        tasks.delete(task);
        nowMs = Math.max(nowMs, task.dueMs);
        task.run();
      }
      nowMs = endMs;
    },
    skip(ms) {
      nowMs += ms;
      this.pass(0);
    },
  };
}
