// What becomes of a frame. Forwarding is set algebra: of the ports that are open, those in the frame's VLAN that forward,
// less the one that it came from; where its destination is known, the one port behind which that is.

import * as abi from "./abi";
import * as capture from "./capture";
import { emit } from "./egress";
import * as ethernet from "./ethernet";
import * as fdb from "./fdb";
import * as fstp from "./fstp";
import { config, port as portAt } from "./layout";
import * as offload from "./offload";
import { drop } from "./port";
import * as queue from "./queue";
import * as set from "./set";
import * as slots from "./slot";
import * as vector from "./vector";
import { isMember, isTagged, vlan } from "./vlan";

function emitAll(slot: u32, base: u32, ports: u64, tagged: bool): void {
  for (; ports != 0; ports &= ports - 1) emit(slot, base + <u32>ctz(ports), tagged);
}

function without(ports: u64, base: u32, port: u32): u64 {
  return port >>> 6 == base >>> 6 ? ports & ~set.bit(port) : ports;
}

/** Sends a frame to every port of its VLAN that forwards, but the one it came from. */
function flood(slot: u32, vid: u32, ingress: u32): u32 {
  const v = vlan(vid);
  const trunks: u64 = vid == 0 ? 0 : ~(<u64>0);
  let any: u64 = 0;
  for (let i: u32 = 0; i < config().words; i++) {
    const open = without(set.word(abi.OPEN, i) & ~set.word(v + abi.VLAN_NOT_FORWARDING, i), i << 6, ingress);
    const untagged = set.word(v + abi.VLAN_UNTAGGED, i);
    const tagged = (set.word(v + abi.VLAN_TAGGED, i) | (set.word(abi.TRUNKS, i) & trunks)) & ~untagged;
    any |= open & (untagged | tagged);
    emitAll(slot, i << 6, open & untagged, false);
    emitAll(slot, i << 6, open & tagged, true);
  }
  return any == 0 ? abi.DROP_NOWHERE : abi.DROP_NONE;
}

/** Sends a frame as it is to every other port: a hub knows no VLANs and no addresses. */
function repeat(slot: u32, ingress: u32): u32 {
  const head = slots.head(slot);
  head.arrived = abi.ARRIVED_UNTAGGED;
  head.innerTag = 0;
  let any: u64 = 0;
  for (let i: u32 = 0; i < config().words; i++) {
    const open = without(set.word(abi.OPEN, i), i << 6, ingress);
    any |= open;
    emitAll(slot, i << 6, open, false);
  }
  return any == 0 ? abi.DROP_NOWHERE : abi.DROP_NONE;
}

/** Sends a frame to the one port behind which its destination is. */
function unicast(slot: u32, vid: u32, ingress: u32, egress: u32): u32 {
  if (egress == ingress) return abi.DROP_LOCAL;
  if (!set.has(abi.OPEN, egress) || !isMember(vid, egress)) return abi.DROP_NOWHERE;
  if (set.has(vlan(vid) + abi.VLAN_NOT_FORWARDING, egress)) return abi.DROP_NOWHERE;
  emit(slot, egress, isTagged(vid, egress));
  return abi.DROP_NONE;
}

/** Whether it is a BPDU or a loop probe that other bridges carried through, which is taken in whatever the state. */
function isCarried(slot: u32, vid: u32, ingress: u32): bool {
  return config().fstp != 0 && (fstp.receiveCarried(slot, vid, ingress) || fstp.receiveProbe(slot, vid, ingress));
}

/** Learns from a frame whose VLAN is known, and sends it on. 802.1D-2004 7.7 and 7.8. */
function relay(slot: u32, vid: u32, ingress: u32, nowMs: u32): u32 {
  const frame = slots.frame(slot);
  const v = vlan(vid);
  if (ethernet.isReserved(frame)) {
    if (config().fstp != 0 && fstp.receive(slot, vid, ingress)) return abi.DROP_NONE;
    if (config().transparent == 0) return abi.DROP_RESERVED;
  }
  if (!set.has(v + abi.VLAN_NOT_LEARNING, ingress) && !ethernet.isGroup(frame + ethernet.SOURCE)) {
    fdb.learn(fdb.keyOf(vid, frame + ethernet.SOURCE), ingress, nowMs);
  }
  if (set.has(v + abi.VLAN_NOT_FORWARDING, ingress))
    return isCarried(slot, vid, ingress) ? abi.DROP_NONE : abi.DROP_DISCARDING;
  if (ethernet.isGroup(frame)) return isCarried(slot, vid, ingress) ? abi.DROP_NONE : flood(slot, vid, ingress);
  const known = fdb.lookup(fdb.keyOf(vid, frame), nowMs);
  if (known == 0) return flood(slot, vid, ingress);
  return unicast(slot, vid, ingress, fdb.address(known).port);
}

/** Finds the VLAN of a frame with a tag. A tag for no VLAN (VID 0) only carries a priority. 802.1Q-2018 6.9.1. */
function receiveTagged(slot: u32, size: u32, ingress: u32, nowMs: u32): u32 {
  if (size < abi.HEADER_SIZE + abi.TAG_SIZE) return abi.DROP_RUNT;
  const frame = slots.frame(slot);
  const head = slots.head(slot);
  const tci = ethernet.u16be(frame + ethernet.TCI);
  let vid = tci & ethernet.VID_MASK;
  head.arrived = abi.ARRIVED_TAGGED;
  head.innerTag = ethernet.isAnyTag(frame + ethernet.INNER_TYPE) ? 1 : 0;
  if (vid == 0 && !set.has(vlan(0) + abi.VLAN_TAGGED, ingress)) {
    vid = portAt(ingress).pvid;
    head.arrived = abi.ARRIVED_PRIORITY;
    head.tag = ethernet.tag((tci & ~ethernet.VID_MASK) | vid);
  }
  if (vid > abi.VLAN_MAX || !isMember(vid, ingress)) return abi.DROP_NOT_MEMBER;
  return relay(slot, vid, ingress, nowMs);
}

function receiveUntagged(slot: u32, ingress: u32, nowMs: u32): u32 {
  const vid: u32 = portAt(ingress).pvid;
  if (vid == abi.VLAN_NONE) return abi.DROP_NO_PVID;
  const head = slots.head(slot);
  head.arrived = abi.ARRIVED_UNTAGGED;
  head.innerTag = 0;
  head.tag = ethernet.tag(vid);
  return relay(slot, vid, ingress, nowMs);
}

/** Decides on the frame in a slot. Returns DROP_NONE, or why it went nowhere. */
function decide(slot: u32, ingress: u32, nowMs: u32): u32 {
  const settings = config();
  if (settings.capture != 0) capture.keep(slot, ingress, false, false);
  if (settings.hub != 0) return repeat(slot, ingress);
  return ethernet.isTagged(slots.frame(slot) + ethernet.TYPE)
    ? receiveTagged(slot, slots.head(slot).frameSize, ingress, nowMs)
    : receiveUntagged(slot, ingress, nowMs);
}

/** Counts a frame in, and decides on it if its size is right; that of the largest frame that it stands for, too. */
function accept(slot: u32, size: u32, largest: u32, ingress: u32, nowMs: u32): void {
  const p = portAt(ingress);
  p.rxFrames += 1;
  p.rxOctets += size;
  let reason = abi.DROP_RUNT;
  if (largest > config().frameMax) reason = abi.DROP_GIANT;
  else if (largest >= abi.HEADER_SIZE) reason = decide(slot, ingress, nowMs);
  if (reason != abi.DROP_NONE) drop(ingress, reason);
}

/** Takes the frame of `size` octets behind an entry of the receive vector. */
export function take(entry: u32, size: u32, ingress: u32, nowMs: u32): void {
  const slot = vector.slotOf(entry);
  const head = slots.head(slot);
  head.frameSize = size;
  head.offload = abi.OFFLOAD_NONE;
  accept(slot, size, size, ingress, nowMs);
  if (head.references != 0) vector.refill(entry);
}

/** Takes the first `count` frames of the receive vector, which came in by an endpoint. */
export function receive(id: u32, count: u32, nowMs: u32): void {
  const ingress: u32 = queue.endpoint(id).port;
  for (let i: u32 = 0; i < count; i++) {
    const message: usize = abi.RX + i * abi.MMSGHDR_SIZE;
    const whole = (load<u32>(message, abi.MMSGHDR_FLAGS) & abi.MSG_TRUNC) == 0;
    take(i, whole ? load<u32>(message, abi.MMSGHDR_FRAME_SIZE) : abi.FRAME_MAX + 1, ingress, nowMs);
  }
}

/** Moves a frame that fits from the large slot where taps are read to that of an entry of the receive vector. */
function shift(size: u32): u32 {
  const large = config().tapSlot;
  const slot = vector.slotOf(0);
  memory.copy(
    changetype<usize>(slots.head(slot)) + abi.HEAD_VNET,
    changetype<usize>(slots.head(large)) + abi.HEAD_VNET,
    16,
  );
  memory.copy(slots.frame(slot), slots.frame(large), size);
  return slot;
}

/** Takes the frame of `size` octets that was read from a tap by TAP_PIECES, or from a plug whose frames have heads. */
export function receiveTap(id: u32, size: u32, nowMs: u32): void {
  const fits = size <= abi.FRAME_MAX;
  const slot = fits ? shift(size) : config().tapSlot;
  const head = slots.head(slot);
  head.frameSize = size;
  const e = queue.endpoint(id);
  accept(slot, size, offload.note(slot, e.kind != abi.KIND_TAP), e.port, nowMs);
  offload.finish();
  if (head.references == 0) return;
  if (fits) vector.refill(0);
  else vector.refillTap();
}
