// What a port knows of its LAN: the port information machine, 802.1D-2004 17.27, and what it takes from a message.

import * as abi from "./abi";
import * as bpdu from "./bpdu";
import { config } from "./layout";
import * as priority from "./priority";
import * as timers from "./timers";
import * as topology from "./topology";
import * as transitions from "./transitions";
import {
  AGREE,
  AGREED,
  Branch,
  DISPUTED,
  has,
  INFO_AGED,
  INFO_MINE,
  INFO_RECEIVED,
  isSet,
  isPointToPoint,
  isStrict,
  lower,
  NEW_INFO,
  PROPOSED,
  PROPOSING,
  raise,
  STRANDED,
  SYNCED,
  Tree,
  UPDATE,
} from "./tree";

const ADDRESS: u64 = 0x0000ffffffffffff;
const MAX_AGE_MIN: u16 = 6 << 8; // 17.14, table 17-1
const MAX_AGE_MAX: u16 = 40 << 8;
const HELLO_MIN: u16 = 1 << 8;
const HELLO_MAX: u16 = 10 << 8;
const FORWARD_DELAY_MIN: u16 = 4 << 8;
const FORWARD_DELAY_MAX: u16 = 30 << 8;

/** Forgets what was received. The next selection of roles goes without it. */
export function age(t: Tree, b: Branch): void {
  if (b.info != INFO_RECEIVED) return;
  b.info = INFO_AGED;
  timers.stop(b, timers.INFO_WHILE);
  t.reselect = 1;
}

/** rcvdInfoWhile ran out. Where loop guard watches, silence is a fault and not a way out. */
export function expire(t: Tree, b: Branch): void {
  if (isSet(b, abi.SPAN_LOOP_GUARD) && b.role != abi.ROLE_DESIGNATED) raise(b, STRANDED);
  age(t, b);
}

/** UPDATE: from now on the port tells what this bridge says. Who had agreed to something better has agreed to less. */
export function update(t: Tree, b: Branch): bool {
  if (!has(b, UPDATE)) return false;
  const isWorse = b.info != INFO_MINE || priority.compareDesignated(t, b) > 0;
  lower(b, PROPOSING | PROPOSED | UPDATE);
  if (isWorse) {
    lower(b, AGREED);
    transitions.hesitate(t, b);
  }
  if (!has(b, AGREED)) lower(b, SYNCED);
  priority.hold(t, b);
  b.info = INFO_MINE;
  b.told = b.sequence + 1;
  timers.stop(b, timers.INFO_WHILE);
  raise(b, NEW_INFO);
  if (isStrict(b)) ask(b);
  return true;
}

/** Asks an equal to answer, so that what it may have missed is said again soon. */
function ask(b: Branch): void {
  raise(b, PROPOSING);
  b.retries = 0;
  timers.start(b, timers.EDGE_WHILE, timers.MIGRATE_MS);
}

/** updtRcvdInfoWhile, 17.21.23. */
function believe(t: Tree, b: Branch): void {
  if (<u32>b.age + 256 <= <u32>b.maxAge) timers.start(b, timers.INFO_WHILE, 3 * timers.msOf(b.hello));
  else expire(t, b);
}

/** recordProposal, 17.21.11. */
function recordProposal(b: Branch, flags: u32): void {
  if ((flags & bpdu.FLAG_PROPOSAL) != 0) raise(b, PROPOSED);
}

/** setTcFlags, 17.21.17. */
function recordChange(t: Tree, b: Branch, flags: u32, kind: u32): void {
  if ((flags & bpdu.FLAG_CHANGE) != 0) topology.hear(t, b);
  if (kind == bpdu.KIND_CONFIG && (flags & bpdu.FLAG_CHANGE_ACK) != 0) topology.acknowledge(b);
}

/** A time within what the standard allows: others would let this bridge spin, or sleep for ever. */
function within(time: u16, low: u16, high: u16): u16 {
  return time < low ? low : time > high ? high : time;
}

/** recordPriority and recordTimes, 17.21.12, 17.21.13. VDE says that states last no time at all. */
function record(message: usize, b: Branch): void {
  const delay = bpdu.u16At(message, bpdu.FORWARD_DELAY);
  const own = bpdu.seconds(config().forwardDelayS);
  b.rootId = bpdu.idAt(message, bpdu.ROOT_ID);
  b.cost = bpdu.u32At(message, bpdu.COST);
  b.bridgeId = bpdu.idAt(message, bpdu.BRIDGE_ID);
  b.portId = bpdu.u16At(message, bpdu.PORT_ID);
  b.age = bpdu.u16At(message, bpdu.AGE);
  b.maxAge = within(bpdu.u16At(message, bpdu.MAX_AGE), MAX_AGE_MIN, MAX_AGE_MAX);
  b.hello = within(bpdu.u16At(message, bpdu.HELLO), HELLO_MIN, HELLO_MAX);
  b.forwardDelay = delay == 0 ? own : within(delay, FORWARD_DELAY_MIN, FORWARD_DELAY_MAX);
  if (b.age > MAX_AGE_MAX) b.age = MAX_AGE_MAX;
}

function hasOtherTimes(message: usize, b: Branch): bool {
  return bpdu.u16At(message, bpdu.AGE) != b.age || bpdu.u16At(message, bpdu.MAX_AGE) != b.maxAge;
}

/** Whether the message is from the port that the branch's information is from: the same designated port, 17.21.8. */
function isSameSource(message: usize, b: Branch): bool {
  if (b.info != INFO_RECEIVED) return false;
  const bridge = bpdu.idAt(message, bpdu.BRIDGE_ID) & ADDRESS;
  return bridge == (b.bridgeId & ADDRESS) && ((bpdu.u16At(message, bpdu.PORT_ID) ^ b.portId) & 0xfff) == 0;
}

/** SUPERIOR_DESIGNATED: the LAN has another designated port than was thought, or it says something else. */
function supersede(t: Tree, b: Branch, message: usize, kind: u32, order: i32): void {
  const flags = bpdu.flagsOf(message);
  lower(b, AGREED | PROPOSING);
  if (!isSameSource(message, b)) transitions.hesitate(t, b);
  recordProposal(b, flags);
  recordChange(t, b, flags, kind);
  if (b.info != INFO_RECEIVED || order > 0) lower(b, AGREE);
  record(message, b);
  b.info = INFO_RECEIVED;
  believe(t, b);
  t.reselect = 1;
}

/** REPEATED_DESIGNATED */
function repeat(t: Tree, b: Branch, message: usize, kind: u32): void {
  const flags = bpdu.flagsOf(message);
  recordProposal(b, flags);
  recordChange(t, b, flags, kind);
  believe(t, b);
}

/** INFERIOR_DESIGNATED: whoever it is has not heard us, and if he learns already, one of us must stop. 17.21.10 */
function contradict(b: Branch, message: usize, kind: u32): void {
  if (kind == bpdu.KIND_RST && (bpdu.flagsOf(message) & bpdu.FLAG_LEARNING) != 0) {
    raise(b, DISPUTED);
    lower(b, AGREED);
  }
  if (b.role == abi.ROLE_DESIGNATED) raise(b, NEW_INFO);
}

/** A designated port spoke. */
function hearDesignated(t: Tree, b: Branch, message: usize, kind: u32): void {
  const isKnown = b.info == INFO_RECEIVED || b.info == INFO_MINE;
  const order = isKnown ? priority.compareMessage(message, b) : -1;
  const isSource = isSameSource(message, b);
  const isOther = b.info != INFO_RECEIVED || hasOtherTimes(message, b);
  if (order < 0 || (isSource && order != 0) || (order == 0 && isOther)) supersede(t, b, message, kind, order);
  else if (order == 0) repeat(t, b, message, kind);
  else contradict(b, message, kind);
}

/** Whether the neighbour, one of our own kind, has heard what this port tells now; not while that is not even sent. */
export function isAnswered(b: Branch, heard: u32): bool {
  return b.sequence + 1 != b.told && heard - b.told <= b.sequence - b.told;
}

/** recordAgreement, 17.21.9. Between equals an agreement counts only where it answers to what is told now. */
function recordAgreement(b: Branch, message: usize): void {
  if (!isPointToPoint(b)) return; // it speaks for itself only
  if (isStrict(b) && !isAnswered(b, bpdu.u32At(message, bpdu.HEARD))) return;
  if (config().stpOnly == 0 && (bpdu.flagsOf(message) & bpdu.FLAG_AGREEMENT) != 0) {
    raise(b, AGREED);
    lower(b, PROPOSING);
  } else lower(b, AGREED);
}

/** A root, alternate or backup port spoke: INFERIOR_ROOT_ALTERNATE, or the one whose word we took leads nowhere now. */
function hearOther(t: Tree, b: Branch, message: usize): void {
  if (isSameSource(message, b) && bpdu.idAt(message, bpdu.BRIDGE_ID) != t.ownId) return age(t, b);
  if (b.info != INFO_MINE || priority.compareMessage(message, b) < 0) return;
  recordAgreement(b, message);
  recordChange(t, b, bpdu.flagsOf(message), bpdu.KIND_RST);
}

/** Whether the message names this bridge as root by a priority that it has no more: nobody but us would know better. */
function isAboutOurPast(t: Tree, message: usize): bool {
  const root = bpdu.idAt(message, bpdu.ROOT_ID);
  return root != t.ownId && (root & ADDRESS) == (t.ownId & ADDRESS);
}

/** Takes a configuration or rapid BPDU of a role. rcvInfo, 17.21.8. */
export function hear(t: Tree, b: Branch, message: usize, kind: u32, role: u32): void {
  lower(b, STRANDED);
  if (bpdu.idAt(message, bpdu.BRIDGE_ID) == t.ownId && bpdu.u16At(message, bpdu.PORT_ID) == priority.idOf(b)) {
    raise(b, DISPUTED); // our own voice: the cable comes back to where it began
    return;
  }
  if (isAboutOurPast(t, message)) {
    if (isSameSource(message, b)) age(t, b);
    raise(b, NEW_INFO);
  } else if (role == bpdu.ROLE_DESIGNATED) hearDesignated(t, b, message, kind);
  else if (kind == bpdu.KIND_RST && role != bpdu.ROLE_UNKNOWN) hearOther(t, b, message);
}

/** The role that a VDE switch means: it codes root and alternate the other way round, and a blocked one may be better. */
export function roleOfVde(b: Branch, message: usize): u32 {
  const code = bpdu.roleOf(message);
  if (code == bpdu.ROLE_ALTERNATE) return bpdu.ROLE_ROOT;
  if (code != bpdu.ROLE_ROOT) return code;
  const isNews = b.info == INFO_AGED || priority.compareMessage(message, b) < 0 || isSameSource(message, b);
  return isNews ? bpdu.ROLE_DESIGNATED : bpdu.ROLE_ALTERNATE;
}
