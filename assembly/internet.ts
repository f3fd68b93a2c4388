// Headers of IP and TCP in a frame, as far as a network card looks at them.

import * as checksum from "./checksum";

export const IP4_LENGTH: usize = 2;
export const IP4_ID: usize = 4;
export const IP4_FRAGMENT: usize = 6;
export const IP4_PROTOCOL: usize = 9;
export const IP4_CHECKSUM: usize = 10;
export const IP4_SOURCE: usize = 12;
export const IP4_HEADER_MIN: u32 = 20;
export const IP6_LENGTH: usize = 4;
export const IP6_NEXT: usize = 6;
export const IP6_SOURCE: usize = 8;
export const IP6_HEADER: u32 = 40;

export const TCP: u32 = 6;
export const TCP_SEQUENCE: usize = 4;
export const TCP_ACKNOWLEDGED: usize = 8;
export const TCP_DATA_OFFSET: usize = 12;
export const TCP_FLAGS: usize = 13;
export const TCP_WINDOW: usize = 14;
export const TCP_CHECKSUM: usize = 16;
export const TCP_URGENT: usize = 18;
export const TCP_HEADER_MIN: u32 = 20;
export const TCP_PSH: u32 = 0x08;
export const TCP_ACK: u32 = 0x10;

export function storeBe16(address: usize, value: u32): void {
  store<u16>(address, bswap<u16>(<u16>value));
}

export function u32be(address: usize): u32 {
  return bswap<u32>(load<u32>(address));
}

/** Octets of a TCP header. */
export function tcpHeaderSize(tcp: usize): u32 {
  return (<u32>load<u8>(tcp + TCP_DATA_OFFSET) >>> 4) << 2;
}

/** The sum of the pseudo-header of `tcpSize` octets of TCP. */
export function pseudoSum(ip: usize, is4: bool, tcpSize: u32): u64 {
  const sum = <u64>bswap<u16>(<u16>TCP) + bswap<u16>(<u16>tcpSize);
  return is4 ? checksum.add(sum, ip + IP4_SOURCE, 8) : checksum.add(sum, ip + IP6_SOURCE, 32);
}

/** Sets the length of an IP header of a packet that ends at `end`, and its checksum. */
export function sealIp(ip: usize, is4: bool, tcp: usize, end: usize): void {
  if (!is4) return storeBe16(ip + IP6_LENGTH, <u32>(end - ip) - IP6_HEADER);
  storeBe16(ip + IP4_LENGTH, <u32>(end - ip));
  store<u16>(ip + IP4_CHECKSUM, 0);
  store<u16>(ip + IP4_CHECKSUM, checksum.finish(checksum.add(0, ip, <u32>(tcp - ip))));
}
