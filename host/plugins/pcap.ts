// The pcap file format, version 2.4 (draft-ietf-opsawg-pcap): a head, and before each frame a head of its own.
//
//    0       4       8                16       20      24
//    +-------+---+---+----------------+--------+-------+
//    | magic | 2 | 4 | 0              | snaplen| link  |     the file
//    +-------+---+---+-------+--------+--------+-------+
//    | s     | µs    | kept  | size   |  a frame
//    +-------+-------+-------+--------+

import type { Frame } from "../link.js";

const MAGIC = 0xa1b2c3d4; // stamps in microseconds; its order of octets is that of the file
export const LINKTYPE_ETHERNET = 1;
/** Octets of a frame that are kept at most: what libpcap itself takes. No frame of ours is longer. */
export const SNAPLEN = 262_144;

export function pcapFileHead(): Uint8Array {
  const head = new DataView(new ArrayBuffer(24));
  head.setUint32(0, MAGIC, true);
  head.setUint16(4, 2, true);
  head.setUint16(6, 4, true);
  head.setUint32(16, SNAPLEN, true);
  head.setUint32(20, LINKTYPE_ETHERNET, true);
  return new Uint8Array(head.buffer);
}

/** What stands before a frame that passed at `wallMs`, in milliseconds since 1970. */
export function pcapFrameHead(frame: Frame, wallMs: number): Uint8Array {
  const head = new DataView(new ArrayBuffer(16));
  head.setUint32(0, Math.floor(wallMs / 1000), true);
  head.setUint32(4, (Math.floor(wallMs) % 1000) * 1000, true);
  head.setUint32(8, frame.length, true);
  head.setUint32(12, frame.length, true);
  return new Uint8Array(head.buffer);
}
