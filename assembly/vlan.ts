// VLAN table: which ports are in each VLAN, with and without a tag (802.1Q-2018 8.8). A port is in one VLAN untagged, its
// PVID, or in none; in any number tagged; or it trunks, and is tagged in all others.

import * as abi from "./abi";
import * as fdb from "./fdb";
import { port as portAt } from "./layout";
import * as set from "./set";

/** The sets of a VLAN. */
export function vlan(vid: u32): usize {
  return abi.VLANS + vid * abi.VLAN_SIZE;
}

/** Whether a port is in a VLAN, with or without a tag. */
export function isMember(vid: u32, port: u32): bool {
  return set.has(vlan(vid) + abi.VLAN_UNTAGGED, port) || isTagged(vid, port);
}

/** Whether a port gets a VLAN's frames with a tag. */
export function isTagged(vid: u32, port: u32): bool {
  const v = vlan(vid);
  if (set.has(v + abi.VLAN_TAGGED, port)) return true;
  return vid != 0 && set.has(abi.TRUNKS, port) && !set.has(v + abi.VLAN_UNTAGGED, port);
}

/** Makes a VLAN known, or unknown and empty. */
export function setCreated(vid: u32, created: bool): void {
  const v = vlan(vid);
  if (!created) {
    memory.fill(v, 0, abi.VLAN_SIZE);
    fdb.flushVlan(vid);
  }
  store<u32>(v, created ? 1 : 0, abi.VLAN_CREATED);
}

/** Takes a port out of a VLAN, and forgets what spanning tree had said of it there; not what a manager said. */
function leaveSets(vid: u32, port: u32): void {
  const v = vlan(vid);
  for (let each = abi.VLAN_TAGGED; each <= abi.VLAN_NOT_FORWARDING; each += abi.SET_SIZE) set.remove(v + each, port);
}

/** Makes `vid` the VLAN of a port's untagged frames; VLAN_NONE for none. */
export function setPvid(port: u32, vid: u32): void {
  const p = portAt(port);
  if (<u32>p.pvid != abi.VLAN_NONE) leaveSets(p.pvid, port);
  p.pvid = <u16>vid;
  fdb.flushPort(port);
  if (vid == abi.VLAN_NONE) return;
  leaveSets(vid, port);
  set.add(vlan(vid) + abi.VLAN_UNTAGGED, port);
}

/** Makes a port a tagged member. No change where it is an untagged one. */
export function join(vid: u32, port: u32): void {
  if (!set.has(vlan(vid) + abi.VLAN_UNTAGGED, port)) set.add(vlan(vid) + abi.VLAN_TAGGED, port);
}

/** Takes a tagged member out. */
export function leave(vid: u32, port: u32): void {
  leaveSets(vid, port);
  fdb.flushPort(port);
}

/** Lets a port carry every VLAN tagged, or only the ones that it joined. */
export function setTrunk(port: u32, on: bool): void {
  portAt(port).trunk = on ? 1 : 0;
  if (on) set.add(abi.TRUNKS, port);
  else set.remove(abi.TRUNKS, port);
  fdb.flushPort(port);
}

/** Takes a port out of every VLAN, and forgets what a manager had said of it there. */
export function leaveAll(port: u32): void {
  for (let vid: u32 = 0; vid < abi.VLAN_COUNT; vid++) {
    leaveSets(vid, port);
    set.remove(vlan(vid) + abi.VLAN_EDGE, port);
  }
  set.remove(abi.TRUNKS, port);
}
