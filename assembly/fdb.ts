// Forwarding database: behind which port each address was last seen, VLAN by VLAN (802.1D-2004 7.9).
//
// An entry stays where it was made; an index finds it, and its port's list orders it by when it was seen. What that is
// for, and what it must withstand:
//
// - A host that sends from a million addresses. There is a limit for each port and one in all. Beyond a port's limit its
//   own oldest address goes; beyond the common one, the oldest of the port that has most (as Open vSwitch does), so that
//   who floods evicts only himself.
// - A host that picks addresses with one hash, to make every lookup long. The hash has a secret key: two secret odd
//   multipliers, of whose products the high bits count (multiply-shift, Dietzfelbinger et al. 1997).
// - Tombstones. An erased cell is filled by the ones behind it (Knuth 6.4, algorithm R), so probes stay as short as the
//   load makes them: at most half of the cells are taken, and 15 bits of hash in the cell spare most wrong entries a look.
// - A list that moves with every frame. An entry goes to the front of its list once a second at most, so the order is
//   exact to a second.

import * as abi from "./abi";
import * as event from "./event";
import { Address, config, port as portAt } from "./layout";

const MASK: u32 = abi.INDEX_COUNT - 1;
const ENTRY_MASK: u32 = 0x1ffff;
const ENTRY_BITS: u32 = 17;
const REFRESH_MS: u32 = 1000;
const WEIGH_EVERY: u32 = 32; // addresses that the heaviest port may lose before another is looked for
const NOWHERE: u32 = 0xffffffff;

export function address(entry: u32): Address {
  return changetype<Address>(abi.ADDRESSES + entry * abi.ADDRESS_SIZE);
}

/** The key of the six octets at `mac` in a VLAN. */
export function keyOf(vid: u32, mac: usize): u64 {
  return ((<u64>vid) << 48) | ((<u64>load<u16>(mac, 4)) << 32) | <u64>load<u32>(mac);
}

function hash(key: u64): u64 {
  const settings = config();
  const once = (key ^ settings.hashKey) * (settings.hashKey1 | 1);
  return (once ^ (once >>> 29)) * (settings.hashKey | 1);
}

function home(hashed: u64): u32 {
  return <u32>(hashed >>> 47);
}

function fingerprint(hashed: u64): u32 {
  return (<u32>(hashed >>> 32) & 0x7fff) << ENTRY_BITS;
}

function cell(position: u32): usize {
  return abi.INDEX + ((position & MASK) << 2);
}

/** The cell that leads to `key`, or NOWHERE. */
function find(key: u64): u32 {
  const hashed = hash(key);
  const mark = fingerprint(hashed);
  for (let at = home(hashed), end = at + abi.INDEX_COUNT; at < end; at++) {
    const found = load<u32>(cell(at));
    if (found == 0) return NOWHERE;
    if ((found & ~ENTRY_MASK) == mark && address(found & ENTRY_MASK).key == key) return at & MASK;
  }
  return NOWHERE;
}

/** The entry of `key`, or 0 where there is none, or it was silent for too long. */
export function lookup(key: u64, nowMs: u32): u32 {
  const at = find(key);
  if (at == NOWHERE) return 0;
  const entry = load<u32>(cell(at)) & ENTRY_MASK;
  return nowMs - address(entry).seenMs > config().expireMs ? 0 : entry;
}

function link(entry: u32, a: Address, portId: u32): void {
  const p = portAt(portId);
  a.port = <u16>portId;
  a.newer = 0;
  a.older = p.fdbNewest;
  if (p.fdbNewest != 0) address(p.fdbNewest).newer = entry;
  else p.fdbOldest = entry;
  p.fdbNewest = entry;
  p.fdbCount += 1;
  const settings = config();
  if (p.fdbCount > portAt(settings.heaviest).fdbCount) settings.heaviest = portId;
}

function unlink(a: Address): void {
  const p = portAt(a.port);
  if (a.newer != 0) address(a.newer).older = a.older;
  else p.fdbNewest = a.older;
  if (a.older != 0) address(a.older).newer = a.newer;
  else p.fdbOldest = a.newer;
  p.fdbCount -= 1;
}

/** Empties a cell, and moves up the ones behind it that may. */
function erase(position: u32): void {
  let hole = position;
  for (let at = position + 1; at < position + abi.INDEX_COUNT; at++) {
    const behind = load<u32>(cell(at));
    if (behind == 0) break;
    const start = home(hash(address(behind & ENTRY_MASK).key));
    if (((at - start) & MASK) < ((at - hole) & MASK)) continue;
    store<u32>(cell(hole), behind);
    hole = at;
  }
  store<u32>(cell(hole), 0);
}

/** Forgets an entry. */
export function forget(entry: u32): void {
  const settings = config();
  const a = address(entry);
  erase(find(a.key));
  unlink(a);
  event.tell(abi.EVENT_FORGOTTEN, a.key, a.port, 0);
  a.port = <u16>abi.ADDRESS_FREE;
  a.older = settings.addressNext;
  settings.addressNext = entry;
  settings.fdbCount -= 1;
}

/** Forgets the oldest address of the port that has most. */
function evict(): void {
  if (portAt(config().heaviest).fdbCount % WEIGH_EVERY == 0) weigh();
  forget(portAt(config().heaviest).fdbOldest);
}

/** Makes room for one more address behind a port. False where the port may have none. */
function makeRoom(portId: u32): bool {
  const settings = config();
  const p = portAt(portId);
  if (p.fdbLimit == 0 || settings.fdbLimit == 0) return false;
  if (p.fdbCount >= p.fdbLimit) forget(p.fdbOldest);
  else if (settings.fdbCount >= settings.fdbLimit) evict();
  return true;
}

function insert(key: u64, portId: u32, nowMs: u32): void {
  if (!makeRoom(portId)) return;
  const settings = config();
  const entry = settings.addressNext;
  const a = address(entry);
  settings.addressNext = a.older;
  settings.fdbCount += 1;
  a.key = key;
  a.seenMs = nowMs;
  link(entry, a, portId);
  const hashed = hash(key);
  let at = home(hashed);
  while (load<u32>(cell(at)) != 0) at++; // ends: half of the cells are empty
  store<u32>(cell(at), entry | fingerprint(hashed));
  event.tell(abi.EVENT_LEARNED, key, portId, 0);
}

/** Notes that a known entry was seen at another port, where it moves to if it was silent at its own. */
function move(entry: u32, a: Address, portId: u32, nowMs: u32): void {
  event.tell(abi.EVENT_MOVED, a.key, portId, a.port);
  const silentMs = nowMs - a.seenMs;
  if (silentMs <= config().persistMs && silentMs <= config().expireMs) return;
  const p = portAt(portId);
  if (p.fdbLimit == 0) return;
  if (p.fdbCount >= p.fdbLimit) forget(p.fdbOldest);
  unlink(a);
  a.seenMs = nowMs;
  link(entry, a, portId);
}

/** Notes that `key` was seen as a source at a port. */
export function learn(key: u64, portId: u32, nowMs: u32): void {
  const at = find(key);
  if (at == NOWHERE) return insert(key, portId, nowMs);
  const entry = load<u32>(cell(at)) & ENTRY_MASK;
  const a = address(entry);
  if (<u32>a.port != portId) return move(entry, a, portId, nowMs);
  if (nowMs - a.seenMs < REFRESH_MS) return;
  a.seenMs = nowMs;
  if (a.newer == 0) return;
  unlink(a);
  link(entry, a, portId);
}

/** Finds the port that has most addresses: after changes to more than one of them. */
function weigh(): void {
  const settings = config();
  for (let id: u32 = 0; id < config().words << 6; id++) {
    if (portAt(id).fdbCount > portAt(settings.heaviest).fdbCount) settings.heaviest = id;
  }
}

/** Forgets every address behind a port. */
export function flushPort(portId: u32): void {
  const p = portAt(portId);
  while (p.fdbOldest != 0) forget(p.fdbOldest);
  weigh();
}

/** Forgets the addresses behind a port in the VLANs of one spanning tree. */
export function flushBranch(portId: u32, tree: u32): void {
  const p = portAt(portId);
  for (let entry = p.fdbNewest; entry != 0; ) {
    const a = address(entry);
    const older = a.older;
    const vid = <u32>(a.key >>> 48);
    if (load<u32>(abi.VLANS + vid * abi.VLAN_SIZE, abi.VLAN_TREE) == tree) forget(entry);
    entry = older;
  }
  weigh();
}

/** Forgets every address in a VLAN; in all of them where `vid` is VLAN_NONE. */
export function flushVlan(vid: u32): void {
  for (let entry: u32 = 1; entry < abi.ADDRESS_COUNT; entry++) {
    const a = address(entry);
    if (a.port == <u16>abi.ADDRESS_FREE) continue;
    if (vid == abi.VLAN_NONE || <u32>(a.key >>> 48) == vid) forget(entry);
  }
  weigh();
}

/** Forgets what was silent for too long. */
export function sweep(nowMs: u32): void {
  const limitMs = config().expireMs;
  for (let id: u32 = 0; id < config().words << 6; id++) {
    const p = portAt(id);
    while (p.fdbOldest != 0 && nowMs - address(p.fdbOldest).seenMs > limitMs) forget(p.fdbOldest);
  }
  weigh();
}

/** Brings the count down to a limit that was lowered. */
export function shrink(): void {
  const settings = config();
  for (let id: u32 = 0; id < config().words << 6; id++) {
    const p = portAt(id);
    while (p.fdbCount > p.fdbLimit) forget(p.fdbOldest);
  }
  while (settings.fdbCount > settings.fdbLimit) evict();
  weigh();
}

/** Spreads a secret over all of its bits, so that a poor one serves, too. The finaliser of MurmurHash3. */
function stir(secret: u64): u64 {
  let word = (secret ^ (secret >>> 33)) * 0xff51afd7ed558ccd;
  word = (word ^ (word >>> 33)) * 0xc4ceb9fe1a85ec53;
  return word ^ (word >>> 33);
}

/** Makes every entry free. Once, at the start: what the memory holds is zeros. */
export function start(): void {
  for (let entry: u32 = 1; entry < abi.ADDRESS_COUNT; entry++) {
    address(entry).port = <u16>abi.ADDRESS_FREE;
    address(entry).older = entry + 1 < abi.ADDRESS_COUNT ? entry + 1 : 0;
  }
  const settings = config();
  settings.addressNext = 1;
  settings.hashKey = stir(settings.hashKey + 1);
  settings.hashKey1 = stir(settings.hashKey1 + 1);
}
