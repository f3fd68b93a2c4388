// Taps in a core, plugs that are like them, and what they say of a frame.

import * as abi from "../../assembly/abi.js";
import type { Frame } from "../../host/link.js";
import { bench } from "./bench.js";
import { ETHERNET, tcpAt } from "./internet.js";

const CHECKSUM_FIELD = 16;

/** The head that a tap puts before a TCP frame: segments of `size` octets of payload, or with 0 only a checksum. */
export function vnet(octets: Frame, size: number): Uint8Array {
  const start = tcpAt(octets);
  const kind = start === ETHERNET + 20 ? abi.VNET_TCP4 : abi.VNET_TCP6;
  const fields = [start + 20, size, start, CHECKSUM_FIELD].flatMap((field) => [field & 255, field >> 8]);
  return Uint8Array.of(abi.VNET_NEEDS_CHECKSUM, size === 0 ? 0 : kind, ...fields);
}

/** A tap in port 1, a socket in port 2, another tap in port 3, and a plug whose frames have heads in port 4. */
export function taps() {
  const core = bench();
  const free = core.slotsFree();
  const [tap, socket, other] = [core.plug(1, abi.KIND_TAP), core.plug(2), core.plug(3, abi.KIND_TAP)];
  const headed = core.plug(4, abi.KIND_OFFLOAD);

  function read(head: Uint8Array, octets: Frame, from = tap): void {
    const piece = (i: number): number => core.core.u64(abi.TAP_PIECES + i * abi.IOVEC_SIZE);
    core.core.octets.set(head, piece(0));
    core.core.octets.set(octets, piece(1));
    core.functions.receiveTap(from, octets.length, 0);
  }

  const largeFree = (): number => core.core.u32(abi.CONFIG + abi.CONFIG_LARGE_FREE);
  return { ...core, tap, socket, other, headed, free, largeFree, read };
}
