// From IP to what it carries: by its number, where its checksum is right.

import { SUM_RIGHT, swap16 } from "./memory.js";
import { ICMP, type Packet, UDP } from "./packet.js";
import type { Protocol, Stack } from "./stack.js";

export type Protocols = ReadonlyMap<number, Protocol>;

/** All of them have headers of eight octets at the least. */
const SIZE_MIN = 8;

/** Hands a packet on. False where nobody takes its protocol. */
export function deliver(stack: Stack, protocols: Protocols, packet: Packet): boolean {
  const protocol = protocols.get(packet.protocol);
  if (protocol === undefined) return false;
  if (packet.size < SIZE_MIN) stack.drop("a header that is cut or wrong");
  else if (isRight(packet)) protocol.input(packet);
  else stack.drop("a wrong checksum");
  return true;
}

function isRight({ memory, at, from, width, protocol, size }: Packet): boolean {
  if (protocol === ICMP) return memory.sum(at, size) === SUM_RIGHT;
  if (protocol === UDP && width === 4 && memory.u16(at + 6) === 0) return true; // not summed
  const addresses = memory.sum(from, 2 * width, swap16(protocol) + swap16(size));
  return memory.sum(at, size, addresses) === SUM_RIGHT;
}
