// BPDUs: bridge protocol data units, read and written in place (802.1D-2004 clause 9).
//
//    0             6        12     14       17     19   20   21      22       30     34        42     44    46    48    50
//    +-------------+--------+------+--------+------+----+----+-------+--------+------+---------+------+-----+-----+-----+-----+
//    | 0180c2 0..0 | source | size | 424203 | 0000 | v. | t. | flags | root   | cost | bridge  | port | age | max | hel | fwd |
//    +-------------+--------+------+--------+------+----+----+-------+--------+------+---------+------+-----+-----+-----+-----+
//    52             53        57  58         62      66
//    +--------------+---------+---+----------+-------+
//    | version 1: 0 | "LOOM"  | 1 | sequence | heard |     our own mark, beyond what the standard reads (9.3.4)
//    +--------------+---------+---+----------+-------+
//
// A configuration BPDU (type 00, version 0) ends before octet 52; a topology change notification (type 80) before 21.
// VDE's dialect: hello 4 s, maximum age 40 s, forward delay 0, and roles 1 and 2 the other way round.

import * as abi from "./abi";

const SIZE: usize = 12;
const LLC: usize = 14;
const PROTOCOL: usize = 17;
const VERSION: usize = 19;
const TYPE: usize = 20;
export const FLAGS: usize = 21;
export const ROOT_ID: usize = 22;
export const COST: usize = 30;
export const BRIDGE_ID: usize = 34;
export const PORT_ID: usize = 42;
export const AGE: usize = 44;
export const MAX_AGE: usize = 46;
export const HELLO: usize = 48;
export const FORWARD_DELAY: usize = 50;
const VERSION_1: usize = 52;
const MARK: usize = 53;
const MARK_VERSION: usize = 57;
export const SEQUENCE: usize = 58;
export const HEARD: usize = 62;
const END: usize = 66;

const CONFIG_END: usize = 52;
const RST_END: usize = 53;
const TCN_END: usize = 21;
const LOOM: u32 = 0x4d4f4f4c; // "LOOM" as a little-endian load sees it

// What a BPDU is. 9.3.1 to 9.3.3
export const KIND_NONE: u32 = 0; // nothing that this bridge takes
export const KIND_CONFIG: u32 = 1;
export const KIND_TCN: u32 = 2;
export const KIND_RST: u32 = 3;

// Flags. 9.3.3
export const FLAG_CHANGE: u8 = 0x01;
export const FLAG_PROPOSAL: u8 = 0x02;
export const FLAG_LEARNING: u8 = 0x10;
export const FLAG_FORWARDING: u8 = 0x20;
export const FLAG_AGREEMENT: u8 = 0x40;
export const FLAG_CHANGE_ACK: u8 = 0x80;
export const ROLE_UNKNOWN: u32 = 0;
export const ROLE_ALTERNATE: u32 = 1; // or backup
export const ROLE_ROOT: u32 = 2;
export const ROLE_DESIGNATED: u32 = 3;

/** Seconds as a time on the wire. */
export function seconds(s: u32): u16 {
  return <u16>(s << 8);
}

const VDE_HELLO: u16 = 4 << 8;
const VDE_MAX_AGE: u16 = 40 << 8;

/** Whether the address at `mac` is the bridge group address, 01:80:C2:00:00:00. 7.12.3 */
export function isForBridges(mac: usize): bool {
  return load<u32>(mac) == 0x00c28001 && load<u16>(mac, 4) == 0;
}

/**
 * Whether it is 03:4C:4F:4F:4D:00, a group address of our own. Bridges that know one tree flood it, and so carry the BPDUs
 * of the others through.
 */
export function isForUs(mac: usize): bool {
  return load<u32>(mac) == 0x4f4f4c03 && load<u16>(mac, 4) == 0x004d;
}

/** Sends a BPDU that is written to that address. */
export function sendToUs(frame: usize): void {
  store<u32>(frame, 0x4f4f4c03);
  store<u16>(frame + 4, 0x004d);
}

export function u16At(bpdu: usize, field: usize): u16 {
  return bswap<u16>(load<u16>(bpdu + field));
}

export function u32At(bpdu: usize, field: usize): u32 {
  return bswap<u32>(load<u32>(bpdu + field));
}

/** A bridge's identifier: 16 bits of priority, 48 of address. 9.2.5 */
export function idAt(bpdu: usize, field: usize): u64 {
  return bswap<u64>(load<u64>(bpdu + field));
}

export function flagsOf(bpdu: usize): u32 {
  return <u32>load<u8>(bpdu + FLAGS);
}

/** The role in the flags, as the standard codes it. */
export function roleOf(bpdu: usize): u32 {
  return (flagsOf(bpdu) >>> 2) & 3;
}

/**
 * What the BPDU in a frame is that lies `shift` octets further than if it had no tag. 9.3.4: a later version is read like
 * the last one known, and what goes beyond it is ignored.
 */
export function kindOf(bpdu: usize, frameSize: usize): u32 {
  if (frameSize < TCN_END) return KIND_NONE;
  if ((load<u32>(bpdu + LLC) & 0xffffff) != 0x034242 || load<u16>(bpdu + PROTOCOL) != 0) return KIND_NONE;
  const type = load<u8>(bpdu + TYPE);
  const version = load<u8>(bpdu + VERSION);
  if (type == 0x80) return KIND_TCN;
  if (type == 0x02 && version >= 2) return frameSize >= RST_END ? KIND_RST : KIND_NONE;
  if (type != 0x00 || frameSize < CONFIG_END || u16At(bpdu, AGE) >= u16At(bpdu, MAX_AGE)) return KIND_NONE;
  return KIND_CONFIG;
}

/** Who sends rapid BPDUs like this one: PEER_*. */
export function peerOf(bpdu: usize, frameSize: usize): u8 {
  if (frameSize >= END && load<u32>(bpdu + MARK) == LOOM && load<u8>(bpdu + MARK_VERSION) == 1) return abi.PEER_OWN;
  const isVde =
    u16At(bpdu, HELLO) == VDE_HELLO && u16At(bpdu, MAX_AGE) == VDE_MAX_AGE && u16At(bpdu, FORWARD_DELAY) == 0;
  return isVde ? abi.PEER_VDE : abi.PEER_STANDARD;
}

// A loop probe: a frame that any bridge floods as it floods data, and only the switch that sent it knows.
//
//    0             6        12     14       18       20     22     24       28         60
//    +-------------+--------+------+--------+--------+------+------+--------+----------+
//    | 034c4f4f4d01| source | 88b6 | "LOOM" | 1    0 | port | VLAN | BPDU   | 0 ...    |     BPDU: the sequence of the last one
//    +-------------+--------+------+--------+--------+------+------+--------+----------+

const SOURCE: usize = 6;
const EXPERIMENTAL: u16 = 0xb688; // 88-B6, IEEE 802's local experimental EtherType 2, as a little-endian load sees it
const PROBE_MARK: usize = 14;
const PROBE_VERSION: usize = 18;
export const PROBE_PORT: usize = 20;
export const PROBE_VLAN: usize = 22;
export const PROBE_SEQUENCE: usize = 24;
const PROBE_SIZE: u32 = 60;

/** Writes a loop probe. Returns its size. */
export function writeProbe(frame: usize, mac: usize, port: u16, vid: u16, sequence: u32): u32 {
  memory.fill(frame, 0, PROBE_SIZE);
  store<u32>(frame, 0x4f4f4c03);
  store<u16>(frame + 4, 0x014d);
  memory.copy(frame + SOURCE, mac, 6);
  store<u16>(frame + SIZE, EXPERIMENTAL);
  store<u32>(frame + PROBE_MARK, LOOM);
  store<u8>(frame + PROBE_VERSION, 1);
  store<u16>(frame + PROBE_PORT, bswap<u16>(port));
  store<u16>(frame + PROBE_VLAN, bswap<u16>(vid));
  store<u32>(frame + PROBE_SEQUENCE, bswap<u32>(sequence));
  return PROBE_SIZE;
}

/** Whether a frame goes where loop probes go. */
export function isForProbes(frame: usize): bool {
  return load<u32>(frame) == 0x4f4f4c03 && load<u16>(frame + 4) == 0x014d;
}

/** Whether it is a loop probe. It lies further on where it has a tag. */
export function isProbe(probe: usize, size: u32): bool {
  if (size < <u32>PROBE_SEQUENCE + 4 || load<u16>(probe + SIZE) != EXPERIMENTAL) return false;
  return load<u32>(probe + PROBE_MARK) == LOOM && load<u8>(probe + PROBE_VERSION) == 1;
}

/** Whether a frame is from this address. */
export function isFrom(frame: usize, mac: usize): bool {
  return memory.compare(frame + SOURCE, mac, 6) == 0;
}

/** Writes the octets that every BPDU begins with. `mac` is the bridge's address. */
function begin(frame: usize, mac: usize, version: u8, type: u8, end: usize): u32 {
  store<u32>(frame, 0x00c28001);
  store<u16>(frame + 4, 0);
  memory.copy(frame + 6, mac, 6);
  store<u16>(frame + SIZE, bswap<u16>(<u16>(end - LLC)));
  store<u32>(frame + LLC, 0x034242);
  store<u16>(frame + PROTOCOL, 0);
  store<u8>(frame + VERSION, version);
  store<u8>(frame + TYPE, type);
  return <u32>end;
}

/** Begins a topology change notification. Returns its size. 9.3.2 */
export function beginTcn(frame: usize, mac: usize): u32 {
  return begin(frame, mac, 0, 0x80, TCN_END);
}

/** Begins a configuration BPDU. Returns its size. 9.3.1 */
export function beginConfig(frame: usize, mac: usize): u32 {
  return begin(frame, mac, 0, 0x00, CONFIG_END);
}

/** Begins a rapid spanning tree BPDU with our mark. Returns its size. 9.3.3 */
export function beginRst(frame: usize, mac: usize, sequence: u32, heard: u32): u32 {
  store<u8>(frame + VERSION_1, 0);
  store<u32>(frame + MARK, LOOM);
  store<u8>(frame + MARK_VERSION, 1);
  store<u32>(frame + SEQUENCE, bswap<u32>(sequence));
  store<u32>(frame + HEARD, bswap<u32>(heard));
  return begin(frame, mac, 2, 0x02, END);
}

export function setFlags(frame: usize, flags: u32): void {
  store<u8>(frame + FLAGS, <u8>flags);
}

export function setPriority(frame: usize, rootId: u64, cost: u32, bridgeId: u64, portId: u16): void {
  store<u64>(frame + ROOT_ID, bswap<u64>(rootId));
  store<u32>(frame + COST, bswap<u32>(cost));
  store<u64>(frame + BRIDGE_ID, bswap<u64>(bridgeId));
  store<u16>(frame + PORT_ID, bswap<u16>(portId));
}

export function setTimes(frame: usize, age: u16, maxAge: u16, hello: u16, forwardDelay: u16): void {
  store<u16>(frame + AGE, bswap<u16>(age));
  store<u16>(frame + MAX_AGE, bswap<u16>(maxAge));
  store<u16>(frame + HELLO, bswap<u16>(hello));
  store<u16>(frame + FORWARD_DELAY, bswap<u16>(forwardDelay));
}

/** The times that a VDE switch knows its own kind by. */
export function setVdeTimes(frame: usize, age: u16): void {
  setTimes(frame, age, VDE_MAX_AGE, VDE_HELLO, 0);
}
