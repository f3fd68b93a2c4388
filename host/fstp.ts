// Spanning tree as a manager sees it: what is set. The protocol itself is the core's.

import * as abi from "../assembly/abi.js";
import type { Core } from "./core.js";
import { refuse, whole } from "./errors.js";
import type { Ports } from "./ports.js";
import type { Vlans } from "./vlans.js";

function at(vlan: number): number {
  return abi.VLANS + vlan * abi.VLAN_SIZE;
}

export class Fstp {
  readonly #core: Core;
  readonly #vlans: Vlans;
  readonly #ports: Ports;

  constructor(core: Core, vlans: Vlans, ports: Ports) {
    this.#core = core;
    this.#vlans = vlans;
    this.#ports = ports;
    this.priority = 0x8000;
  }

  get enabled(): boolean {
    return this.#core.u8(abi.CONFIG + abi.CONFIG_FSTP) === 1;
  }

  /** Turns it on or off. EBUSY in a hub, which has no ports to block. */
  set enabled(on: boolean) {
    if (on && this.#core.u8(abi.CONFIG + abi.CONFIG_HUB) === 1) refuse("EBUSY", "Can't use fstp in hub mode");
    this.#core.setU8(abi.CONFIG + abi.CONFIG_FSTP, on ? 1 : 0);
  }

  /** Bridge priority, 0 to 65535; the lowest is root. 802.1D-2004 9.2.5. */
  get priority(): number {
    return this.#core.u16(abi.CONFIG + abi.CONFIG_PRIORITY);
  }

  set priority(priority: number) {
    whole(priority, 0, 0xffff, "the priority is 0 to 65535");
    this.#core.setU16(abi.CONFIG + abi.CONFIG_PRIORITY, priority);
  }

  isEdge(vlan: number, port: number): boolean {
    return this.#core.has(at(vlan) + abi.VLAN_EDGE, port);
  }

  /** Says that no bridge is behind a port. The port need not exist yet. */
  setEdge(vlan: number, port: number, on: boolean): void {
    this.#require(vlan, port);
    this.#core.put(at(vlan) + abi.VLAN_EDGE, port, on);
  }

  /** The one port of a VLAN that VDE's cost bonus is for, and the bonus. */
  bonus(vlan: number): { port: number; cost: number } {
    return { port: this.#core.u32(at(vlan) + abi.VLAN_BONUS_PORT), cost: this.#core.u32(at(vlan) + abi.VLAN_BONUS) };
  }

  /** Takes `cost` off the path by a port. */
  setBonus(vlan: number, port: number, cost: number): void {
    this.#require(vlan, port);
    this.#core.setU32(at(vlan) + abi.VLAN_BONUS_PORT, port);
    this.#core.setU32(at(vlan) + abi.VLAN_BONUS, cost);
  }

  #require(vlan: number, port: number): void {
    this.#vlans.require(vlan);
    whole(port, 0, this.#ports.count, `ports are 0 to ${this.#ports.count}`);
  }
}
