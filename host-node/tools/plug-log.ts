// What vde_plug tells the system's log: who came and went, and which addresses came from where.

import type { Side } from "../cable/side.js";
import { syslog } from "../cli/log.js";
import { findGroup, userName } from "../native/accounts.js";
import { addressText } from "../native/address.js";

const TYPE_VLAN = 0x8100;
const TYPE_IPV4 = 0x0800;
const TYPE_IPV6 = 0x86dd;
/** More than one network has: beyond it, what was seen is forgotten. */
const SEEN_MAX = 65_536;

export interface PlugLog {
  say(what: "START" | "STOP" | "FAILED"): void;
  /** Whether the addresses of this user are wanted, who came by a login shell. */
  readonly wantsAddresses: boolean;
  /** Tells of each address that comes from here. */
  watch(side: Side): void;
}

export function plugLog(program: string): PlugLog {
  const log = syslog(program);
  const user = userName(process.getuid?.() ?? 0);
  const from = process.env["SSH_CLIENT"]?.split(" ")[0] ?? "UNKNOWN_IP_ADDRESS";
  const seen = new Set<string>();
  const look = (frame: Uint8Array) => {
    const found = addressOf(frame);
    if (found === undefined || seen.has(found)) return;
    if (seen.size === SEEN_MAX) seen.clear();
    seen.add(found);
    log(`user ${user} Real-IP ${from} has got ${found}`);
  };
  return {
    say: (what) => log(`${what}: user ${user} IP ${from}`),
    wantsAddresses: (process.getgroups?.() ?? []).includes(findGroup("vdeplug_iplog") ?? -1),
    watch: (side) => watch(side, look),
  };
}

function watch(side: Side, look: (frame: Uint8Array) => void): void {
  const read = side.read.bind(side);
  side.read = () => {
    const count = read();
    for (let i = 0; i < count; i++) look(side.batch.frame(i));
    return count;
  };
}

/** "VDE-IP4 10.0.0.1 on vlan 0", of a frame with an IP packet in it. */
function addressOf(frame: Uint8Array): string | undefined {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
  const isTagged = frame.length >= 18 && view.getUint16(12) === TYPE_VLAN;
  const at = isTagged ? 18 : 14;
  const vlan = isTagged ? view.getUint16(14) & 0xfff : 0;
  const type = frame.length < at ? 0 : view.getUint16(at - 2);
  if (type === TYPE_IPV4 && frame.length >= at + 20 && view.getUint8(at) === 0x45)
    return `VDE-IP4 ${addressText(frame.subarray(at + 12, at + 16))} on vlan ${vlan}`;
  if (type === TYPE_IPV6 && frame.length >= at + 40 && view.getUint8(at) === 0x60)
    return `VDE-IP6 ${addressText(frame.subarray(at + 8, at + 24))} on vlan ${vlan}`;
  return undefined;
}
