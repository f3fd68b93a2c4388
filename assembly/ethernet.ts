// The fields of an Ethernet header, where they lie in the frame.
//
//    0             6        12     14     16
//    +-------------+--------+------+------+------+-- - -
//    | destination | source | type |                        untagged
//    +-------------+--------+------+------+------+-- - -
//    | destination | source | 8100 | TCI  | type |          with an 802.1Q tag: 3 bits of priority (PCP), 1 of drop
//    +-------------+--------+------+------+------+-- - -    eligibility (DEI), 12 of VLAN (VID). 802.1Q-2018 9.6

export const SOURCE: usize = 6;
export const TYPE: usize = 12;
export const TCI: usize = 14;
export const INNER_TYPE: usize = 16;
export const VID_MASK: u32 = 0x0fff;

const TYPE_C_TAG: u32 = 0x8100;
const TYPE_S_TAG: u32 = 0x88a8;

export function u16be(address: usize): u32 {
  return <u32>bswap<u16>(load<u16>(address));
}

/** Whether the type field at `address` begins the tag that this bridge reads. */
export function isTagged(address: usize): bool {
  return load<u16>(address) == 0x0081; // 8100 as a little-endian load sees it
}

/** Whether the type field at `address` begins a tag that any bridge might read. */
export function isAnyTag(address: usize): bool {
  const type = u16be(address);
  return type == TYPE_C_TAG || type == TYPE_S_TAG;
}

/** Whether the address at `mac` is a group's: multicast or broadcast. */
export function isGroup(mac: usize): bool {
  return (load<u8>(mac) & 1) != 0;
}

/** Whether `mac` is one of 01:80:C2:00:00:00 to 0F, which stay on their link. 802.1D-2004 table 7-10. */
export function isReserved(mac: usize): bool {
  return load<u32>(mac) == 0x00c28001 && (load<u16>(mac, 4) & 0xf0ff) == 0;
}

/** The four octets of an 802.1Q tag, ready to be stored. */
export function tag(tci: u32): u32 {
  return 0x0081 | ((<u32>bswap<u16>(<u16>tci)) << 16);
}
