// The trial of a port that comes up: whether it leads to a host is found out in a fifth of a second, where 802.1D-2004 waits
// for three (Edge Delay, 17.20.1).
//
// Proposals go out quickly one after the other, and with each a loop probe. Bridges that answer are heard; those that say
// nothing, because they know STP only and their hello is not due, or are none that speak at all, flood the probe, and where
// there is another way to them it comes back. A port that neither is heard at is an edge port. It goes on asking, ever
// more slowly, until the standard's time is over. docs/protocols/fstp.md says how sure that is.

import * as abi from "./abi";
import { port as portAt } from "./layout";
import * as queue from "./queue";
import * as state from "./state";
import * as timers from "./timers";
import * as topology from "./topology";
import {
  AGREED,
  ASKED,
  Branch,
  BRIDGED,
  EDGE,
  has,
  isPointToPoint,
  isSet,
  lower,
  NEW_INFO,
  noticeBridge,
  PROPOSING,
  raise,
  STP,
  STRANDED,
  Tree,
} from "./tree";

/** The time between proposals. */
const STEP_MS: u32 = 15;
const CATCH_UP_MS: u32 = 10;
/** An edge port asks after so long, then after twice as long, and so on. */
const AFTER_MS: u32 = 8;
const DOUBLINGS: u32 = 7;
/** How old a probe may be that comes back, in BPDUs of its port. */
const PROBE_AGE_MAX: u32 = 64;

/** Whether what is behind a port may be known so soon: nobody was heard, and frames are not long on their way. */
function isFit(b: Branch): bool {
  if (b.rx != 0 || has(b, STP | STRANDED) || !isPointToPoint(b)) return false;
  if (isSet(b, abi.SPAN_NO_AUTO_EDGE | abi.SPAN_BPDU_FILTER)) return false;
  return load<u8>(abi.SPANS + <u32>b.port * abi.SPAN_SIZE, abi.SPAN_DISTANT) == 0;
}

/** A port comes up. */
export function begin(b: Branch): void {
  if (isFit(b) && !has(b, EDGE)) timers.start(b, timers.TRIAL_WHEN, STEP_MS);
}

/** Whether what is plugged in takes what is sent to it. */
function isTold(b: Branch): bool {
  return queue.endpoint(portAt(b.port).endpoint).waiting == 0;
}

/** Counts a step, where its proposal went out. */
function count(b: Branch): void {
  const isAsked = has(b, ASKED) && isTold(b);
  if ((isAsked || has(b, EDGE | BRIDGED)) && b.trials < 0xff) b.trials += 1;
  lower(b, ASKED);
}

/** How long until the next step: sooner where this one came late. */
function waitMs(b: Branch, lateMs: u32): u32 {
  if (!has(b, EDGE | BRIDGED)) return STEP_MS - min(lateMs, CATCH_UP_MS);
  return AFTER_MS << min<u32>(DOUBLINGS, <u32>max<i32>(0, <i32>b.trials - <i32>timers.TRIAL_STEPS));
}

/** A step is due. */
export function step(t: Tree, b: Branch, lateMs: u32): void {
  raise(b, NEW_INFO); // this one's, or where the trial is over the first that is repeated as everywhere
  const isOver = has(b, EDGE) && !timers.runs(b, timers.MIGRATE_WHILE);
  if (isOver || !isFit(b)) return;
  count(b);
  // Where this step came late, what was heard meanwhile may not have been read yet.
  const isSilent =
    b.trials >= timers.TRIAL_STEPS && lateMs < STEP_MS && b.role == abi.ROLE_DESIGNATED && has(b, PROPOSING);
  if (isSilent && !has(b, EDGE | BRIDGED)) {
    raise(b, EDGE);
    topology.review(t, b);
  }
  timers.start(b, timers.TRIAL_WHEN, waitMs(b, lateMs));
}

/**
 * Other ports of this bridge are about to open. A port that is on trial is not yet known well enough to stay open then, as
 * edge ports do: it closes, and its trial begins anew. Returns whether it was one.
 */
export function repeat(t: Tree, b: Branch): bool {
  if (!has(b, EDGE) || !timers.runs(b, timers.TRIAL_WHEN)) return false;
  lower(b, EDGE | AGREED | PROPOSING);
  state.discard(t, b);
  topology.review(t, b);
  b.trials = 0;
  timers.start(b, timers.FD_WHILE, timers.maxAgeMs(t));
  timers.start(b, timers.TRIAL_WHEN, STEP_MS);
  return true;
}

/** Whether a port is on trial, and no BPDU came by it: bridges that speak are known by what they say. */
function isOn(b: Branch): bool {
  return timers.runs(b, timers.TRIAL_WHEN) && b.rx == 0;
}

/** A loop probe of another switch came by a port, which a host would not have sent: it is given the standard's time. */
export function hear(b: Branch): void {
  if (isOn(b) && !has(b, EDGE)) raise(b, BRIDGED);
}

/** A loop probe that went out by a port came back. Returns whether that changes anything. */
export function hearOwn(t: Tree, b: Branch, sequence: u32): bool {
  if (!isOn(b) || b.sequence - sequence >= PROBE_AGE_MAX) return false;
  if (!has(b, BRIDGED)) b.trials = timers.TRIAL_STEPS;
  raise(b, BRIDGED);
  noticeBridge(b);
  timers.start(b, timers.EDGE_WHILE, timers.edgeDelayMs(t, b));
  timers.extend(b, timers.FD_WHILE, timers.maxAgeMs(t));
  return true;
}
