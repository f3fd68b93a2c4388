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

function readerOf(link: number): number {
  return (abi.LINKS + link * abi.LINK_SIZE + abi.LINK_OUT + abi.RING_READER) >>> 2;
}

/** Wakes the thread that reads what the core has for a link, if it sleeps. False where the control plane reads it. */
export function wakeReader(words: Int32Array, link: number): boolean {
  const at = readerOf(link);
  const reader = Atomics.load(words, at);
  if (reader === abi.READER_HOST) return false;
  if (reader === abi.READER_ASLEEP) {
    Atomics.store(words, at, abi.READER_AWAKE);
    Atomics.notify(words, at);
  }
  return true;
}

type AsyncWait = (words: Int32Array, at: number, value: number) => { async: boolean; value: Promise<string> | string };

const { waitAsync } = Atomics as { waitAsync?: AsyncWait };

/** Whether a thread with an event loop can sleep on a word here. */
export const CAN_AWAIT = waitAsync !== undefined;

/** Waits until the core wakes the reader of a link; not at all where there is something to read, which is asked last. */
export async function awaitFrames(words: Int32Array, link: number, isFilled: () => boolean): Promise<void> {
  const at = readerOf(link);
  Atomics.store(words, at, abi.READER_ASLEEP);
  if (isFilled()) Atomics.store(words, at, abi.READER_AWAKE);
  else await waitAsync?.(words, at, abi.READER_ASLEEP).value;
}
