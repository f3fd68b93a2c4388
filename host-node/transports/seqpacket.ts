// A SOCK_SEQPACKET socket that this program was started with: each packet is a frame.

import { wholeNumber } from "../../host/vde/parameters.js";
import { DatagramSide } from "../cable/datagrams.js";
import type { Side } from "../cable/side.js";
import { close } from "../native/libc.js";

const DESCRIPTOR_MAX = 1 << 20;

export async function openSeqpacket(rest: string): Promise<Side> {
  const fd = wholeNumber("a descriptor", rest, 0, DESCRIPTOR_MAX);
  return new DatagramSide({ name: `seqpacket ${fd}`, fd, onclose: () => close(fd), endsEmpty: true });
}
