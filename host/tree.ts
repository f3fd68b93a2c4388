// A spanning tree and its branches, read from the core's memory.

import * as abi from "../assembly/abi.js";
import type { Core } from "./core.js";

export type Role = "Disabled" | "Root" | "Designated" | "Alternate" | "Backup";
export type Peer = "none" | "rstp" | "stp" | "vde" | "etherloom";

export interface Tree {
  /** Identifiers as VDE prints them: eight octets, the priority's first. */
  readonly ownId: string;
  readonly rootId: string;
  /** The bridge on the way to the root; undefined in the root. */
  readonly bridgeId: string | undefined;
  readonly rootPort: number | undefined;
  readonly cost: number;
  /** Since the root was last heard of; undefined in the root. */
  readonly ageMs: number | undefined;
  /** Topology changes, and the time since the last one. */
  readonly changes: number;
  readonly changedMs: number;
}

export interface Branch {
  readonly role: Role;
  readonly peer: Peer;
  /** The designated bridge of what the port is plugged into. */
  readonly bridgeId: string;
  readonly isEdge: boolean;
  /** Whether a bridge that says nothing is behind it, by the loop probes that came from there. */
  readonly isBridged: boolean;
  readonly isPointToPoint: boolean;
  /** BPDUs. */
  readonly rx: number;
  readonly tx: number;
}

const ROLES: readonly Role[] = ["Disabled", "Root", "Designated", "Alternate", "Backup"];
const PEERS: readonly Peer[] = ["none", "rstp", "vde", "etherloom"];

/** A bridge's identifier, which lies in memory with its lowest octet first. */
export function idText(core: Core, address: number): string {
  const octets = Array.from(core.octets.subarray(address, address + 8)).reverse();
  return octets.map((octet) => octet.toString(16).padStart(2, "0")).join(":");
}

function branchAt(tree: number, port: number): number {
  return abi.BRANCHES + (tree * abi.PORT_COUNT + port) * abi.BRANCH_SIZE;
}

export function readTree(core: Core, number: number, nowMs: number): Tree {
  const at = abi.TREES + number * abi.TREE_SIZE;
  const port = core.u16(at + abi.TREE_ROOT_PORT);
  const isRoot = port === abi.PORT_NONE;
  const heardMs = core.u32(branchAt(number, isRoot ? 0 : port) + abi.BRANCH_HEARD_MS);
  return {
    ownId: idText(core, at + abi.TREE_OWN_ID),
    rootId: idText(core, at + abi.TREE_ROOT_ID),
    bridgeId: isRoot ? undefined : idText(core, at + abi.TREE_BRIDGE_ID),
    rootPort: isRoot ? undefined : port,
    cost: core.u32(at + abi.TREE_COST),
    ageMs: isRoot ? undefined : (nowMs - heardMs) >>> 0,
    changes: core.u32(at + abi.TREE_CHANGES),
    changedMs: (nowMs - core.u32(at + abi.TREE_CHANGED_MS)) >>> 0,
  };
}

export function readBranch(core: Core, tree: number, port: number): Branch | undefined {
  if (!core.has(abi.TREES + tree * abi.TREE_SIZE + abi.TREE_MEMBERS, port)) return undefined;
  const at = branchAt(tree, port);
  const flags = core.u32(at + abi.BRANCH_FLAGS);
  const peer = PEERS[core.u8(at + abi.BRANCH_PEER)] ?? "none";
  return {
    role: ROLES[core.u8(at + abi.BRANCH_ROLE)] ?? "Disabled",
    peer: peer === "rstp" && (flags & abi.BRANCH_STP) !== 0 ? "stp" : peer,
    bridgeId: idText(core, at + abi.BRANCH_BRIDGE_ID),
    isEdge: (flags & abi.BRANCH_EDGE) !== 0,
    isBridged: (flags & abi.BRANCH_BRIDGED) !== 0,
    isPointToPoint: (flags & abi.BRANCH_POINT_TO_POINT) !== 0,
    rx: core.u32(at + abi.BRANCH_RX),
    tx: core.u32(at + abi.BRANCH_TX),
  };
}
