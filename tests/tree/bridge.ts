// A bridge of a simulated network: a core whose ports lead to simulated cables, and what its spanning tree says.

import * as abi from "../../assembly/abi.js";
import { Core } from "../../host/core.js";
import { eachDirty, startCore } from "../../host/engine.js";
import type { Frame } from "../../host/link.js";
import { loadCore } from "../../host-node/wasm.js";
import { SECRET } from "../lab.js";

export const ROLES = ["Disabled", "Root", "Designated", "Alternate", "Backup"] as const;
export type Role = (typeof ROLES)[number];
export type State = "Discarding" | "Learning" | "Forwarding";

/**
 * How a bridge speaks: as these switches do; as the standard has it, without their mark; as 802.1D-1998 has it, which hears
 * nothing that is rapid; not at all, with BPDUs led through (off), or swallowed (dumb).
 */
export type Dialect = "own" | "rstp" | "stp" | "off" | "dumb";

export interface PortSettings {
  readonly cost?: number;
  readonly priority?: number;
  /** SPAN_* */
  readonly options?: number;
}

/** Where frames are put together: nothing here runs beside anything else. */
const room = new Uint8Array(abi.FRAME_MAX);

export class Bridge {
  readonly core: Core;
  readonly #functions = loadCore();
  /** The endpoint in each port that is plugged, and the port of each endpoint. */
  readonly #endpoints = new Map<number, number>();
  readonly #ports = new Map<number, number>();
  /** Whether it gives each port the standard's Edge Delay. */
  #isPatient = false;

  constructor() {
    this.core = new Core(this.#functions.memory.buffer, (name, ...args) => this.#functions[name](...args));
    startCore(this.core, BigUint64Array.from(SECRET));
  }

  /** Sets it up afresh: no cables, no ports but the ones that come, and spanning tree on. */
  reset(mac: readonly number[], priority: number, nowMs: number): void {
    this.core.setU32(abi.CONFIG + abi.CONFIG_NOW_MS, nowMs);
    for (const port of [...this.#endpoints.keys()]) this.unplug(port, nowMs);
    for (let port = 0; port <= abi.PORT_MAX; port++) if (this.#exists(port)) this.#functions.portRemove(port);
    this.#isPatient = false;
    this.core.octets.set(mac, abi.CONFIG + abi.CONFIG_MAC);
    for (let vid = 1; vid <= abi.VLAN_MAX; vid++) if (this.#isMade(vid)) this.#functions.vlanRemove(vid);
    this.core.setU8(abi.CONFIG + abi.CONFIG_STP_ONLY, 0);
    this.core.setU8(abi.CONFIG + abi.CONFIG_TX_HOLD, abi.TX_HOLD_DEFAULT);
    this.core.setU8(abi.CONFIG + abi.CONFIG_TRANSPARENT, 0);
    this.setTimes(abi.HELLO_S_DEFAULT, abi.MAX_AGE_S_DEFAULT, abi.FORWARD_DELAY_S_DEFAULT);
    this.core.setU8(abi.CONFIG + abi.CONFIG_FSTP, 1);
    this.core.setU16(abi.TREES + abi.TREE_PRIORITY, priority);
    this.#functions.fstpUpdate();
  }

  #exists(port: number): boolean {
    return this.core.u8(abi.PORTS + port * abi.PORT_SIZE) !== abi.PORT_FREE;
  }

  #isMade(vid: number): boolean {
    return this.core.u32(abi.VLANS + vid * abi.VLAN_SIZE + abi.VLAN_CREATED) === 1;
  }

  setTimes(hello: number, maxAge: number, forwardDelay: number): void {
    this.core.setU8(abi.CONFIG + abi.CONFIG_HELLO_S, hello);
    this.core.setU8(abi.CONFIG + abi.CONFIG_MAX_AGE_S, maxAge);
    this.core.setU8(abi.CONFIG + abi.CONFIG_FORWARD_DELAY_S, forwardDelay);
    this.#functions.fstpUpdate();
  }

  /** Speaks as others do: see Dialect. */
  speak(dialect: Dialect, nowMs: number): void {
    this.#isPatient = dialect === "rstp";
    if (dialect === "stp") this.core.setU8(abi.CONFIG + abi.CONFIG_STP_ONLY, 1);
    if (dialect === "stp") this.core.setU8(abi.CONFIG + abi.CONFIG_TX_HOLD, 1); // HoldTime, 802.1D-1998 8.10
    if (dialect === "off") this.core.setU8(abi.CONFIG + abi.CONFIG_TRANSPARENT, 1);
    if (dialect === "off" || dialect === "dumb") this.core.setU8(abi.CONFIG + abi.CONFIG_FSTP, 0);
    this.call(nowMs, "fstpUpdate");
  }

  /** Turns spanning tree off and on again: `fstp/setfstp`. */
  turnOnAnew(nowMs: number): void {
    for (const on of [0, 1]) {
      this.core.setU8(abi.CONFIG + abi.CONFIG_FSTP, on);
      this.call(nowMs, "fstpUpdate");
    }
  }

  setPort(port: number, { cost, priority, options }: PortSettings, nowMs: number): void {
    this.core.setU32(abi.CONFIG + abi.CONFIG_NOW_MS, nowMs);
    if (!this.#exists(port)) this.#functions.portCreate(port);
    const span = abi.SPANS + port * abi.SPAN_SIZE;
    if (cost !== undefined) this.core.setU32(span + abi.SPAN_COST, cost);
    if (priority !== undefined) this.core.setU8(span + abi.SPAN_PRIORITY, priority);
    if (options !== undefined) this.core.setU8(span + abi.SPAN_OPTIONS, options);
    this.#functions.fstpUpdate();
  }

  setPriority(priority: number, nowMs: number, tree = 0): void {
    this.core.setU32(abi.CONFIG + abi.CONFIG_NOW_MS, nowMs);
    this.core.setU16(abi.TREES + tree * abi.TREE_SIZE + abi.TREE_PRIORITY, priority);
    this.#functions.fstpUpdate();
  }

  /** Calls a function of the core at a time. */
  call(nowMs: number, ...[name, ...args]: Parameters<Core["call"]>): number {
    this.core.setU32(abi.CONFIG + abi.CONFIG_NOW_MS, nowMs);
    return this.core.call(name, ...args);
  }

  plug(port: number, nowMs: number): void {
    if (this.#endpoints.has(port)) return;
    if (!this.#exists(port)) this.#functions.portCreate(port);
    this.core.setU8(abi.SPANS + port * abi.SPAN_SIZE + abi.SPAN_DISTANT, this.#isPatient ? 1 : 0);
    const endpoint = this.call(nowMs, "plug", port, abi.KIND_SOCKET, -1, 0);
    this.#endpoints.set(port, endpoint);
    this.#ports.set(endpoint, port);
  }

  unplug(port: number, nowMs: number): void {
    const endpoint = this.#endpoints.get(port);
    if (endpoint === undefined) return;
    this.#endpoints.delete(port);
    this.#ports.delete(endpoint);
    this.call(nowMs, "unplug", endpoint);
  }

  /** Whether a port is plugged, and takes part in a VLAN's tree. */
  isIn(port: number, vid: number): boolean {
    return (
      this.#endpoints.has(port) && this.core.has(abi.TREES + this.treeOf(vid) * abi.TREE_SIZE + abi.TREE_MEMBERS, port)
    );
  }

  /** Whether a port is plugged, and forwards in a VLAN, with spanning tree or without. */
  isOpen(port: number, vid: number): boolean {
    return this.isForwarding(port, vid) && this.#endpoints.has(port) && (this.isIn(port, vid) || !this.#hasTree());
  }

  #hasTree(): boolean {
    return this.core.u8(abi.CONFIG + abi.CONFIG_FSTP) === 1;
  }

  /** Whether BPDU guard has shut a port. */
  isShut(port: number): boolean {
    return this.core.u8(abi.SPANS + port * abi.SPAN_SIZE + abi.SPAN_SHUT) === 1;
  }

  isPlugged(port: number): boolean {
    return this.#endpoints.has(port);
  }

  receive(port: number, frame: Frame, nowMs: number): void {
    const endpoint = this.#endpoints.get(port);
    if (endpoint === undefined) return;
    this.core.octets.set(frame, this.core.u64(this.core.u64(abi.RX + abi.MMSGHDR_IOV)));
    this.core.setU32(abi.RX + abi.MMSGHDR_FRAME_SIZE, frame.length);
    this.core.setU32(abi.RX + abi.MMSGHDR_FLAGS, 0);
    this.#functions.receive(endpoint, 1, nowMs);
  }

  /** Lets it do what is due. Returns when it wants to be asked again. */
  tick(nowMs: number): number {
    return nowMs + (this.#functions.tick(nowMs) >>> 0);
  }

  /** Whether something is due earlier than the last tick said. */
  isHurried(): boolean {
    return this.core.u32(abi.CONFIG + abi.CONFIG_TICK_SOON) !== 0;
  }

  /** Hands out what the core has to send, by port. */
  drain(each: (port: number, frame: Frame) => void): void {
    if (this.core.u32(abi.CONFIG + abi.CONFIG_DIRTY_COUNT) === 0) return;
    const out: [number, Frame][] = [];
    eachDirty(this.core, (endpoint) => {
      for (let count = this.#functions.prepare(endpoint); count > 0; count = this.#functions.prepare(endpoint)) {
        const port = this.#ports.get(endpoint) ?? 0;
        for (let i = 0; i < count; i++) out.push([port, this.#gather(abi.TX + i * abi.MMSGHDR_SIZE)]);
        this.#functions.sent(endpoint, count);
      }
    });
    for (const [port, frame] of out) each(port, frame);
  }

  #gather(message: number): Frame {
    const pieces = this.core.u64(message + abi.MMSGHDR_IOV);
    const count = this.core.u64(message + abi.MMSGHDR_IOV_COUNT);
    let size = 0;
    for (let i = 0; i < count; i++) {
      const piece = pieces + i * abi.IOVEC_SIZE;
      const at = this.core.u64(piece + abi.IOVEC_BASE);
      const end = at + this.core.u64(piece + abi.IOVEC_OCTETS);
      room.set(this.core.octets.subarray(at, end), size);
      size += end - at;
    }
    return room.slice(0, size);
  }

  isForwarding(port: number, vid = 0): boolean {
    return !this.core.has(abi.VLANS + vid * abi.VLAN_SIZE + abi.VLAN_NOT_FORWARDING, port);
  }

  stateOf(port: number, vid = 0): State {
    if (!this.#endpoints.has(port)) return "Discarding";
    if (this.isForwarding(port, vid)) return "Forwarding";
    const learns = !this.core.has(abi.VLANS + vid * abi.VLAN_SIZE + abi.VLAN_NOT_LEARNING, port);
    return learns ? "Learning" : "Discarding";
  }

  treeOf(vid: number): number {
    return this.core.u32(abi.VLANS + vid * abi.VLAN_SIZE + abi.VLAN_TREE);
  }

  branchOf(port: number, vid = 0): number {
    return abi.BRANCHES + (this.treeOf(vid) * abi.PORT_COUNT + port) * abi.BRANCH_SIZE;
  }

  roleOf(port: number, vid = 0): Role {
    return ROLES[this.core.u8(this.branchOf(port, vid) + abi.BRANCH_ROLE)] ?? "Disabled";
  }

  /** What it takes for the root, and the way there. */
  root(vid = 0): { rootId: bigint; cost: number; port: number } {
    const at = abi.TREES + this.treeOf(vid) * abi.TREE_SIZE;
    const port = this.core.u16(at + abi.TREE_ROOT_PORT);
    const rootId = new DataView(this.core.octets.buffer).getBigUint64(at + abi.TREE_ROOT_ID, true);
    return { rootId, cost: this.core.u32(at + abi.TREE_COST), port: port === abi.PORT_NONE ? 0 : port };
  }
}
