// The timers of a branch, 802.1D-2004 17.17: each runs until a moment, and the tree knows the next of all.

import { config } from "./layout";
import { Branch, has, isPointToPoint, STP, Tree } from "./tree";

export const FD_WHILE: u32 = 0; // fdWhile, 17.17.2
export const RR_WHILE: u32 = 1; // rrWhile, 17.17.7: it was the root port until lately
export const RB_WHILE: u32 = 2; // rbWhile, 17.17.5: it was a backup port until lately, or its shared LAN was in doubt
export const TC_WHILE: u32 = 3; // tcWhile, 17.17.8
export const INFO_WHILE: u32 = 4; // rcvdInfoWhile, 17.17.6
export const EDGE_WHILE: u32 = 5; // edgeDelayWhile, 17.17.1
export const MIGRATE_WHILE: u32 = 6; // mdelayWhile, 17.17.4
export const HELLO_WHEN: u32 = 7; // helloWhen, 17.17.3
export const TX_DECAY: u32 = 8; // when txCount goes down by one, 17.19.44
export const RETRY_WHEN: u32 = 9; // when a proposal that nobody answered is sent again
export const SEEN_WHILE: u32 = 10; // how long a silent neighbour counts as one
export const TRIAL_WHEN: u32 = 11; // when a port that nobody was heard at asks again: see trial.ts
const COUNT: u32 = 12;

/** Migrate Time, 17.13.9: how long the version spoken is kept. */
export const MIGRATE_MS: u32 = 3000;
/** VDE says fstp/- 16 to 32 s after the last BPDU. */
export const SEEN_MS: u32 = 20_000;
/** A new port opens when this many of its proposals were not answered: see trial.ts. */
export const TRIAL_STEPS: u8 = 12;
const NEVER: u32 = 0xffffffff;

function cell(b: Branch, timer: u32): usize {
  return changetype<usize>(b) + offsetof<Branch>("due0") + (timer << 2);
}

/** Lets a timer run for `ms` from now. */
export function start(b: Branch, timer: u32, ms: u32): void {
  b.running |= 1 << timer;
  store<u32>(cell(b, timer), config().nowMs + ms);
}

/** Lets a timer run for `ms` from now at least. */
export function extend(b: Branch, timer: u32, ms: u32): void {
  if (!runs(b, timer) || <i32>(load<u32>(cell(b, timer)) - config().nowMs) < <i32>ms) start(b, timer, ms);
}

export function stop(b: Branch, timer: u32): void {
  b.running &= ~(1 << timer);
}

export function runs(b: Branch, timer: u32): bool {
  return (b.running & (1 << timer)) != 0;
}

/** Whether a timer has run out by now. It is stopped then, so that it does so once. */
export function ends(b: Branch, timer: u32): bool {
  if (!runs(b, timer) || <i32>(config().nowMs - load<u32>(cell(b, timer))) < 0) return false;
  stop(b, timer);
  return true;
}

/** How long ago a timer ran out; 0 where it runs on, or is stopped. */
export function lateMs(b: Branch, timer: u32): u32 {
  const late = <i32>(config().nowMs - load<u32>(cell(b, timer)));
  return runs(b, timer) && late > 0 ? <u32>late : 0;
}

/** How long until the first timer of a branch runs out; 0 where one has. */
export function leftMs(b: Branch): u32 {
  let least = NEVER;
  for (let timer: u32 = 0; timer < COUNT; timer++) {
    if (!runs(b, timer)) continue;
    const left = <i32>(load<u32>(cell(b, timer)) - config().nowMs);
    least = min(least, left > 0 ? <u32>left : 0);
  }
  return least;
}

/** Milliseconds of a time in 1/256 s. */
export function msOf(time: u32): u32 {
  return (time * 1000) >>> 8;
}

/** MaxAge, FwdDelay and HelloTime as the root has them, 17.20.8, 17.20.6, 17.20.7. */
export function maxAgeMs(t: Tree): u32 {
  return msOf(t.maxAge);
}

export function forwardDelayMs(t: Tree): u32 {
  return msOf(t.forwardDelay);
}

export function helloMs(): u32 {
  return <u32>config().helloS * 1000;
}

/**
 * forwardDelay, 17.20.5: between bridges that agree, a state lasts one hello at most. On a shared LAN nobody can agree for
 * all others: there two states outlast what was received before, which lasts three hellos.
 */
export function stateMs(t: Tree, b: Branch): u32 {
  if (has(b, STP)) return forwardDelayMs(t);
  return isPointToPoint(b) ? helloMs() : 2 * helloMs();
}

/** EdgeDelay, 17.20.1: how long a port must be silent to be an edge port. */
export function edgeDelayMs(t: Tree, b: Branch): u32 {
  return isPointToPoint(b) ? MIGRATE_MS : maxAgeMs(t);
}

/** The topology has changed: a port that opened on trial asks at once whether that closed a loop. */
export function hurryTrial(b: Branch): void {
  if (!runs(b, TRIAL_WHEN)) return;
  b.trials = TRIAL_STEPS;
  start(b, TRIAL_WHEN, 0);
}
