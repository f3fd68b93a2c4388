// CRC-32 as IEEE 802.3 has it.

const POLYNOMIAL = 0xedb88320;

const TABLE = Uint32Array.from({ length: 256 }, (_, octet) => {
  let value = octet;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1;
  return value;
});

export function crc32(octets: Uint8Array): number {
  let value = 0xffffffff;
  for (const octet of octets) value = (value >>> 8) ^ TABLE[(value ^ octet) & 255]!;
  return ~value >>> 0;
}
