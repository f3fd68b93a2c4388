// Answers what belongs to no connection with a reset (RFC 9293, 3.10.7.1).

import { PAYLOAD } from "../output.js";
import { type Packet, TCP } from "../packet.js";
import type { Stack } from "../stack.js";
import { ACK, FIN, HEADER, RST, type Segment, SYN } from "./segment.js";

export function reject({ memory, output, settings }: Stack, segment: Segment, packet: Packet): void {
  if (segment.has(RST) || settings.isGroup(packet.destination())) return;
  const length = segment.size + (segment.has(SYN) ? 1 : 0) + (segment.has(FIN) ? 1 : 0);
  const acks = !segment.has(ACK);
  const flags = acks ? RST | ACK : RST;
  memory.setU32(PAYLOAD, (packet.port << 16) | packet.sourcePort);
  memory.setU32(PAYLOAD + 4, acks ? 0 : segment.acknowledged);
  memory.setU32(PAYLOAD + 8, acks ? (segment.sequence + length) >>> 0 : 0);
  memory.setU32(PAYLOAD + 12, (HEADER << 26) | (flags << 16));
  memory.setU32(PAYLOAD + 16, 0);
  const heading = { from: packet.destination(), to: packet.source(), protocol: TCP, sumAt: 16 };
  output.send(heading, HEADER, packet.neighbour);
}
