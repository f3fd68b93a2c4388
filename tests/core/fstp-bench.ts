// A bench with spanning tree on, and what neighbours say to it, octet by octet.

import * as assert from "uvu/assert";
import type { Frame } from "../../host/link.js";
import { lab, plain, type Setup } from "../lab.js";

export const OWN = "02000000ee00"; // the address of the bench's switch

/** A bench with spanning tree on. */
export function bench(setups: readonly Setup[] = plain) {
  const made = lab(setups);
  made.sw.fstp.enabled = true;
  made.pass(0);
  return made;
}

export function hex(frame: Frame): string {
  return Buffer.from(frame).toString("hex");
}

export interface Words {
  readonly flags: number;
  readonly root?: string;
  readonly cost?: number;
  readonly bridge?: string;
  /** Maximum age, hello time and forward delay in seconds: VDE's are 40, 4 and 0. */
  readonly times?: readonly [number, number, number];
  readonly vlan?: number;
}

/** A rapid BPDU of a neighbour. */
export function bpdu({
  flags,
  root = "1000020000000001",
  cost = 0,
  bridge = root,
  times = [20, 2, 15],
  vlan,
}: Words): Frame {
  const octet = (value: number, digits = 2) => value.toString(16).padStart(digits, "0");
  const tag = vlan === undefined ? "" : `8100${octet(vlan, 4)}`;
  const [maxAge, hello, delay] = times.map((seconds) => `${octet(seconds)}00`);
  const vector = `${root}${octet(cost, 8)}${bridge}8001`;
  const text = `0180c2000000020000000001${tag}002742420300000202${octet(flags)}${vector}0000${maxAge}${hello}${delay}00`;
  return Uint8Array.from(Buffer.from(text, "hex"));
}

/** The last BPDU that a station heard. */
export function last({ heard }: { heard: Frame[] }): string {
  const found = heard.filter((frame) => hex(frame).startsWith("0180c2000000")).at(-1);
  assert.ok(found !== undefined, "a BPDU");
  return hex(found);
}

/** The states of the ports of a VLAN. */
export const states = ({ sw }: ReturnType<typeof bench>, vlan = 0) => sw.vlans.members(vlan).map(({ state }) => state);

/** What a bridge says that knows STP only. */
export const CONFIGURATION = Uint8Array.from(
  Buffer.from(
    "0180c2000000020000000001002642420300000000001000020000000001000000001000020000000001800100001400" + "02000f00",
    "hex",
  ),
);
