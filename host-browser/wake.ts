// The bell of the core's thread in a page: it sleeps on the word that says that it does.

import * as abi from "../assembly/abi.js";

const ASLEEP = (abi.CONFIG + abi.CONFIG_ASLEEP) >>> 2;

/** Wakes the core's thread, where it sleeps. Whoever has fed a ring or asked something does so, on any thread. */
export function wakeCore(words: Int32Array): void {
  if (Atomics.load(words, ASLEEP) === 1 && Atomics.exchange(words, ASLEEP, 0) === 1) Atomics.notify(words, ASLEEP);
}

/** Sleeps until it is woken, or for `ms`; not at all where there is something to do, which is asked last. */
export function sleepUnless(words: Int32Array, isBusy: () => boolean, ms: number): void {
  Atomics.store(words, ASLEEP, 1);
  if (!isBusy()) Atomics.wait(words, ASLEEP, 1, ms);
  Atomics.store(words, ASLEEP, 0);
}
