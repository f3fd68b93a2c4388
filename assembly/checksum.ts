// The Internet checksum (RFC 1071): the ones' complement sum of 16-bit words, which comes out right in either octet order
// as long as it is stored in the one it was read in.

const VECTOR: u32 = 16;

/** Adds `size` octets at `from` to a sum, which must be whole 16-bit words from its start: 64 Ki words at the most. */
export function add(sum: u64, from: usize, size: u32): u64 {
  let at = from;
  const end = from + size;
  let total = sum;
  if (size >= VECTOR) {
    let words = i32x4.splat(0); // four sums of at most 8,192 pairs of words each
    for (; at + VECTOR <= end; at += VECTOR) words = i32x4.add(words, i32x4.extadd_pairwise_i16x8_u(v128.load(at)));
    total += <u64>(<u32>i32x4.extract_lane(words, 0)) + <u64>(<u32>i32x4.extract_lane(words, 1));
    total += <u64>(<u32>i32x4.extract_lane(words, 2)) + <u64>(<u32>i32x4.extract_lane(words, 3));
  }
  for (; at + 2 <= end; at += 2) total += load<u16>(at);
  return at < end ? total + load<u8>(at) : total;
}

/** A sum of no more than 16 bits. */
export function fold(sum: u64): u16 {
  while (sum >>> 16 != 0) sum = (sum & 0xffff) + (sum >>> 16);
  return <u16>sum;
}

/** The checksum of a sum, as it is stored. */
export function finish(sum: u64): u16 {
  return ~fold(sum);
}

/** The sum over what is right, its checksum included. */
export const RIGHT: u16 = 0xffff;
