// Ports and the endpoints that are plugged into them.
//
//   state     create  remove  plug  unplug   frames
//   FREE      yes     -       -     -        none
//   CREATED   -       yes     yes   -        none; keeps its VLANs, limits and counters
//   OPEN      -       -       yes   yes      in and out; the last unplug makes it CREATED
//
// An endpoint keeps its place where its frames come by rings from now on and not by a descriptor: `divert`.
//
// The host asks for nothing else: it reads the state first, and has the words to refuse.

import * as abi from "./abi";
import * as fdb from "./fdb";
import { config, Endpoint, Port, port } from "./layout";
import * as queue from "./queue";
import * as set from "./set";
import * as vlan from "./vlan";

/** Counts a frame that a port lost. */
export function drop(id: u32, reason: u32): void {
  const counter: usize = abi.PORTS + id * abi.PORT_SIZE + abi.PORT_DROPS + (reason << 3);
  store<u64>(counter, load<u64>(counter) + 1);
}

/** Makes a port, untagged in VLAN 0. */
export function create(id: u32): void {
  assert(port(id).state == abi.PORT_FREE);
  memory.fill(changetype<usize>(port(id)), 0, abi.PORT_SIZE);
  const p = port(id);
  p.state = abi.PORT_CREATED;
  p.pvid = <u16>abi.VLAN_NONE;
  p.fdbLimit = abi.FDB_LIMIT_MAX;
  vlan.setPvid(id, 0);
  const settings = config();
  settings.words = max(settings.words, (id >>> 6) + 1);
}

/** Unmakes a port that has no endpoints. */
export function remove(id: u32): void {
  assert(port(id).state == abi.PORT_CREATED);
  fdb.flushPort(id);
  vlan.leaveAll(id);
  port(id).state = abi.PORT_FREE;
}

/** Sets a port's counters to zero. */
export function resetCounters(id: u32): void {
  memory.fill(abi.PORTS + id * abi.PORT_SIZE + abi.PORT_RX_FRAMES, 0, abi.PORT_SIZE - abi.PORT_RX_FRAMES);
}

function freeEndpoint(): u32 {
  for (let id: u32 = 1; id < abi.ENDPOINT_COUNT; id++) {
    if (queue.endpoint(id).kind == abi.KIND_FREE) return id;
  }
  return 0;
}

/** Plugs an endpoint into a port. Returns its number, or 0 where every endpoint is taken. */
export function plug(id: u32, kind: u32, fd: i32, link: u32): u32 {
  assert(port(id).state != abi.PORT_FREE);
  const found = freeEndpoint();
  if (found == 0) return 0;
  const e = queue.endpoint(found);
  memory.fill(changetype<usize>(e), 0, abi.ENDPOINT_SIZE);
  const settings = config();
  const p = port(id);
  e.kind = <u8>kind;
  e.fd = fd;
  e.link = link;
  e.limit = settings.queueLimit;
  e.port = <u16>id;
  e.next = p.endpoint;
  p.endpoint = <u16>found;
  p.endpointCount += 1;
  p.state = abi.PORT_OPEN;
  set.add(abi.OPEN, id);
  if (e.kind == abi.KIND_LINK) give(link, found);
  return found;
}

/** Gives the rings of a link to an endpoint. */
function give(link: u32, found: u32): void {
  store<u16>(abi.LINK_ENDPOINTS + (link << 1), <u16>found);
  const settings = config();
  settings.linkCount = max(settings.linkCount, link + 1);
}

/** Makes the endpoint of a descriptor that of a link. What waits may be what no link takes where frames have heads: it is dropped. */
export function divert(found: u32, link: u32): void {
  const e = queue.endpoint(found);
  assert(e.kind != abi.KIND_FREE && e.kind != abi.KIND_LINK);
  if (queue.hasHeads(e.kind)) while (e.head != e.tail) lose(found, abi.DROP_CLOSED);
  e.kind = abi.KIND_LINK;
  e.link = link;
  give(link, found);
  queue.resume(found, e);
}

function takeOut(p: Port, found: u32, e: Endpoint): void {
  if (<u32>p.endpoint == found) {
    p.endpoint = e.next;
    return;
  }
  let before = queue.endpoint(p.endpoint);
  while (<u32>before.next != found) before = queue.endpoint(before.next);
  before.next = e.next;
}

/** Takes an endpoint off the list of those to flush, which has room for each of them once. */
function unlist(found: u32, e: Endpoint): void {
  if (e.dirty == 0) return;
  e.dirty = 0;
  const settings = config();
  for (let i: u32 = 0; i < settings.dirtyCount; i++) {
    const at: usize = abi.DIRTY + (i << 1);
    if (load<u16>(at) != <u16>found) continue;
    settings.dirtyCount -= 1;
    store<u16>(at, load<u16>(abi.DIRTY + (settings.dirtyCount << 1)));
    return;
  }
}

/** Unplugs an endpoint. What waited for it is dropped. */
export function unplug(found: u32): void {
  const e = queue.endpoint(found);
  assert(e.kind != abi.KIND_FREE);
  while (e.head != e.tail) lose(found, abi.DROP_CLOSED);
  const p = port(e.port);
  takeOut(p, found, e);
  p.endpointCount -= 1;
  if (e.kind == abi.KIND_LINK) store<u16>(abi.LINK_ENDPOINTS + (e.link << 1), 0);
  queue.hold(found, e, 0);
  e.kind = abi.KIND_FREE;
  unlist(found, e);
  if (p.endpointCount != 0) return;
  p.state = abi.PORT_CREATED;
  set.remove(abi.OPEN, e.port);
  fdb.flushPort(e.port);
}

/** Drops the frame that an endpoint would send next. */
export function lose(found: u32, reason: u32): void {
  const e = queue.endpoint(found);
  e.dropped += 1;
  drop(e.port, reason);
  queue.pop(found, e);
}

/** Drops what waits for an endpoint beyond its limit and its share, the newest first: its peer takes no more for now. */
export function trim(found: u32): void {
  const e = queue.endpoint(found);
  for (let reason = queue.excess(e); reason != abi.DROP_NONE; reason = queue.excess(e)) {
    e.dropped += 1;
    drop(e.port, reason);
    queue.unput(found, e);
  }
}
