// What the core tells of, as VDE words it.

import * as abi from "../assembly/abi.js";
import type { Core } from "./core.js";
import { readKey } from "./fdb.js";
import { idText } from "./tree.js";

/** Categories of events that the core tells of, by EVENT_*. */
export const CORE_EVENTS: readonly string[] = [
  "",
  "hash/+",
  "hash/-",
  "",
  "fstp/status",
  "fstp/root",
  "fstp/+",
  "fstp/-",
];

/** The event at an address of the core's memory: its category, and its text as far as somebody wants it. */
export function coreEvent(core: Core, at: number): { path: string; text: () => string } {
  const kind = core.u16(at + abi.EVENT_KIND);
  const path = CORE_EVENTS[kind] ?? "";
  return { path, text: () => (kind < abi.EVENT_TREE_STATE ? addressText(core, at) : treeText(core, at, kind)) };
}

function octet(value: number): string {
  return value.toString(16).padStart(2, "0");
}

/** An address event has the VLAN in hexadecimal with its low octet first, whatever that is good for. */
function addressText(core: Core, at: number): string {
  const { mac, vlan } = readKey(core, at + abi.EVENT_KEY);
  return `${mac} VLAN ${octet(vlan & 255)}:${octet(vlan >> 8)} Port ${core.u16(at + abi.EVENT_PORT)}`;
}

/** One of spanning tree has it the other way round. */
function treeText(core: Core, at: number, kind: number): string {
  const vlan = core.u16(at + abi.EVENT_OTHER_PORT);
  const port = core.u16(at + abi.EVENT_PORT);
  const shown = port === abi.PORT_NONE ? 0 : port;
  const place = `Port ${String(shown).padStart(4, "0")} VLAN ${octet(vlan >> 8)}:${octet(vlan & 255)}`;
  if (kind === abi.EVENT_TREE_ROOT) return `${place} -> ${idText(core, at + abi.EVENT_KEY)}`;
  if (kind !== abi.EVENT_TREE_STATE) return place;
  return `${place} ${["discarding", "learning", "learning+forwarding"][core.u8(at + abi.EVENT_KEY)]}`;
}
