// Internet packets to order, as a tap gives them, and an independent look at their checksums.

import type { Frame } from "../../host/link.js";

export const ETHERNET = 14;
const TCP_HEADER = 20;

/** A TCP frame with `payload` octets, 4 or 6 for IPv4 or IPv6. Its checksum is as a driver leaves it: of the pseudo-header. */
export function tcpFrame(version: 4 | 6, payload: number, flags = 0x18): Frame {
  const ip = version === 4 ? 20 : 40;
  const frame = Uint8Array.from({ length: ETHERNET + ip + TCP_HEADER + payload }, (_, i) => (i * 7) & 255);
  const view = new DataView(frame.buffer);
  frame.set([255, 255, 255, 255, 255, 255, 2, 0, 0, 0, 0, 97]);
  view.setUint16(12, version === 4 ? 0x0800 : 0x86dd);
  frame[ETHERNET] = version === 4 ? 0x45 : 0x60;
  if (version === 4) frame[ETHERNET + 9] = 6;
  else frame[ETHERNET + 6] = 6;
  view.setUint16(ETHERNET + (version === 4 ? 2 : 4), frame.length - ETHERNET - (version === 4 ? 0 : ip));
  view.setUint32(ETHERNET + ip + 4, 0xffffff00);
  if (version === 4) {
    view.setUint16(ETHERNET + 6, 0x4000); // no fragment
    sealIp(frame);
  }
  frame[ETHERNET + ip + 12] = 0x50;
  frame[ETHERNET + ip + 13] = flags;
  view.setUint16(ETHERNET + ip + 16, fold(pseudoHeader(frame, ETHERNET)));
  return frame;
}

/** Makes the checksum of an IPv4 header right. */
function sealIp(frame: Frame): void {
  const view = new DataView(frame.buffer);
  view.setUint16(ETHERNET + 10, 0);
  view.setUint16(ETHERNET + 10, 0xffff - fold(sum(frame.subarray(ETHERNET, ETHERNET + 20))));
}

/** Makes both checksums of a frame right that was changed. */
export function seal(frame: Frame): void {
  const view = new DataView(frame.buffer);
  const tcp = tcpAt(frame);
  if (tcp === ETHERNET + 20) sealIp(frame);
  view.setUint16(tcp + 16, 0);
  view.setUint16(tcp + 16, 0xffff - fold(pseudoHeader(frame, ETHERNET) + sum(frame.subarray(tcp))));
}

/** Where the TCP header of a frame is, with its IP header at `ip`. */
export function tcpAt(frame: Frame, ip = ETHERNET): number {
  return ip + ((frame[ip] ?? 0) >> 4 === 4 ? 20 : 40);
}

/** Whether the IP header at `ip`, and the TCP segment or UDP datagram behind it, have right lengths and checksums. */
export function isWhole(frame: Frame, ip = ETHERNET): boolean {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
  const is4 = (frame[ip] ?? 0) >> 4 === 4;
  const size = is4 ? view.getUint16(ip + 2) : view.getUint16(ip + 4) + 40;
  const isHeaderRight = !is4 || fold(sum(frame.subarray(ip, ip + 20))) === 0xffff;
  const isSegmentRight = fold(pseudoHeader(frame, ip) + sum(frame.subarray(tcpAt(frame, ip)))) === 0xffff;
  return size === frame.length - ip && isHeaderRight && isSegmentRight;
}

function pseudoHeader(frame: Frame, ip: number): number {
  const is4 = (frame[ip] ?? 0) >> 4 === 4;
  const addresses = is4 ? frame.subarray(ip + 12, ip + 20) : frame.subarray(ip + 8, ip + 40);
  const protocol = frame[ip + (is4 ? 9 : 6)] ?? 0;
  return sum(addresses) + protocol + frame.length - tcpAt(frame, ip);
}

function sum(octets: Frame): number {
  return octets.reduce((total, octet, i) => total + (i % 2 === 0 ? octet << 8 : octet), 0);
}

function fold(total: number): number {
  return total > 0xffff ? fold((total % 0x10000) + Math.floor(total / 0x10000)) : total;
}
