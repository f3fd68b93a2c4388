// Keeps time for a page whose own timers are slowed down while nobody looks at it.

import type { Alarm } from "./clock.js";
import { thread } from "./thread.js";

const timers = new Map<number, ReturnType<typeof setTimeout>>();

thread.onmessage = ({ data: { id, delayMs } }: MessageEvent<Alarm>) => {
  clearTimeout(timers.get(id));
  timers.delete(id);
  if (delayMs === undefined) return;
  const ring = () => {
    timers.delete(id);
    thread.postMessage(id);
  };
  timers.set(id, setTimeout(ring, delayMs));
};
