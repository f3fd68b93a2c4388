// What a port says: the port transmit machine, 802.1D-2004 17.26.

import * as abi from "./abi";
import * as bpdu from "./bpdu";
import { emit } from "./egress";
import * as ethernet from "./ethernet";
import { config } from "./layout";
import * as priority from "./priority";
import * as slots from "./slot";
import * as timers from "./timers";
import {
  AGREE,
  ASKED,
  Branch,
  FORWARD,
  has,
  isForeign,
  isSet,
  isStrict,
  LEARN,
  lower,
  NEW_INFO,
  PROPOSING,
  raise,
  STP,
  TC_ACK,
  Tree,
  UPDATE,
} from "./tree";
import { isTagged } from "./vlan";

const SECOND_MS: u32 = 1000;
/** Between equals nobody is overrun: so many BPDUs, and one more in each such time. */
const EQUAL_HOLD: u32 = 64;
const EQUAL_DECAY_MS: u32 = 5;
/** When a proposal that an equal did not answer is sent again: after so long, then after twice as long. */
const RETRY_MS: u32 = 8;
const RETRY_DOUBLINGS: u8 = 7;
/** How many hellos an equal gets for one of the standard's: a cable that loses a fifth of them stays in the tree. */
const EQUAL_HELLOS: u32 = 4;
/** Slots that BPDUs leave alone. */
const SLOTS_MIN: u32 = 2 * abi.BATCH;

function macOf(): usize {
  return abi.CONFIG + abi.CONFIG_MAC;
}

/** The flags of a rapid BPDU, as the standard codes them, 9.3.3. */
function standardFlags(b: Branch): u32 {
  let role = bpdu.ROLE_ALTERNATE;
  if (b.role == abi.ROLE_ROOT) role = bpdu.ROLE_ROOT;
  if (b.role == abi.ROLE_DESIGNATED) role = bpdu.ROLE_DESIGNATED;
  let flags = role << 2;
  if (timers.runs(b, timers.TC_WHILE)) flags |= bpdu.FLAG_CHANGE;
  if (has(b, PROPOSING)) flags |= bpdu.FLAG_PROPOSAL;
  if (has(b, AGREE)) flags |= bpdu.FLAG_AGREEMENT;
  if (has(b, LEARN)) flags |= bpdu.FLAG_LEARNING;
  return has(b, FORWARD) ? flags | bpdu.FLAG_FORWARDING : flags;
}

/** As VDE codes them: root and alternate change places, who is blocked says "proposal", and everybody agrees. */
function vdeFlags(b: Branch): u32 {
  const flags = standardFlags(b) | bpdu.FLAG_AGREEMENT;
  if (b.role == abi.ROLE_DESIGNATED) return flags;
  const swapped = flags ^ 0x0c;
  return b.role == abi.ROLE_ROOT ? swapped : swapped | bpdu.FLAG_PROPOSAL;
}

/** txRstp, 17.21.20. Returns the frame's size. */
function writeRst(t: Tree, b: Branch, frame: usize): u32 {
  b.sequence += 1;
  const isVde = b.peer == abi.PEER_VDE;
  bpdu.setFlags(frame, isVde ? vdeFlags(b) : standardFlags(b));
  bpdu.setPriority(frame, t.rootId, t.cost, t.ownId, priority.idOf(b));
  if (isVde) bpdu.setVdeTimes(frame, t.age);
  else bpdu.setTimes(frame, t.age, t.maxAge, t.hello, t.forwardDelay);
  return bpdu.beginRst(frame, macOf(), b.sequence, b.heard);
}

/** txConfig, 17.21.19. */
function writeConfig(t: Tree, b: Branch, frame: usize): u32 {
  const change: u32 = timers.runs(b, timers.TC_WHILE) ? bpdu.FLAG_CHANGE : 0;
  bpdu.setFlags(frame, has(b, TC_ACK) ? change | bpdu.FLAG_CHANGE_ACK : change);
  bpdu.setPriority(frame, t.rootId, t.cost, t.ownId, priority.idOf(b));
  bpdu.setTimes(frame, t.age, t.maxAge, t.hello, t.forwardDelay);
  return bpdu.beginConfig(frame, macOf());
}

/** Writes what the port has to say. Returns the frame's size, 0 for nothing: TRANSMIT_RSTP, _CONFIG, _TCN. */
function write(t: Tree, b: Branch, frame: usize): u32 {
  if (!has(b, STP)) return writeRst(t, b, frame);
  if (b.role == abi.ROLE_DESIGNATED) return writeConfig(t, b, frame);
  if (b.role == abi.ROLE_ROOT && timers.runs(b, timers.TC_WHILE)) return bpdu.beginTcn(frame, macOf());
  return 0;
}

/** Whether nobody is there who could be overrun: an equal, or nobody that was heard yet. */
function isEasy(b: Branch): bool {
  return b.peer == abi.PEER_OWN || timers.runs(b, timers.TRIAL_WHEN);
}

function decayLater(b: Branch): void {
  timers.start(b, timers.TX_DECAY, isEasy(b) ? EQUAL_DECAY_MS : SECOND_MS);
}

function count(b: Branch): void {
  b.txCount += 1;
  if (!timers.runs(b, timers.TX_DECAY)) decayLater(b);
}

/** Takes a slot for a frame of this bridge's own, in the VLAN of a branch. */
function begin(b: Branch): u32 {
  const slot = slots.take();
  const head = slots.head(slot);
  head.references = 0;
  head.arrived = abi.ARRIVED_UNTAGGED;
  head.innerTag = 0;
  head.offload = abi.OFFLOAD_NONE;
  head.tag = ethernet.tag(b.vid);
  return slot;
}

/** Sends the `size` octets in a slot by a port, once to each endpoint. */
function end(b: Branch, slot: u32, size: u32): void {
  const head = slots.head(slot);
  head.frameSize = size;
  if (size != 0) emit(slot, b.port, isTagged(b.vid, b.port));
  if (head.references == 0) slots.free(slot);
}

/** Sends a BPDU. */
function send(t: Tree, b: Branch): void {
  const slot = begin(b);
  const size = write(t, b, slots.frame(slot));
  if (isForeign(b)) bpdu.sendToUs(slots.frame(slot));
  if (size != 0) {
    b.tx += 1;
    count(b);
  }
  end(b, slot, size);
}

/**
 * A proposal went out on trial. With all but the first goes a loop probe, which bridges that say nothing flood, and so bring
 * back to this one where there is a loop. The first would be flooded by every bridge that starts at the same time, although
 * its neighbours are about to speak.
 */
function ask(t: Tree, b: Branch): void {
  raise(b, ASKED);
  if (b.trials == 0) return;
  const slot = begin(b);
  end(b, slot, bpdu.writeProbe(slots.frame(slot), macOf(), b.port, t.vid, b.sequence));
}

/** Time to send one BPDU more. */
export function decay(b: Branch): void {
  if (b.txCount > 0) b.txCount -= 1;
  if (b.txCount > 0) decayLater(b);
}

/** A hello is due. helloWhen, TRANSMIT_PERIODIC; VDE switches and equals hear from every port. */
export function greet(b: Branch): void {
  const ms = timers.helloMs();
  timers.start(b, timers.HELLO_WHEN, b.peer == abi.PEER_OWN ? ms / EQUAL_HELLOS : ms);
  const isRootWithNews = b.role == abi.ROLE_ROOT && timers.runs(b, timers.TC_WHILE);
  if (b.role == abi.ROLE_DESIGNATED || isRootWithNews || b.peer >= abi.PEER_VDE) raise(b, NEW_INFO);
}

/** What was asked of an equal may have been lost, or its answer: asks again, soon at first. */
export function retry(b: Branch): void {
  if (!has(b, PROPOSING) || b.role != abi.ROLE_DESIGNATED) return;
  if (b.retries < RETRY_DOUBLINGS) b.retries += 1;
  raise(b, NEW_INFO);
}

/** Asks again where an equal is, or may be: on a bad cable the first words are lost as easily as all others. */
function retryLater(b: Branch): void {
  const isTried = timers.runs(b, timers.TRIAL_WHEN); // which asks by itself
  const mayAnswer = isStrict(b) || (b.peer == abi.PEER_NONE && !isTried);
  if (!has(b, PROPOSING) || !mayAnswer) return timers.stop(b, timers.RETRY_WHEN);
  timers.start(b, timers.RETRY_WHEN, RETRY_MS << b.retries);
}

/** Says what there is to say, if it may by now. */
export function flush(t: Tree, b: Branch): void {
  if (!has(b, NEW_INFO) || has(b, UPDATE)) return;
  const settings = config();
  const isFilter = isSet(b, abi.SPAN_BPDU_FILTER);
  if (!isFilter && <u32>b.txCount >= (isEasy(b) ? EQUAL_HOLD : <u32>settings.txHold)) return;
  if (!isFilter && settings.slotsFree > SLOTS_MIN) {
    send(t, b);
    if (timers.runs(b, timers.TRIAL_WHEN)) ask(t, b);
  }
  lower(b, NEW_INFO | TC_ACK);
  retryLater(b);
}
