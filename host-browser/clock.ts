// Time in a page and in a worker.
//
// "Now" is a message to oneself: setTimeout waits 4 ms where it is nested, and a second in a tab that is not looked at.
// A page's later is kept by a small worker, since a hidden tab's own timers ring once in a minute, and a bridge that
// says hello so rarely is taken for dead.

import type { Clock } from "../host/link.js";

const { port1, port2 } = new MessageChannel();
const soon: ((() => void) | undefined)[] = [];
port1.onmessage = () => soon.shift()?.();
(port1 as MessagePort & { unref?(): void }).unref?.(); // on Node, what sets the time does not keep the process alive

function atOnce(task: () => void): () => void {
  let isOff = false;
  soon.push(() => {
    if (!isOff) task();
  });
  port2.postMessage(0);
  return () => {
    isOff = true;
  };
}

/** What the worker is told, and answers with the number alone when the time has come. */
export interface Alarm {
  readonly id: number;
  /** Absent to call it off. */
  readonly delayMs?: number;
}

const alarms = new Map<number, () => void>();
let lastId = 0;
/** undefined until it is asked for, null where there can be none. */
let keeper: Worker | null | undefined;

/** None in a worker: that is not throttled, and may have no worker of its own. */
function startKeeper(): Worker | null {
  if (!("document" in globalThis)) return null;
  try {
    const worker = new Worker(new URL("./alarm-worker.js", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<number>) => ring(data);
    worker.onerror = abandon;
    return worker;
  } catch {
    return null; // a policy of the page forbids it: its own timers have to do
  }
}

function ring(id: number): void {
  const task = alarms.get(id);
  alarms.delete(id);
  task?.();
}

/** The worker's file cannot be loaded. What it was asked for is due at once; whoever runs it sets a new time. */
function abandon(): void {
  keeper = null;
  for (const id of [...alarms.keys()]) ring(id);
}

function later(delayMs: number, task: () => void): () => void {
  if (keeper === undefined) keeper = startKeeper();
  const worker = keeper;
  if (worker === null) {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  }
  const id = ++lastId;
  alarms.set(id, task);
  worker.postMessage({ id, delayMs } satisfies Alarm);
  return () => {
    if (alarms.delete(id)) worker.postMessage({ id } satisfies Alarm);
  };
}

export const browserClock: Clock = {
  now: () => performance.now(),
  after: (delayMs, task) => (delayMs === 0 ? atOnce(task) : later(delayMs, task)),
};

/** Milliseconds that go on alike in a page and in its workers. */
export function monotonicMs(): number {
  return performance.timeOrigin + performance.now();
}
