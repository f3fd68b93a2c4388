// Which VLANs have trees, and which ports take part in them: what managers and cables change.

import * as abi from "./abi";
import * as event from "./event";
import * as fstp from "./fstp";
import * as information from "./information";
import { config, port as portAt } from "./layout";
import * as set from "./set";
import * as state from "./state";
import * as timers from "./timers";
import * as topology from "./topology";
import * as trial from "./trial";
import {
  AGREED,
  Branch,
  branch,
  EDGE,
  has,
  INFO_AGED,
  isSet,
  lower,
  members,
  next,
  POINT_TO_POINT,
  put,
  raise,
  SEEN,
  STP,
  SYNCED,
  Tree,
  tree,
  treeOf,
} from "./tree";
import { isMember, vlan } from "./vlan";

const ID_SHIFT: u64 = 48;
const SPREAD: u64 = 0x9e3779b97f4a7c15; // 2^64 / golden ratio

function span(port: u32): usize {
  return abi.SPANS + port * abi.SPAN_SIZE;
}

/** What a new port is set to. */
export function resetPort(port: u32): void {
  memory.fill(span(port), 0, abi.SPAN_SIZE);
  store<u8>(span(port), abi.PORT_PRIORITY_DEFAULT, abi.SPAN_PRIORITY);
}

/** This bridge's identifier in a tree. 9.2.5, 17.18.2 */
function identify(t: Tree): void {
  const mac = bswap<u64>(config().mac) >>> 16;
  t.ownId = ((<u64>t.priority) << ID_SHIFT) | mac;
}

/** Gives a VLAN a tree of its own, or lets it follow the common one where all are taken. */
export function plant(vid: u32): void {
  state.clear(vid);
  for (let i: u32 = vid == 0 ? 0 : 1; i < abi.TREE_COUNT; i++) {
    const t = tree(i);
    if (t.isUsed != 0) continue;
    memory.fill(changetype<usize>(t), 0, abi.TREE_SIZE);
    t.isUsed = 1;
    t.number = <u16>i;
    t.vid = <u16>vid;
    t.priority = config().priority;
    store<u32>(vlan(vid), i, abi.VLAN_TREE);
    return refresh(t);
  }
  store<u32>(abi.FOLLOWERS, load<u32>(abi.FOLLOWERS) + 1);
  state.follow(vid);
  refresh(tree(0));
}

/** Takes the tree of a VLAN away, before the VLAN goes. */
export function fell(vid: u32): void {
  const t = treeOf(vid);
  if (t.number == 0) {
    store<u32>(abi.FOLLOWERS, load<u32>(abi.FOLLOWERS) - 1);
    return;
  }
  for (let port = next(t, 0); port < abi.PORT_COUNT; port = next(t, port + 1)) leave(t, port);
  t.isUsed = 0;
  store<u32>(vlan(vid), 0, abi.VLAN_TREE);
}

/** Whether a port carries a VLAN that follows the common tree: that one, or VLAN_NONE. */
function followerAt(port: u32): u32 {
  const pvid: u32 = portAt(port).pvid;
  if (pvid != abi.VLAN_NONE && treeOf(pvid).number == 0) return pvid;
  if (load<u32>(abi.FOLLOWERS) == 0 && !set.has(abi.TRUNKS, port)) return abi.VLAN_NONE;
  for (let vid: u32 = 1; vid <= abi.VLAN_MAX; vid++) {
    if (treeOf(vid).number == 0 && isMember(vid, port)) return vid;
  }
  return abi.VLAN_NONE;
}

/** The VLAN in which the BPDUs of a tree travel at a port; VLAN_NONE where the port has no part in the tree. */
function carrier(t: Tree, port: u32): u32 {
  if (isMember(t.vid, port)) return t.vid;
  return t.number == 0 ? followerAt(port) : abi.VLAN_NONE;
}

/** Whether a cable is in a port, and nothing keeps it shut. */
function isUp(port: u32): bool {
  return config().fstp != 0 && set.has(abi.OPEN, port) && load<u8>(span(port), abi.SPAN_SHUT) == 0;
}

/** Lets a port take part in a tree: portEnabled, 17.19.18. It is closed until its place is known. */
function enter(t: Tree, port: u32, vid: u32): void {
  const b = branch(t, port);
  memory.fill(changetype<usize>(b), 0, abi.BRANCH_SIZE);
  set.add(members(t), port);
  b.port = <u16>port;
  b.vid = <u16>vid;
  b.info = INFO_AGED;
  raise(b, SYNCED);
  put(b, STP, config().stpOnly != 0);
  b.sequence = <u32>(((config().hashKey ^ <u64>config().nowMs) * SPREAD) >>> 32) + port; // not what it was last time
  timers.start(b, timers.FD_WHILE, timers.maxAgeMs(t));
  timers.start(b, timers.HELLO_WHEN, timers.helloMs());
  timers.start(b, timers.MIGRATE_WHILE, timers.MIGRATE_MS);
  adjust(t, b);
  trial.begin(b);
  state.refresh(t, b);
}

/** Takes in what is set for a port: edge by a manager, and whether several may be behind it. */
function adjust(t: Tree, b: Branch): void {
  const isShared = portAt(b.port).endpointCount > 1 || isSet(b, abi.SPAN_SHARED);
  if (isShared == has(b, POINT_TO_POINT)) lower(b, AGREED);
  put(b, POINT_TO_POINT, !isShared);
  const isEdge = set.has(vlan(t.vid) + abi.VLAN_EDGE, b.port) || isSet(b, abi.SPAN_BPDU_FILTER);
  if (isEdge && !has(b, SEEN)) raise(b, EDGE);
}

/** Takes a port out of a tree. */
function leave(t: Tree, port: u32): void {
  const b = branch(t, port);
  if (has(b, SEEN)) event.tell(abi.EVENT_TREE_SILENT, 0, port, t.vid);
  memory.fill(changetype<usize>(b), 0, abi.BRANCH_SIZE);
  set.remove(members(t), port);
  const isShut = load<u8>(span(port), abi.SPAN_SHUT) != 0;
  state.allow(t, port, !isShut, !isShut);
}

/** Brings one port of one tree up to what cables, VLANs and settings say. Returns whether anything changed. */
function review(t: Tree, port: u32): bool {
  const vid = isUp(port) ? carrier(t, port) : abi.VLAN_NONE;
  const isIn = set.has(members(t), port);
  const b = branch(t, port);
  if (isIn && <u32>b.vid == vid) {
    adjust(t, b);
    state.refresh(t, b);
    return true;
  }
  if (isIn) leave(t, port);
  if (vid != abi.VLAN_NONE) enter(t, port, vid);
  return isIn || vid != abi.VLAN_NONE;
}

/** A cable came or went, or the port's VLANs are others now. */
export function refreshPort(port: u32): void {
  for (let i: u32 = 0; i < abi.TREE_COUNT; i++) {
    const t = tree(i);
    if (t.isUsed != 0 && review(t, port)) fstp.reconsider(t);
  }
}

/** Settings of a tree, or of all ports in it, changed. */
function refresh(t: Tree): void {
  identify(t);
  fstp.reconsider(t);
  const count = config().words << 6;
  let changed = false;
  for (let port: u32 = 0; port < count; port++) if (review(t, port)) changed = true;
  if (changed) fstp.reconsider(t);
}

export function refreshAll(): void {
  for (let i: u32 = 0; i < abi.TREE_COUNT; i++) if (tree(i).isUsed != 0) refresh(tree(i));
}

/** BPDU guard: a bridge where none may be. The port stays shut until it is unplugged. */
export function shut(port: u32): void {
  store<u8>(span(port), 1, abi.SPAN_SHUT);
  refreshPort(port);
}

/** The last cable is out. */
export function release(port: u32): void {
  store<u8>(span(port), 0, abi.SPAN_SHUT);
}

/** A neighbour was not heard of for long. */
export function fallSilent(t: Tree, b: Branch): void {
  lower(b, SEEN);
  b.peer = abi.PEER_NONE;
  event.tell(abi.EVENT_TREE_SILENT, 0, b.port, t.vid);
}
