// The VLANs of a switch as a manager sees them.

import * as abi from "../assembly/abi.js";
import type { Core } from "./core.js";
import { refuse, whole } from "./errors.js";
import type { Ports } from "./ports.js";

/** A port in a VLAN. */
export interface Member {
  readonly port: number;
  readonly tagged: boolean;
  readonly open: boolean;
  /** 802.1D-2004 7.4. */
  readonly state: "discarding" | "learning" | "forwarding";
}

function sets(vid: number): number {
  return abi.VLANS + vid * abi.VLAN_SIZE;
}

export class Vlans {
  readonly #core: Core;
  readonly #ports: Ports;

  constructor(core: Core, ports: Ports) {
    this.#core = core;
    this.#ports = ports;
  }

  has(vid: number): boolean {
    return vid >= 0 && vid <= abi.VLAN_MAX && this.#core.u32(sets(vid) + abi.VLAN_CREATED) === 1;
  }

  /** The VLANs that were made, in order. */
  *list(): Generator<number> {
    for (let vid = 0; vid <= abi.VLAN_MAX; vid++) if (this.has(vid)) yield vid;
  }

  /** EINVAL where there can be no such VLAN, ENXIO where there is none. */
  require(vid: number): number {
    whole(vid, 0, abi.VLAN_MAX, `VLANs are 0 to ${abi.VLAN_MAX}`);
    if (!this.has(vid)) refuse("ENXIO", `there is no VLAN ${vid}: make it with vlan/create`);
    return vid;
  }

  create(vid: number): void {
    whole(vid, 1, abi.VLAN_MAX, `a VLAN is 1 to ${abi.VLAN_MAX}`);
    if (this.has(vid)) refuse("EEXIST", `VLAN ${vid} is there already`);
    this.#core.call("vlanCreate", vid);
  }

  /** EADDRINUSE where a port is in it. VLAN 0 is where every new port is, and stays. */
  remove(vid: number): void {
    this.require(vid);
    const [member] = this.members(vid, { trunks: false });
    if (member !== undefined) refuse("EADDRINUSE", `port ${member.port} is in VLAN ${vid}`);
    if (vid === 0) refuse("EINVAL", "VLAN 0 is where new ports are, and stays");
    this.#core.call("vlanRemove", vid);
  }

  /** Makes a port a tagged member. Nothing changes where the VLAN is its untagged one. */
  addPort(vid: number, port: number): void {
    this.require(vid);
    this.#ports.get(port);
    this.#core.call("vlanJoin", vid, port);
  }

  /** Takes a tagged member out. EADDRINUSE where the VLAN is the port's untagged one. */
  removePort(vid: number, port: number): void {
    this.require(vid);
    this.#ports.get(port);
    if (this.pvid(port) === vid) refuse("EADDRINUSE", `VLAN ${vid} is the untagged one of port ${port}: port/setvlan`);
    this.#core.call("vlanLeave", vid, port);
  }

  /** The VLAN of a port's untagged frames; VLAN_NONE for none. */
  pvid(port: number): number {
    return this.#core.u16(abi.PORTS + port * abi.PORT_SIZE + abi.PORT_PVID);
  }

  /** Sets it. VLAN_NONE lets no untagged frame in. */
  setPvid(port: number, vid: number): void {
    if (vid !== abi.VLAN_NONE) this.require(vid);
    this.#ports.get(port);
    this.#core.call("portSetPvid", port, vid);
  }

  /** Whether a port carries every VLAN tagged, those too that nobody made. */
  isTrunk(port: number): boolean {
    return this.#core.u8(abi.PORTS + port * abi.PORT_SIZE + abi.PORT_TRUNK) === 1;
  }

  setTrunk(port: number, on: boolean): void {
    this.#ports.get(port);
    this.#core.call("portSetTrunk", port, on ? 1 : 0);
  }

  /** Whether frames of a VLAN may come in at a port. */
  isMember(vid: number, port: number): boolean {
    const isListed = [abi.VLAN_UNTAGGED, abi.VLAN_TAGGED].some((set) => this.#core.has(sets(vid) + set, port));
    return isListed || (vid !== 0 && this.isTrunk(port));
  }

  /** The ports in a VLAN, by number; those that trunk among them, unless told otherwise. */
  members(vid: number, { trunks = true } = {}): Member[] {
    return this.#ports.list().flatMap(({ id, endpoints }) => {
      const untagged = this.#core.has(sets(vid) + abi.VLAN_UNTAGGED, id);
      const tagged = this.#core.has(sets(vid) + abi.VLAN_TAGGED, id) || (trunks && vid !== 0 && this.isTrunk(id));
      if (!untagged && !tagged) return [];
      return [{ port: id, tagged: !untagged, open: endpoints.length > 0, state: this.#state(vid, id) }];
    });
  }

  #state(vid: number, port: number): Member["state"] {
    if (!this.#core.has(sets(vid) + abi.VLAN_NOT_FORWARDING, port)) return "forwarding";
    return this.#core.has(sets(vid) + abi.VLAN_NOT_LEARNING, port) ? "discarding" : "learning";
  }
}
