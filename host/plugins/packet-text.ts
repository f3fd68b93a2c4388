// A frame as VDE's dump prints it: "Pkt: Port 0001 len=0060 ff ff ...", with a blank after the last octet too.

import type { Capture } from "../captures.js";

const OCTETS: readonly string[] = Array.from({ length: 256 }, (_, octet) => `${octet.toString(16).padStart(2, "0")} `);

export function packetText({ port, frame }: Pick<Capture, "port" | "frame">): string {
  let text = `Pkt: Port ${four(port)} len=${four(frame.length)} `;
  for (const octet of frame) text += OCTETS[octet];
  return text;
}

function four(value: number): string {
  return String(value).padStart(4, "0");
}
