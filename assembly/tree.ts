// Trees and their branches: what spanning tree keeps for each VLAN, and for each port in it (802.1D-2004 17.18, 17.19).
// The state machines are in the files beside this one, and fstp.ts runs them.

import * as abi from "./abi";
import { config } from "./layout";
import * as set from "./set";

/** One spanning tree. What each field means stands in abi.ts, too, where a host reads it. */
@unmanaged
export class Tree {
  vid: u16;
  priority: u16;
  rootPort: u16;
  isUsed: u8;
  /** Something changed that roles are chosen by. 17.18.1, for all ports at once. */
  reselect: u8;
  ownId: u64;
  rootId: u64;
  bridgeId: u64;
  cost: u32;
  /** The port that the bridge on the way to the root sends from. */
  portId: u16;
  /** rootTimes, 17.18.7, in 1/256 s as on the wire. */
  age: u16;
  maxAge: u16;
  hello: u16;
  forwardDelay: u16;
  number: u16;
  dueMs: u32;
  changes: u32;
  changedMs: u32;
  /** A machine was cut off before it came to rest: it goes on at the next tick. */
  isRestless: u32;
}

/** A port in a tree. */
@unmanaged
export class Branch {
  /** portPriority, 17.19.21. */
  rootId: u64;
  bridgeId: u64;
  cost: u32;
  portId: u16;
  /** portTimes, 17.19.22. */
  age: u16;
  maxAge: u16;
  hello: u16;
  forwardDelay: u16;
  /** Where portPriority comes from: INFO_*. infoIs, 17.19.10. */
  info: u8;
  role: u8;
  /** selectedRole, 17.19.37. */
  selected: u8;
  peer: u8;
  /** 17.19.44. */
  txCount: u8;
  /** How often a proposal was sent again. */
  retries: u8;
  flags: u32;
  /** Bit n is set while timer n runs. */
  running: u32;
  due0: u64;
  due2: u64;
  due4: u64;
  due6: u64;
  due8: u64;
  due10: u64;
  /** Of the last BPDU that was sent. */
  sequence: u32;
  /** Of the first BPDU that told what is told now: what answers to an earlier one does not agree to it. */
  told: u32;
  /** The sequence of the last BPDU that an equal sent. */
  heard: u32;
  heardMs: u32;
  rx: u32;
  tx: u32;
  port: u16;
  /** The VLAN that its BPDUs travel in. */
  vid: u16;
  /** Steps of the trial that were taken in time. */
  trials: u8;
  reserved1: u8;
  reserved2: u16;
}

// 17.19.10, infoIs
export const INFO_DISABLED: u8 = 0;
export const INFO_AGED: u8 = 1;
export const INFO_MINE: u8 = 2;
export const INFO_RECEIVED: u8 = 3;

// Flags of a branch. The first five are in abi.ts, where a host reads them.
export const LEARN: u32 = abi.BRANCH_LEARN; // learn and learning, 17.19.11: nothing here takes time between the two
export const FORWARD: u32 = abi.BRANCH_FORWARD; // 17.19.7
export const EDGE: u32 = abi.BRANCH_EDGE; // operEdge, 17.19.17
export const STP: u32 = abi.BRANCH_STP; // sendRSTP is off, 17.19.38
export const POINT_TO_POINT: u32 = abi.BRANCH_POINT_TO_POINT; // operPointToPointMAC, 6.4.3
export const AGREE: u32 = 0x20; // 17.19.1
export const AGREED: u32 = 0x40; // 17.19.2
export const PROPOSED: u32 = 0x80; // 17.19.23
export const PROPOSING: u32 = 0x100; // 17.19.24
export const SYNC: u32 = 0x200; // 17.19.39
export const SYNCED: u32 = 0x400; // 17.19.40
export const REROOT: u32 = 0x800; // 17.19.36
export const UPDATE: u32 = 0x1000; // updtInfo, 17.19.45
export const NEW_INFO: u32 = 0x2000; // 17.19.16
export const DISPUTED: u32 = 0x4000; // 17.19.6
export const TC_ACK: u32 = 0x8000; // 17.19.41
export const TC_ACTIVE: u32 = 0x10000; // the topology change machine is in ACTIVE, 17.31
export const HEARD_RSTP: u32 = 0x20000; // rcvdRSTP, 17.19.30
export const HEARD_STP: u32 = 0x40000; // rcvdSTP, 17.19.32
export const SEEN: u32 = 0x80000; // a BPDU came, and no long silence since
export const STRANDED: u32 = 0x100000; // loop guard holds it: it fell silent where it should not
export const ASKED: u32 = 0x200000; // a proposal has gone out since the trial's last step
export const CONFIRMED: u32 = 0x800000; // the equal behind it has heard what it said since it came up
export const FACING_OPEN: u32 = 0x1000000; // the equal's designated port behind it says that it forwards
export const BRIDGED: u32 = abi.BRANCH_BRIDGED; // a loop probe came by it, or came back that went out by it: no edge port before that ends

if (offsetof<Tree>("vid") != abi.TREE_VID) ERROR("TREE_VID");
if (offsetof<Tree>("priority") != abi.TREE_PRIORITY) ERROR("TREE_PRIORITY");
if (offsetof<Tree>("rootPort") != abi.TREE_ROOT_PORT) ERROR("TREE_ROOT_PORT");
if (offsetof<Tree>("isUsed") != abi.TREE_IS_USED) ERROR("TREE_IS_USED");
if (offsetof<Tree>("ownId") != abi.TREE_OWN_ID) ERROR("TREE_OWN_ID");
if (offsetof<Tree>("rootId") != abi.TREE_ROOT_ID) ERROR("TREE_ROOT_ID");
if (offsetof<Tree>("bridgeId") != abi.TREE_BRIDGE_ID) ERROR("TREE_BRIDGE_ID");
if (offsetof<Tree>("cost") != abi.TREE_COST) ERROR("TREE_COST");
if (offsetof<Tree>("dueMs") != abi.TREE_DUE_MS) ERROR("TREE_DUE_MS");
if (offsetof<Tree>("changes") != abi.TREE_CHANGES) ERROR("TREE_CHANGES");
if (offsetof<Tree>("changedMs") != abi.TREE_CHANGED_MS) ERROR("TREE_CHANGED_MS");
if (offsetof<Tree>() != abi.TREE_MEMBERS) ERROR("TREE_MEMBERS");
if (offsetof<Branch>("rootId") != abi.BRANCH_ROOT_ID) ERROR("BRANCH_ROOT_ID");
if (offsetof<Branch>("bridgeId") != abi.BRANCH_BRIDGE_ID) ERROR("BRANCH_BRIDGE_ID");
if (offsetof<Branch>("cost") != abi.BRANCH_COST) ERROR("BRANCH_COST");
if (offsetof<Branch>("portId") != abi.BRANCH_PORT_ID) ERROR("BRANCH_PORT_ID");
if (offsetof<Branch>("role") != abi.BRANCH_ROLE) ERROR("BRANCH_ROLE");
if (offsetof<Branch>("peer") != abi.BRANCH_PEER) ERROR("BRANCH_PEER");
if (offsetof<Branch>("flags") != abi.BRANCH_FLAGS) ERROR("BRANCH_FLAGS");
if (offsetof<Branch>("heardMs") != abi.BRANCH_HEARD_MS) ERROR("BRANCH_HEARD_MS");
if (offsetof<Branch>("rx") != abi.BRANCH_RX) ERROR("BRANCH_RX");
if (offsetof<Branch>("tx") != abi.BRANCH_TX) ERROR("BRANCH_TX");
if (offsetof<Branch>() != abi.BRANCH_SIZE) ERROR("BRANCH_SIZE");

export function tree(number: u32): Tree {
  return changetype<Tree>(abi.TREES + number * abi.TREE_SIZE);
}

/** The tree that a VLAN is in: its own, or the common one. */
export function treeOf(vid: u32): Tree {
  return tree(load<u32>(abi.VLANS + vid * abi.VLAN_SIZE, abi.VLAN_TREE));
}

export function branch(t: Tree, port: u32): Branch {
  return changetype<Branch>(abi.BRANCHES + (<u32>t.number * abi.PORT_COUNT + port) * abi.BRANCH_SIZE);
}

/** The set of ports that take part in a tree. */
export function members(t: Tree): usize {
  return changetype<usize>(t) + abi.TREE_MEMBERS;
}

/** The first port from `start` on that takes part in a tree, or PORT_COUNT. */
export function next(t: Tree, start: u32): u32 {
  const words = config().words;
  let index = start >>> 6;
  if (index >= words) return abi.PORT_COUNT;
  let word = set.word(members(t), index) & (~(<u64>0) << (start & 63));
  while (word == 0) {
    index += 1;
    if (index >= words) return abi.PORT_COUNT;
    word = set.word(members(t), index);
  }
  return (index << 6) + <u32>ctz(word);
}

export function has(b: Branch, flag: u32): bool {
  return (b.flags & flag) != 0;
}

export function raise(b: Branch, flags: u32): void {
  b.flags |= flags;
}

export function lower(b: Branch, flags: u32): void {
  b.flags &= ~flags;
}

export function put(b: Branch, flag: u32, on: bool): void {
  b.flags = on ? b.flags | flag : b.flags & ~flag;
}

/** Whether one of SPAN_* is set for a branch's port. */
export function isSet(b: Branch, option: u8): bool {
  return (load<u8>(abi.SPANS + <u32>b.port * abi.SPAN_SIZE, abi.SPAN_OPTIONS) & option) != 0;
}

/**
 * Whether bridges are behind a branch that have one tree for all VLANs, and its BPDUs are tagged: who hears such bridges in
 * the untagged tree of the port sends its other trees' BPDUs to an address that they flood, and takes them for one LAN.
 */
export function isForeign(b: Branch): bool {
  const pvid: u32 = load<u16>(abi.PORTS + <u32>b.port * abi.PORT_SIZE, abi.PORT_PVID);
  if (pvid == abi.VLAN_NONE || pvid == <u32>b.vid) return false;
  const untagged = treeOf(pvid);
  return set.has(members(untagged), b.port) && branch(untagged, b.port).peer == abi.PEER_STANDARD;
}

/** Whether one other bridge at most is behind a branch. operPointToPointMAC */
export function isPointToPoint(b: Branch): bool {
  return has(b, POINT_TO_POINT) && !isForeign(b);
}

/**
 * Whether what is behind a branch is one other switch of this kind. Between such two, a designated port is open only while
 * the other has agreed to what it is told now: see docs/protocols/fstp.md for why no loop can form among them.
 */
export function isStrict(b: Branch): bool {
  return b.peer == abi.PEER_OWN && isPointToPoint(b);
}

/**
 * Whether an equal forwards to a port that it has not heard of, since it took its own for an edge port. What it sent until
 * it hears of it may have come by another way already.
 */
export function isSurprise(b: Branch): bool {
  return isStrict(b) && has(b, FACING_OPEN) && !has(b, CONFIRMED);
}

/** A bridge was heard at a port: an edge port ceases to be one, and closes until the bridge has agreed. */
export function noticeBridge(b: Branch): void {
  if (!has(b, EDGE)) return;
  lower(b, EDGE | AGREED | PROPOSING);
  raise(b, DISPUTED);
}
