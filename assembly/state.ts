// Port states: what forwarding reads of the trees. 802.1D-2004 7.4, and the port state transition machine, 17.30.

import * as abi from "./abi";
import * as event from "./event";
import { config } from "./layout";
import * as set from "./set";
import { Branch, FORWARD, has, LEARN, lower, put, Tree } from "./tree";

function setsOf(vid: u32): usize {
  return abi.VLANS + vid * abi.VLAN_SIZE;
}

/** Says in the sets of a VLAN what a port may do there. */
function write(vid: u32, port: u32, learn: bool, forward: bool): void {
  const v = setsOf(vid);
  if (learn) set.remove(v + abi.VLAN_NOT_LEARNING, port);
  else set.add(v + abi.VLAN_NOT_LEARNING, port);
  if (forward) set.remove(v + abi.VLAN_NOT_FORWARDING, port);
  else set.add(v + abi.VLAN_NOT_FORWARDING, port);
}

function hasTrunks(): bool {
  for (let i: u32 = 0; i < config().words; i++) if (set.word(abi.TRUNKS, i) != 0) return true;
  return false;
}

/** Whether a VLAN has no tree of its own, and may carry frames: a manager made it, or a port carries every VLAN. */
function follows(vid: u32, trunks: bool): bool {
  const v = setsOf(vid);
  return load<u32>(v, abi.VLAN_TREE) == 0 && (trunks || load<u32>(v, abi.VLAN_CREATED) != 0);
}

/** Lets the VLANs that follow the common tree do so at a port. */
function writeFollowers(port: u32, learn: bool, forward: bool): void {
  const trunks = hasTrunks();
  if (!trunks && load<u32>(abi.FOLLOWERS) == 0) return;
  for (let vid: u32 = 1; vid <= abi.VLAN_MAX; vid++) if (follows(vid, trunks)) write(vid, port, learn, forward);
}

/** Lets a VLAN follow the common tree at every port, from where it stands now. */
export function follow(vid: u32): void {
  const from = abi.VLANS + abi.VLAN_NOT_LEARNING;
  memory.copy(setsOf(vid) + abi.VLAN_NOT_LEARNING, from, 2 * abi.SET_SIZE);
}

/** Lets every VLAN without a tree follow the common one, when a port begins to carry all of them. */
export function followAll(): void {
  for (let vid: u32 = 1; vid <= abi.VLAN_MAX; vid++) if (follows(vid, true)) follow(vid);
}

/** Lets every port of a VLAN forward. */
export function clear(vid: u32): void {
  memory.fill(setsOf(vid) + abi.VLAN_NOT_LEARNING, 0, 2 * abi.SET_SIZE);
}

/** Says to forwarding what a port may do in the VLANs of a tree. */
export function allow(t: Tree, port: u32, learn: bool, forward: bool): void {
  write(t.vid, port, learn, forward);
  if (t.number == 0) writeFollowers(port, learn, forward);
}

/** Says it again: who left a VLAN and came back was forgotten there. */
export function refresh(t: Tree, b: Branch): void {
  allow(t, b.port, has(b, LEARN), has(b, FORWARD));
}

function change(t: Tree, b: Branch): void {
  refresh(t, b);
  const state: u64 = has(b, FORWARD) ? 2 : has(b, LEARN) ? 1 : 0;
  event.tell(abi.EVENT_TREE_STATE, state, b.port, t.vid);
}

export function discard(t: Tree, b: Branch): void {
  if (!has(b, LEARN | FORWARD)) return;
  lower(b, LEARN | FORWARD);
  change(t, b);
}

export function learn(t: Tree, b: Branch): void {
  put(b, LEARN, true);
  change(t, b);
}

export function forward(t: Tree, b: Branch): void {
  put(b, LEARN | FORWARD, true);
  change(t, b);
}
