// The Internet checksum (RFC 1071): the ones' complement sum of 16-bit words, which comes out right in either octet order
// as long as it is stored in the one it was read in.

/** Adds `size` octets at `from` to a sum, which must be whole 16-bit words from its start. */
export function add(sum: u64, from: usize, size: u32): u64 {
  let at = from;
  const end = from + size;
  for (; at + 8 <= end; at += 8) sum += <u64>load<u32>(at) + <u64>load<u32>(at, 4);
  for (; at + 2 <= end; at += 2) sum += load<u16>(at);
  return at < end ? sum + load<u8>(at) : sum;
}

/** The checksum of a sum, as it is stored. */
export function finish(sum: u64): u16 {
  while (sum >>> 16 != 0) sum = (sum & 0xffff) + (sum >>> 16);
  return <u16>~sum;
}
