// What bridges of other makes hear of a BPDU: the standard's know nothing of our mark, nor we of theirs, and those of
// 802.1D-1998 nothing that is rapid.

import type { Frame } from "../../host/link.js";
import type { Dialect } from "./bridge.js";

const BRIDGES = [0x01, 0x80, 0xc2, 0, 0, 0];
const TYPE = 20;
const RAPID = 2;
const RST_END = 53;

function isBpdu(frame: Frame): boolean {
  return BRIDGES.every((octet, i) => frame[i] === octet);
}

/** What a bridge hears of a frame that another sends; undefined for nothing. BPDUs have no tags here. */
export function heardBy(hearer: Dialect, frame: Frame, speaker: Dialect): Frame | undefined {
  if (!isBpdu(frame)) return frame;
  const isRapid = frame[TYPE] === RAPID;
  if (hearer === "stp" && isRapid) return undefined;
  const isPlain = hearer === "rstp" || speaker === "rstp";
  return isRapid && isPlain ? frame.slice(0, RST_END) : frame;
}
