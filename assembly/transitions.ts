// From roles to states: the port role transition machine, 802.1D-2004 17.29, and when a port is an edge port, 17.25.
//
// One rule goes beyond the standard. Between two of these switches (isStrict) a designated port learns and forwards only
// while its neighbour's agreement to what it tells now stands; neither time nor a better past opens it. With that every
// link that forwards both ways leads from a better bridge to a worse one at every moment, so no loop can close, whatever
// is lost, late or out of date. docs/protocols/fstp.md has the argument.

import * as abi from "./abi";
import { config } from "./layout";
import * as state from "./state";
import * as timers from "./timers";
import * as topology from "./topology";
import * as trial from "./trial";
import {
  AGREE,
  AGREED,
  Branch,
  branch,
  DISPUTED,
  EDGE,
  FORWARD,
  has,
  isSet,
  isForeign,
  isPointToPoint,
  isStrict,
  isSurprise,
  LEARN,
  BRIDGED,
  lower,
  NEW_INFO,
  next,
  PROPOSED,
  PROPOSING,
  raise,
  REROOT,
  STP,
  STRANDED,
  SYNC,
  SYNCED,
  Tree,
  UPDATE,
} from "./tree";

/** setSyncTree and setReRootTree, 17.21.16, 17.21.15. */
function raiseAll(t: Tree, flag: u32): void {
  for (let port = next(t, 0); port < abi.PORT_COUNT; port = next(t, port + 1)) raise(branch(t, port), flag);
}

/** allSynced, 17.20.3: nobody but the port itself has anything left to do. */
function areOthersSynced(t: Tree, self: Branch): bool {
  for (let port = next(t, 0); port < abi.PORT_COUNT; port = next(t, port + 1)) {
    const b = branch(t, port);
    if (b.role != b.selected || has(b, UPDATE)) return false;
    if (port != <u32>self.port && b.role != abi.ROLE_ROOT && !has(b, SYNCED)) return false;
  }
  return true;
}

/** reRooted, 17.20.10: no other port was the root port until lately. */
function isRerooted(t: Tree, self: Branch): bool {
  for (let port = next(t, 0); port < abi.PORT_COUNT; port = next(t, port + 1)) {
    if (port != <u32>self.port && timers.runs(branch(t, port), timers.RR_WHILE)) return false;
  }
  return true;
}

/**
 * On a shared LAN, where nobody can agree for all others, a port closes when its word gets worse, or when another bridge is
 * designated there, and opens when everybody must have heard of it: what they believed until then has aged by that time.
 */
export function hesitate(t: Tree, b: Branch): void {
  if (isPointToPoint(b) || has(b, EDGE | STP)) return;
  const ms = timers.stateMs(t, b);
  timers.extend(b, timers.FD_WHILE, ms);
  timers.extend(b, timers.RB_WHILE, 2 * ms);
  if (!has(b, LEARN | FORWARD)) return;
  state.discard(t, b);
  topology.review(t, b);
}

/** Takes the role that was selected. The entries to ROOT_PORT, DESIGNATED_PORT, BLOCK_PORT. */
function become(t: Tree, b: Branch): void {
  const was = b.role;
  if (was == abi.ROLE_ROOT) timers.start(b, timers.RR_WHILE, timers.forwardDelayMs(t));
  if (was == abi.ROLE_BACKUP) timers.extend(b, timers.RB_WHILE, 2 * timers.helloMs());
  if (was >= abi.ROLE_ALTERNATE) timers.start(b, timers.FD_WHILE, timers.stateMs(t, b));
  if (was == abi.ROLE_DESIGNATED) raise(b, NEW_INFO); // who took our word hears at once that it leads nowhere now
  b.role = b.selected;
  if (b.role >= abi.ROLE_ALTERNATE) {
    state.discard(t, b);
    timers.stop(b, timers.RR_WHILE);
    raise(b, SYNCED);
    lower(b, SYNC | REROOT);
  }
  topology.review(t, b);
}

/** Agrees to what the neighbour proposes, when nothing behind this bridge could close a loop. *_PROPOSED, *_AGREED */
function agree(t: Tree, b: Branch): bool {
  let changed = false;
  if (has(b, PROPOSED) && !has(b, AGREE)) {
    raiseAll(t, SYNC);
    lower(b, PROPOSED);
    changed = true;
  }
  if (has(b, AGREE) ? !has(b, PROPOSED) : !areOthersSynced(t, b)) return changed;
  lower(b, PROPOSED | SYNC);
  raise(b, AGREE | NEW_INFO);
  return true;
}

/** Opens a port, by one state where only time allows it: *_LEARN, *_FORWARD. */
function open(t: Tree, b: Branch, atOnce: bool): void {
  if (!atOnce && !has(b, LEARN)) {
    timers.start(b, timers.FD_WHILE, timers.stateMs(t, b));
    state.learn(t, b);
    return;
  }
  timers.stop(b, timers.FD_WHILE);
  state.forward(t, b);
  if (b.role == abi.ROLE_DESIGNATED && !isStrict(b) && !has(b, STP)) raise(b, AGREED);
  topology.review(t, b);
}

/** A root port. */
function stepRoot(t: Tree, b: Branch): bool {
  let changed = agree(t, b);
  if (has(b, SYNC) || !has(b, SYNCED)) {
    lower(b, SYNC); // ROOT_SYNCED
    raise(b, SYNCED);
    changed = true;
  }
  if (has(b, FORWARD)) {
    lower(b, REROOT); // REROOTED
    return changed;
  }
  if (!has(b, REROOT)) {
    raiseAll(t, REROOT);
    changed = true;
  }
  const isRapid = config().stpOnly == 0 && !timers.runs(b, timers.RB_WHILE) && isRerooted(t, b) && !isSurprise(b);
  if (!isRapid && timers.runs(b, timers.FD_WHILE)) return changed;
  open(t, b, isRapid);
  return true;
}

/** Asks the neighbour to agree, and waits for whether there is one. DESIGNATED_PROPOSE */
function propose(t: Tree, b: Branch): void {
  raise(b, PROPOSING | NEW_INFO);
  timers.start(b, timers.EDGE_WHILE, timers.edgeDelayMs(t, b));
  b.retries = 0;
}

/** Whether a designated port has something to ask: it is not open, or its equal has not heard yet that it is better now. */
function mustPropose(b: Branch): bool {
  if (has(b, PROPOSING | EDGE)) return false;
  if (!has(b, FORWARD | AGREED)) return true;
  return isStrict(b) && !has(b, AGREED);
}

/** Whether a designated port must close. DESIGNATED_DISCARD */
function mustDiscard(b: Branch): bool {
  if (has(b, STRANDED)) return true;
  if (has(b, DISPUTED)) return true;
  if (has(b, EDGE)) return false;
  if (isStrict(b) && !has(b, AGREED)) return true;
  if (has(b, SYNC) && !has(b, SYNCED)) return true;
  return has(b, REROOT) && timers.runs(b, timers.RR_WHILE);
}

/** Whether a designated port may open further. */
function mayOpen(b: Branch): bool {
  if (has(b, SYNC | STRANDED) || (has(b, REROOT) && timers.runs(b, timers.RR_WHILE))) return false;
  if (has(b, AGREED | EDGE)) return true;
  return !isStrict(b) && !timers.runs(b, timers.FD_WHILE);
}

/** DESIGNATED_SYNCED */
function synchronise(b: Branch): bool {
  const isClosed = !has(b, LEARN | FORWARD);
  const isSafe = isClosed || has(b, AGREED | EDGE);
  if (!((isSafe && !has(b, SYNCED)) || (has(b, SYNC) && has(b, SYNCED)))) return false;
  timers.stop(b, timers.RR_WHILE);
  raise(b, SYNCED);
  lower(b, SYNC);
  return true;
}

/** A designated port. */
function stepDesignated(t: Tree, b: Branch): bool {
  let changed = has(b, SYNC | REROOT) && trial.repeat(t, b);
  if (mustPropose(b)) {
    propose(t, b);
    changed = true;
  }
  if (mustDiscard(b) && has(b, LEARN | FORWARD)) {
    timers.start(b, timers.FD_WHILE, timers.stateMs(t, b));
    state.discard(t, b);
    topology.review(t, b);
    changed = true;
  }
  if (!has(b, LEARN)) lower(b, DISPUTED);
  if (synchronise(b)) changed = true;
  if (has(b, REROOT) && !timers.runs(b, timers.RR_WHILE)) {
    lower(b, REROOT); // DESIGNATED_RETIRED
    changed = true;
  }
  if (has(b, FORWARD) || !mayOpen(b)) return changed;
  open(t, b, has(b, AGREED | EDGE));
  return true;
}

/** An alternate or backup port. */
function stepBlocked(t: Tree, b: Branch): bool {
  const changed = has(b, SYNC | REROOT) || !has(b, SYNCED);
  lower(b, SYNC | REROOT);
  raise(b, SYNCED);
  return agree(t, b) || changed;
}

/** Does what a branch has to do now. Returns whether anything changed. */
export function step(t: Tree, b: Branch): bool {
  if (has(b, UPDATE)) return false;
  if (b.role != b.selected) {
    become(t, b);
    return true;
  }
  if (b.role == abi.ROLE_ROOT) return stepRoot(t, b);
  return b.role == abi.ROLE_DESIGNATED ? stepDesignated(t, b) : stepBlocked(t, b);
}

/** A port where nobody answers is an edge port. The bridge detection machine, 17.25: from NOT_EDGE to EDGE. */
export function noticeSilence(t: Tree, b: Branch): void {
  if (b.role != abi.ROLE_DESIGNATED || !has(b, PROPOSING) || has(b, STP | STRANDED)) return;
  if (isSet(b, abi.SPAN_NO_AUTO_EDGE) || isForeign(b)) return;
  lower(b, BRIDGED);
  raise(b, EDGE);
  topology.review(t, b);
}
