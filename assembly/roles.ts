// Which role each port plays: the port role selection machine, 802.1D-2004 17.28, updtRolesTree, 17.21.25.

import * as abi from "./abi";
import * as bpdu from "./bpdu";
import * as event from "./event";
import { config } from "./layout";
import * as priority from "./priority";
import * as timers from "./timers";
import { Branch, branch, INFO_AGED, INFO_MINE, INFO_RECEIVED, isSet, next, put, Tree, UPDATE } from "./tree";

/** This bridge is the root, until a better one is known of. */
function crown(t: Tree): void {
  const settings = config();
  t.rootId = t.ownId;
  t.bridgeId = t.ownId;
  t.cost = 0;
  t.portId = 0;
  t.rootPort = <u16>abi.PORT_NONE;
  t.age = 0;
  t.maxAge = bpdu.seconds(settings.maxAgeS);
  t.hello = bpdu.seconds(settings.helloS);
  t.forwardDelay = bpdu.seconds(settings.forwardDelayS);
}

/** Takes the way by a branch: rootPathPriority, 17.6, and rootTimes, 17.18.7. */
function take(t: Tree, b: Branch, cost: u32): void {
  t.rootId = b.rootId;
  t.bridgeId = b.bridgeId;
  t.cost = cost;
  t.portId = b.portId;
  t.rootPort = b.port;
  t.age = b.age + 256; // each bridge adds a second
  t.maxAge = b.maxAge;
  t.forwardDelay = b.forwardDelay;
}

/** Whether the way by a branch is better than the one that was taken so far. Between equal ones our own port decides. */
function isBetter(t: Tree, b: Branch, cost: u32): bool {
  const order = priority.compare(b.rootId, cost, b.bridgeId, b.portId, t.rootId, t.cost, t.bridgeId, t.portId);
  if (order != 0 || <u32>t.rootPort == abi.PORT_NONE) return order < 0;
  return priority.idOf(b) < priority.idOf(branch(t, t.rootPort));
}

function findRoot(t: Tree): void {
  crown(t);
  for (let port = next(t, 0); port < abi.PORT_COUNT; port = next(t, port + 1)) {
    const b = branch(t, port);
    if (b.info != INFO_RECEIVED || b.bridgeId == t.ownId || isSet(b, abi.SPAN_ROOT_GUARD)) continue;
    const cost = b.cost + priority.costOf(t, b);
    if (cost >= b.cost && isBetter(t, b, cost)) take(t, b, cost); // a sum beyond 32 bits is no way
  }
}

/** Information of our own that came back by another port, from when the tree was another one, counts for nothing. */
function isStaleEcho(t: Tree, b: Branch): bool {
  if (b.info != INFO_RECEIVED || b.bridgeId != t.ownId) return false;
  return b.rootId != t.rootId || b.cost != t.cost;
}

function roleOf(t: Tree, b: Branch): u8 {
  if (b.info == INFO_AGED || b.info == INFO_MINE) return abi.ROLE_DESIGNATED;
  if (b.port == t.rootPort) return abi.ROLE_ROOT;
  if (priority.compareDesignated(t, b) < 0) return abi.ROLE_DESIGNATED;
  return b.bridgeId == t.ownId ? abi.ROLE_BACKUP : abi.ROLE_ALTERNATE;
}

function selectFor(t: Tree, b: Branch): void {
  if (isStaleEcho(t, b)) {
    b.info = INFO_AGED;
    timers.stop(b, timers.INFO_WHILE);
  }
  b.selected = roleOf(t, b);
  const isDesignated = b.selected == abi.ROLE_DESIGNATED;
  put(b, UPDATE, isDesignated && (b.info != INFO_MINE || !priority.isTold(t, b)));
}

/** Chooses the root port, and a role for every port. */
export function select(t: Tree): void {
  const rootId = t.rootId;
  const rootPort = t.rootPort;
  t.reselect = 0;
  findRoot(t);
  for (let port = next(t, 0); port < abi.PORT_COUNT; port = next(t, port + 1)) selectFor(t, branch(t, port));
  if (t.rootId != rootId || t.rootPort != rootPort) event.tell(abi.EVENT_TREE_ROOT, t.rootId, t.rootPort, t.vid);
}
