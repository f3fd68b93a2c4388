// Carries batches between the ends of a cable, on this thread, which sleeps in the kernel. An end that takes nothing holds
// up who sends to it, and nobody else: nothing is lost for want of room, and what was read is sent before the end.

import { setTimeout as sleep } from "node:timers/promises";
import { nodeClock } from "../clock.js";
import { POLLIN, PollSet } from "../native/poll.js";
import type { Side } from "./side.js";
import { nodeSleep, turn } from "./turn.js";
import { PlainWay, type Way } from "./way.js";

/** Node gets a turn after so many rounds even where nothing says that it needs one: a timer may be due. */
const ROUNDS = 64;
/** How long what was sent may stay unread before the end. */
const DRAIN_MS = 2_000;
const LOOK_MS = 5;

/** Joins two ends until one of them is gone, or `stop` fires. Both are still open then. */
export function pump(left: Side, right: Side, stop: AbortSignal): Promise<void> {
  return pumpWays([left, right], [new PlainWay(left, right), new PlainWay(right, left)], stop);
}

/** Carries along ways between ends until one of these is gone, or `stop` fires. All are still open then. */
export async function pumpWays(sides: readonly Side[], ways: readonly Way[], stop: AbortSignal): Promise<void> {
  let ended = false;
  let failure: Error | undefined;
  for (const side of sides) {
    side.onend = (reason) => {
      ended = true;
      failure = reason;
    };
  }
  const { loops, timeoutMs } = nodeSleep();
  const set = new PollSet();
  await turn(); // so that Node's sets have what it waits for
  ended ||= sides.some((side) => side.isOver);
  for (let round = 1; !ended && !stop.aborted; round++) {
    set.clear();
    for (const way of ways) way.ask(set);
    const places = loops.map((fd) => set.add(fd, POLLIN));
    set.wait(untilNext(ways, timeoutMs));
    for (const way of ways) ended = !way.step(set) || ended;
    if (timeoutMs >= 0 || round % ROUNDS === 0 || places.some((place) => set.ready(place) !== 0)) await turn();
  }
  if (!stop.aborted) for (const way of ways) await drain(way);
  if (failure !== undefined) throw failure;
}

/** How long to sleep: `otherwise`, which may be for ever, or as long as nothing is due. */
function untilNext(ways: readonly Way[], otherwise: number): number {
  const nextMs = ways.reduce((first, way) => Math.min(first, way.nextMs), Number.POSITIVE_INFINITY);
  if (nextMs === Number.POSITIVE_INFINITY) return otherwise;
  const waitMs = Math.max(0, nextMs - nodeClock.now());
  return otherwise < 0 ? waitMs : Math.min(otherwise, waitMs);
}

/** Sends what is left, and waits until it is read. */
async function drain(way: Way): Promise<void> {
  const until = performance.now() + DRAIN_MS;
  while (performance.now() < until && !way.flush()) await sleep(LOOK_MS);
}
