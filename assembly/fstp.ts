// Fast spanning tree: 802.1D-2004 clause 17 for each tree, and VDE's dialect of it. No I/O and no clock: BPDUs and the
// time come in; BPDUs that go out are queued like any frame; states stand in the sets of the VLANs.
//
// This file says what happens when; what it does then is in the file of each machine:
// information (17.27), roles (17.28), transitions (17.29, 17.25), state (17.30), topology (17.31), transmit (17.26).

import * as abi from "./abi";
import * as bpdu from "./bpdu";
import * as event from "./event";
import * as information from "./information";
import { config } from "./layout";
import * as membership from "./membership";
import * as roles from "./roles";
import * as set from "./set";
import * as slots from "./slot";
import * as timers from "./timers";
import * as topology from "./topology";
import * as transitions from "./transitions";
import * as transmit from "./transmit";
import * as trial from "./trial";
import {
  AGREED,
  Branch,
  branch,
  CONFIRMED,
  FACING_OPEN,
  FORWARD,
  has,
  HEARD_RSTP,
  HEARD_STP,
  isForeign,
  isSet,
  isStrict,
  lower,
  members,
  NEW_INFO,
  next,
  noticeBridge,
  put,
  raise,
  SEEN,
  STP,
  tree,
  Tree,
  treeOf,
} from "./tree";

const NEVER: u32 = 0xffffffff;
/** A tree that is not at rest after so many rounds goes on at the next tick. Real ones need a handful. */
const ROUNDS_MAX: u32 = 64;
/** How far behind a BPDU of an equal may be to count as one that was overtaken, and for how long. */
const OVERTAKEN_MAX: u32 = 256;
const OVERTAKEN_MS: u32 = 1000;
/** How far behind what an equal has heard may be to be of this port's time: the count begins elsewhere each time. */
const CONFIRMED_MAX: u32 = 4096;

/** Lets every machine of a tree do what it has to do once. Returns whether anything changed. */
function round(t: Tree): bool {
  let changed = t.reselect != 0;
  if (changed) roles.select(t);
  for (let port = next(t, 0); port < abi.PORT_COUNT; port = next(t, port + 1)) {
    if (information.update(t, branch(t, port))) changed = true;
  }
  for (let port = next(t, 0); port < abi.PORT_COUNT; port = next(t, port + 1)) {
    if (transitions.step(t, branch(t, port))) changed = true;
  }
  return changed;
}

/** Lets the machines of a tree come to rest, sends what they have to say, and finds out when the next one is due. */
function settle(t: Tree): void {
  let rounds: u32 = 0;
  while (rounds < ROUNDS_MAX && round(t)) rounds += 1;
  t.isRestless = rounds == ROUNDS_MAX ? 1 : 0;
  let leftMs: u32 = t.isRestless != 0 ? 1 : NEVER;
  for (let port = next(t, 0); port < abi.PORT_COUNT; port = next(t, port + 1)) {
    const b = branch(t, port);
    transmit.flush(t, b);
    leftMs = min(leftMs, timers.leftMs(b));
  }
  const settings = config();
  t.dueMs = settings.nowMs + min(leftMs, 0x7fffffff);
  settings.tickSoon = 1;
}

/** Looks after the timers of a port where nothing changed: what a hello does all day. */
function hasten(t: Tree, b: Branch): void {
  const settings = config();
  const dueMs = settings.nowMs + timers.leftMs(b);
  if (<i32>(dueMs - t.dueMs) >= 0) return;
  t.dueMs = dueMs;
  settings.tickSoon = 1;
}

/** Which version is spoken: the port protocol migration machine, 17.24. */
function migrate(b: Branch): void {
  if (timers.runs(b, timers.MIGRATE_WHILE)) return;
  const isStp = has(b, STP);
  const changes = isStp ? has(b, HEARD_RSTP) && config().stpOnly == 0 : has(b, HEARD_STP);
  if (changes) {
    put(b, STP, !isStp);
    timers.start(b, timers.MIGRATE_WHILE, timers.MIGRATE_MS);
  }
  lower(b, HEARD_RSTP | HEARD_STP);
}

/**
 * mcheck, 17.19.13: speaks rapid spanning tree by a port again, to find out whether the bridges that know only the older
 * one have gone. Who still hears them after MigrateTime falls back. CHECKING_RSTP
 */
export function check(port: u32): void {
  if (config().stpOnly != 0) return;
  for (let i: u32 = 0; i < abi.TREE_COUNT; i++) {
    const t = tree(i);
    if (t.isUsed == 0 || !set.has(members(t), port)) continue;
    const b = branch(t, port);
    lower(b, STP | HEARD_RSTP | HEARD_STP);
    timers.start(b, timers.MIGRATE_WHILE, timers.MIGRATE_MS);
    raise(b, NEW_INFO);
    settle(t);
  }
}

/** Does what is due at a port. */
function serve(t: Tree, b: Branch): void {
  if (timers.ends(b, timers.TX_DECAY)) transmit.decay(b);
  if (timers.ends(b, timers.INFO_WHILE)) information.expire(t, b);
  if (timers.ends(b, timers.HELLO_WHEN)) transmit.greet(b);
  if (timers.ends(b, timers.RETRY_WHEN)) transmit.retry(b);
  if (timers.ends(b, timers.MIGRATE_WHILE)) migrate(b);
  if (timers.ends(b, timers.EDGE_WHILE)) transitions.noticeSilence(t, b);
  if (timers.ends(b, timers.SEEN_WHILE)) membership.fallSilent(t, b);
  const lateMs = timers.lateMs(b, timers.TRIAL_WHEN);
  if (timers.ends(b, timers.TRIAL_WHEN)) trial.step(t, b, lateMs);
  timers.ends(b, timers.FD_WHILE);
  timers.ends(b, timers.RR_WHILE);
  timers.ends(b, timers.RB_WHILE);
  timers.ends(b, timers.TC_WHILE);
}

/** Lets time pass. Returns how many milliseconds until something is due. */
export function tick(nowMs: u32): u32 {
  let leftMs: u32 = NEVER;
  for (let i: u32 = 0; i < abi.TREE_COUNT; i++) {
    const t = tree(i);
    if (t.isUsed == 0 || next(t, 0) == abi.PORT_COUNT) continue;
    if (<i32>(nowMs - t.dueMs) >= 0) {
      for (let port = next(t, 0); port < abi.PORT_COUNT; port = next(t, port + 1)) serve(t, branch(t, port));
      settle(t);
    }
    leftMs = min(leftMs, t.dueMs - nowMs);
  }
  config().tickSoon = 0;
  return leftMs;
}

/** Whether a BPDU of an equal was overtaken by a later one: a cable may deliver out of order, and old news does harm. */
function isOvertaken(b: Branch, sequence: u32): bool {
  const behind = b.heard - sequence;
  return behind - 1 < OVERTAKEN_MAX && config().nowMs - b.heardMs < OVERTAKEN_MS;
}

/** A bridge with one tree is behind a port: the other trees there look anew at who may be beyond it. */
function warnOthers(self: Branch): void {
  for (let i: u32 = 0; i < abi.TREE_COUNT; i++) {
    const t = tree(i);
    const b = branch(t, self.port);
    if (b == self || !set.has(members(t), self.port) || !isForeign(b)) continue;
    noticeBridge(b);
    reconsider(t);
  }
}

/** Notes who is there. False where the BPDU is to be ignored. */
function greetBack(b: Branch, message: usize, size: u32, kind: u32): bool {
  const isRst = kind == bpdu.KIND_RST;
  const peer = isRst ? bpdu.peerOf(message, size) : abi.PEER_STANDARD;
  if (peer == abi.PEER_OWN) {
    const sequence = bpdu.u32At(message, bpdu.SEQUENCE);
    if (isStrict(b) && isOvertaken(b, sequence)) return false;
    b.heard = sequence;
    if (b.sequence - bpdu.u32At(message, bpdu.HEARD) < CONFIRMED_MAX) raise(b, CONFIRMED);
    put(
      b,
      FACING_OPEN,
      bpdu.roleOf(message) == bpdu.ROLE_DESIGNATED && (bpdu.flagsOf(message) & bpdu.FLAG_FORWARDING) != 0,
    );
    if (b.peer != abi.PEER_OWN) lower(b, AGREED); // time may have opened it, which is not enough now
  }
  const isNews = b.peer != peer;
  b.peer = peer;
  if (isNews && peer == abi.PEER_STANDARD) warnOthers(b);
  raise(b, isRst ? HEARD_RSTP : HEARD_STP);
  return true;
}

/** Takes the BPDU at `message` in, where it came by a member of a tree. */
function take(t: Tree, b: Branch, message: usize, size: u32, kind: u32): void {
  if (!greetBack(b, message, size, kind)) return;
  const settings = config();
  if (!has(b, SEEN)) event.tell(abi.EVENT_TREE_HEARD, 0, b.port, t.vid);
  raise(b, SEEN);
  b.heardMs = settings.nowMs;
  b.rx += 1;
  timers.start(b, timers.SEEN_WHILE, timers.SEEN_MS);
  timers.start(b, timers.EDGE_WHILE, timers.edgeDelayMs(t, b));
  migrate(b);
  const flags = b.flags;
  noticeBridge(b);
  const changes = t.changes;
  if (kind == bpdu.KIND_TCN) topology.hearNotification(t, b);
  else information.hear(t, b, message, kind, roleOf(b, message, kind));
  if (b.flags == flags && t.changes == changes && t.reselect == 0) hasten(t, b);
  else settle(t);
}

function roleOf(b: Branch, message: usize, kind: u32): u32 {
  if (kind == bpdu.KIND_CONFIG) return bpdu.ROLE_DESIGNATED;
  return b.peer == abi.PEER_VDE ? information.roleOfVde(b, message) : bpdu.roleOf(message);
}

/** Takes a frame to the bridges of a LAN. False where it is none of ours: another protocol's. */
export function receive(slot: u32, vid: u32, port: u32): bool {
  return bpdu.isForBridges(slots.frame(slot)) && hear(slot, vid, port);
}

/** Takes a BPDU that bridges without a tree for its VLAN carried through. */
export function receiveCarried(slot: u32, vid: u32, port: u32): bool {
  return bpdu.isForUs(slots.frame(slot)) && hear(slot, vid, port);
}

/** Takes a loop probe. False where another switch sent it: it goes on then, as data does. */
export function receiveProbe(slot: u32, vid: u32, port: u32): bool {
  const frame = slots.frame(slot);
  if (!bpdu.isForProbes(frame)) return false;
  const head = slots.head(slot);
  const shift: u32 = head.arrived == abi.ARRIVED_UNTAGGED ? 0 : abi.TAG_SIZE;
  const probe = frame + shift;
  if (!bpdu.isProbe(probe, head.frameSize - shift)) return false;
  if (bpdu.isFrom(frame, abi.CONFIG + abi.CONFIG_MAC)) {
    comeBack(probe, port);
    return true;
  }
  const t = treeOf(vid);
  if (set.has(members(t), port)) trial.hear(branch(t, port));
  return false;
}

/** A loop probe that this switch sent has come back, by whatever port and in whatever VLAN. */
function comeBack(probe: usize, ingress: u32): void {
  const vid: u32 = bpdu.u16At(probe, bpdu.PROBE_VLAN);
  const port: u32 = bpdu.u16At(probe, bpdu.PROBE_PORT);
  if (vid > abi.VLAN_MAX || port >= abi.PORT_COUNT) return;
  const t = treeOf(vid);
  if (<u32>t.vid != vid || !set.has(members(t), port)) return;
  const isClosed = set.has(members(t), ingress) && !has(branch(t, ingress), FORWARD);
  const b = branch(t, port);
  if (isClosed && (has(b, FORWARD) || port < ingress)) return; // of the two it is the other that stays closed
  if (trial.hearOwn(t, b, bpdu.u32At(probe, bpdu.PROBE_SEQUENCE))) settle(t);
}

function hear(slot: u32, vid: u32, port: u32): bool {
  const frame = slots.frame(slot);
  const head = slots.head(slot);
  const shift: u32 = head.arrived == abi.ARRIVED_UNTAGGED ? 0 : abi.TAG_SIZE;
  const message = frame + shift;
  const size = head.frameSize - shift;
  const kind = bpdu.kindOf(message, size);
  if (kind == bpdu.KIND_NONE) return false;
  const t = treeOf(vid);
  if (!set.has(members(t), port)) return true;
  const b = branch(t, port);
  if (<u32>b.vid != vid || isSet(b, abi.SPAN_BPDU_FILTER)) return true;
  if (isSet(b, abi.SPAN_BPDU_GUARD)) membership.shut(port);
  else take(t, b, message, size, kind);
  return true;
}

/** Something that roles are chosen by was set anew, or a port came or went. */
export function reconsider(t: Tree): void {
  t.reselect = 1;
  settle(t);
}
