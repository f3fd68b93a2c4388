// Everything that a host may call. Everything it may read and write is in abi.ts.
//
// The core never calls its host, reads no clock and allocates nothing: frames and the time come in, and what is to be
// sent lies in the endpoints' queues. A call that would not fit the state (see port.ts) is the host's mistake: the debug
// build traps on it.

import * as abi from "./abi";
import * as fdb from "./fdb";
import * as fstp from "./fstp";
import * as forward from "./forward";
import { config, port as portAt } from "./layout";
import * as links from "./link";
import * as membership from "./membership";
import * as ports from "./port";
import * as queue from "./queue";
import * as slots from "./slot";
import * as state from "./state";
import * as vector from "./vector";
import * as vlan from "./vlan";

if (__heap_base > abi.MAP_START) unreachable(); // the compiler's data has outgrown page 0
if (<u32>memory.size() < abi.MAP_PAGES_MIN) unreachable(); // a host must bring as many pages as the map needs

export { ABI_VERSION, MAP_PAGES } from "./abi";

/** Addresses are swept this often at the least: left alone for 2^32 ms, an old one would look young again. */
const SWEEP_MS_MAX: u32 = 0x40000000;

/** Makes an empty switch. Once, after the host has written CONFIG_BASE and CONFIG_HASH_KEY. */
export function start(): void {
  const settings = config();
  settings.expireMs = abi.EXPIRE_MS_DEFAULT;
  settings.persistMs = abi.PERSIST_MS_DEFAULT;
  settings.gcMs = abi.GC_MS_DEFAULT;
  settings.fdbLimit = abi.FDB_LIMIT_MAX;
  settings.frameMax = abi.MTU_DEFAULT + abi.MTU_OVERHEAD;
  settings.queueLimit = abi.QUEUE_LIMIT_DEFAULT;
  settings.linkMax = min(abi.LINK_COUNT, (((<u32>memory.size()) << 16) - abi.LINKS) / abi.LINK_SIZE);
  for (let slot: u32 = abi.SLOT_COUNT; slot > 0; slot--) slots.free(slot - 1);
  for (let slot = abi.SLOT_COUNT + abi.LARGE_COUNT; slot > abi.SLOT_COUNT; slot--) slots.free(slot - 1);
  vector.start();
  fdb.start();
  settings.helloS = abi.HELLO_S_DEFAULT;
  settings.maxAgeS = abi.MAX_AGE_S_DEFAULT;
  settings.forwardDelayS = abi.FORWARD_DELAY_S_DEFAULT;
  settings.txHold = abi.TX_HOLD_DEFAULT;
  settings.priority = abi.PRIORITY_DEFAULT;
  vlan.setCreated(0, true);
  membership.plant(0);
}

/** Decides on the first `count` frames of the receive vector, which came in by an endpoint. Returns the free slots. */
export function receive(endpoint: u32, count: u32, nowMs: u32): u32 {
  config().nowMs = nowMs;
  forward.receive(endpoint, count, nowMs);
  return config().slotsFree;
}

/** Decides on a frame of `size` octets that was read by TAP_PIECES. Returns the large slots that are free. */
export function receiveTap(endpoint: u32, size: u32, nowMs: u32): u32 {
  config().nowMs = nowMs;
  forward.receiveTap(endpoint, size, nowMs);
  return config().largeFree;
}

/** Takes what the links bring. Returns 1 where they have more. */
export function poll(nowMs: u32): u32 {
  config().nowMs = nowMs;
  return links.poll(nowMs) ? 1 : 0;
}

/** Describes what waits for an endpoint in the transmit vector. Returns how many frames; 0 takes it off the list. */
export function prepare(endpoint: u32): u32 {
  queue.endpoint(endpoint).dirty = 0;
  return vector.prepare(endpoint);
}

/** The endpoint's peer took the first `count` frames of the transmit vector. */
export function sent(endpoint: u32, count: u32): void {
  vector.sent(endpoint, count);
}

/** The endpoint's peer refuses its next frame for good. */
export function refused(endpoint: u32): void {
  ports.lose(endpoint, abi.DROP_PEER);
}

/** The endpoint's peer cannot receive at the moment; `held` octets for it are queued in the kernel. */
export function wait(endpoint: u32, held: u32): void {
  const e = queue.endpoint(endpoint);
  e.waiting = 1;
  queue.hold(endpoint, e, held);
  ports.trim(endpoint);
}

/** The endpoint's peer has room again: it is listed for the next flush. */
export function resume(endpoint: u32): void {
  queue.resume(endpoint, queue.endpoint(endpoint));
}

/** Moves what waits for a link into its ring. */
export function deliver(endpoint: u32): void {
  queue.endpoint(endpoint).dirty = 0;
  links.deliver(endpoint);
}

/** Lets time pass. Returns how many milliseconds until there is something to do. */
export function tick(nowMs: u32): u32 {
  config().nowMs = nowMs;
  return min(sweep(nowMs), fstp.tick(nowMs));
}

/** Forgets old addresses when it is time. Returns how long until it is again. */
function sweep(nowMs: u32): u32 {
  const settings = config();
  const intervalMs = settings.gcMs == 0 ? SWEEP_MS_MAX : settings.gcMs;
  const leftMs = settings.gcNextMs - nowMs;
  if (leftMs - 1 < intervalMs) return leftMs;
  fdb.sweep(nowMs);
  settings.gcNextMs = nowMs + intervalMs;
  return intervalMs;
}

export function portCreate(port: u32): void {
  ports.create(port);
  membership.resetPort(port);
}

export function portRemove(port: u32): void {
  ports.remove(port);
}

export function portReset(port: u32): void {
  ports.resetCounters(port);
}

export function portSetPvid(port: u32, vid: u32): void {
  vlan.setPvid(port, vid);
  membership.refreshPort(port);
}

export function portSetTrunk(port: u32, on: u32): void {
  vlan.setTrunk(port, on != 0);
  if (on != 0) state.followAll();
  membership.refreshPort(port);
}

export function vlanCreate(vid: u32): void {
  vlan.setCreated(vid, true);
  membership.plant(vid);
}

export function vlanRemove(vid: u32): void {
  membership.fell(vid);
  vlan.setCreated(vid, false);
}

export function vlanJoin(vid: u32, port: u32): void {
  vlan.join(vid, port);
  membership.refreshPort(port);
}

export function vlanLeave(vid: u32, port: u32): void {
  vlan.leave(vid, port);
  membership.refreshPort(port);
}

/** Plugs an endpoint in. Returns its number, 0 where all are taken. */
export function plug(port: u32, kind: u32, fd: i32, link: u32): u32 {
  const endpoint = ports.plug(port, kind, fd, link);
  membership.refreshPort(port);
  return endpoint;
}

export function unplug(endpoint: u32): void {
  const port: u32 = queue.endpoint(endpoint).port;
  ports.unplug(endpoint);
  if (portAt(port).state != abi.PORT_OPEN) membership.release(port);
  membership.refreshPort(port);
}

/** Lets the frames of an endpoint come and go by the rings of a link from now on, and not by its descriptor. */
export function divert(endpoint: u32, link: u32): void {
  ports.divert(endpoint, link);
}

/** Forgets the addresses in a VLAN; in all of them where `vid` is VLAN_NONE. */
export function flushVlan(vid: u32): void {
  fdb.flushVlan(vid);
}

export function flushPort(port: u32): void {
  fdb.flushPort(port);
}

/** Brings the FDB down to limits that were lowered. */
export function shrink(): void {
  fdb.shrink();
}

/** Takes in what was set for spanning tree: CONFIG_*, TREE_PRIORITY, SPAN_*, VLAN_EDGE, VLAN_BONUS*. */
export function fstpUpdate(): void {
  membership.refreshAll();
}

/** Finds out whether a port must still speak STP. */
export function fstpCheck(port: u32): void {
  fstp.check(port);
}
