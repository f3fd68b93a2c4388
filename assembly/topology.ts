// Topology changes: addresses are forgotten where a frame to them may have to take another way now, and nowhere else.
// The topology change machine, 802.1D-2004 17.31.

import * as abi from "./abi";
import * as fdb from "./fdb";
import { config } from "./layout";
import * as timers from "./timers";
import {
  Branch,
  branch,
  EDGE,
  FORWARD,
  has,
  isSet,
  LEARN,
  lower,
  NEW_INFO,
  next,
  put,
  raise,
  STP,
  TC_ACK,
  TC_ACTIVE,
  Tree,
} from "./tree";

/** newTcWhile, 17.21.7: tells of a change for long enough, unless that goes on already. */
function tell(t: Tree, b: Branch): void {
  if (timers.runs(b, timers.TC_WHILE)) return;
  const ms = has(b, STP) ? timers.maxAgeMs(t) + timers.forwardDelayMs(t) : timers.helloMs() + 1000;
  timers.start(b, timers.TC_WHILE, ms);
  raise(b, NEW_INFO);
}

/** setTcPropTree, 17.21.18, and what each of the others does then: PROPAGATING. */
function propagate(t: Tree, source: Branch): void {
  t.changes += 1;
  t.changedMs = config().nowMs;
  for (let port = next(t, 0); port < abi.PORT_COUNT; port = next(t, port + 1)) {
    const b = branch(t, port);
    if (has(b, EDGE)) timers.hurryTrial(b);
    if (port == <u32>source.port || !has(b, TC_ACTIVE) || has(b, EDGE)) continue;
    tell(t, b);
    fdb.flushBranch(port, t.number);
  }
}

/** A change was told of by a neighbour. NOTIFIED_TC */
export function hear(t: Tree, b: Branch): void {
  if (!has(b, TC_ACTIVE) || isSet(b, abi.SPAN_TCN_GUARD)) return;
  if (b.role == abi.ROLE_DESIGNATED) raise(b, TC_ACK);
  propagate(t, b);
}

/** A neighbour of 802.1D-1998 notified of a change. NOTIFIED_TCN */
export function hearNotification(t: Tree, b: Branch): void {
  if (!has(b, TC_ACTIVE) || isSet(b, abi.SPAN_TCN_GUARD)) return;
  tell(t, b);
  hear(t, b);
}

/** Our notification was heard. ACKNOWLEDGED */
export function acknowledge(b: Branch): void {
  timers.stop(b, timers.TC_WHILE);
}

/** A branch's state, role or edge may have changed. LEARNING, DETECTED, ACTIVE, INACTIVE */
export function review(t: Tree, b: Branch): void {
  const isOnTree = b.role == abi.ROLE_ROOT || b.role == abi.ROLE_DESIGNATED;
  const isActive = isOnTree && has(b, FORWARD) && !has(b, EDGE);
  if (isActive && !has(b, TC_ACTIVE)) {
    put(b, TC_ACTIVE, true);
    tell(t, b);
    raise(b, NEW_INFO);
    propagate(t, b);
  } else if (has(b, TC_ACTIVE) && (!isOnTree || has(b, EDGE) || !has(b, LEARN))) {
    lower(b, TC_ACTIVE);
    timers.stop(b, timers.TC_WHILE);
    if (!has(b, LEARN)) fdb.flushBranch(b.port, t.number);
  }
}
