// Calls of the core's functions from another thread, by a box in the shared memory: the caller fills it in, rings the
// bell, and waits. So a control plane reads like plain code, and the core is touched by its own thread alone.

import * as abi from "../assembly/abi.js";
import { CALLS, type Call } from "./core.js";
import type { CoreFunctions } from "./engine.js";

/** How long an answer is waited for. Not in one go: a process that was stopped meanwhile has not waited. */
const WAIT_MS = 1_000;
export const WAITS_MAX = 10;

/** How a thread waits for another one's answer. */
export interface Waiting {
  /** Wakes the core's thread. */
  ring(): void;
  /** Returns when the word is no longer `value`, or after `ms`. */
  wait(box: Int32Array, word: number, value: number, ms: number): void;
  /** Hears, each second, that there is no answer yet. False to wait no longer. */
  onslow?(name: Call, seconds: number): boolean;
}

function word(field: number): number {
  return (abi.CONFIG + abi.CONFIG_CALL + field) >>> 2;
}

/** The caller's side. Nothing is left plugged into a core that has ended: there, unplugging is no failure. */
export function caller(
  memory: SharedArrayBuffer,
  { ring, wait, onslow = (_, seconds) => seconds < WAITS_MAX }: Waiting,
): (name: Call, ...args: readonly number[]) => number {
  const box = new Int32Array(memory);
  const state = word(abi.CALL_STATE);
  return (name, ...args) => {
    const before = Atomics.load(box, state);
    if (before === abi.CALL_FAILED) return refused(name);
    box[word(abi.CALL_NUMBER)] = CALLS.indexOf(name);
    args.forEach((value, i) => {
      box[word(abi.CALL_ARGUMENTS) + i] = value;
    });
    if (Atomics.compareExchange(box, state, before, abi.CALL_ASKED) !== before) return refused(name);
    ring();
    let seconds = 0;
    do wait(box, state, abi.CALL_ASKED, WAIT_MS);
    while (Atomics.load(box, state) === abi.CALL_ASKED && onslow(name, ++seconds));
    if (Atomics.compareExchange(box, state, abi.CALL_ASKED, abi.CALL_FAILED) === abi.CALL_ASKED)
      throw new Error(`the data plane did not answer ${name} within ${seconds} seconds`);
    return Atomics.load(box, state) === abi.CALL_FAILED ? refused(name) : (box[word(abi.CALL_RESULT)] ?? 0);
  };
}

function refused(name: Call): number {
  if (name === "unplug") return 0;
  throw new Error(`the data plane has ended, and answers ${name} no more`);
}

/** Whether somebody waits for an answer. */
export function asked(memory: SharedArrayBuffer): boolean {
  return Atomics.load(new Int32Array(memory), word(abi.CALL_STATE)) === abi.CALL_ASKED;
}

/** The core's side: does what is asked, if anything is. */
export function answer(core: CoreFunctions): void {
  const box = new Int32Array(core.memory.buffer);
  const state = word(abi.CALL_STATE);
  if (Atomics.load(box, state) !== abi.CALL_ASKED) return;
  const name = CALLS[box[word(abi.CALL_NUMBER)] ?? -1];
  if (name === undefined) throw new Error("a call by a number that no function has");
  const start = word(abi.CALL_ARGUMENTS);
  box[word(abi.CALL_RESULT)] = core[name](...box.subarray(start, start + 6)) ?? 0;
  Atomics.compareExchange(box, state, abi.CALL_ASKED, abi.CALL_DONE);
  Atomics.notify(box, state);
}

/** Tells whoever waits, now or later, that no call will be answered any more. */
export function fail(memory: SharedArrayBuffer): void {
  const box = new Int32Array(memory);
  Atomics.store(box, word(abi.CALL_STATE), abi.CALL_FAILED);
  Atomics.notify(box, word(abi.CALL_STATE));
}
