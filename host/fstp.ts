// Spanning tree as a manager sees it: what is set, and what came of it. The protocol itself is the core's.

import * as abi from "../assembly/abi.js";
import type { Core } from "./core.js";
import type { Engine } from "./engine.js";
import { refuse, whole } from "./errors.js";
import type { Ports } from "./ports.js";
import { type Branch, readBranch, readTree, type Tree } from "./tree.js";
import type { Vlans } from "./vlans.js";

/** What can be set for a port, by the name that a manager calls it. */
export const OPTIONS = {
  rootguard: abi.SPAN_ROOT_GUARD,
  bpduguard: abi.SPAN_BPDU_GUARD,
  bpdufilter: abi.SPAN_BPDU_FILTER,
  loopguard: abi.SPAN_LOOP_GUARD,
  tcnguard: abi.SPAN_TCN_GUARD,
  noautoedge: abi.SPAN_NO_AUTO_EDGE,
  shared: abi.SPAN_SHARED,
} as const;

export type Option = keyof typeof OPTIONS;

export interface Times {
  /** Seconds between hellos, 1 to 10. */
  readonly hello: number;
  /** Seconds that information lasts, and so bridges that a way may have: 6 to 40. */
  readonly maxAge: number;
  /** Seconds in each state where no neighbour agrees, 4 to 30. */
  readonly forwardDelay: number;
}

function at(vlan: number): number {
  return abi.VLANS + vlan * abi.VLAN_SIZE;
}

function spanOf(port: number): number {
  return abi.SPANS + port * abi.SPAN_SIZE;
}

export class Fstp {
  readonly #core: Core;
  readonly #nowMs: () => number;
  readonly #vlans: Vlans;
  readonly #ports: Ports;

  constructor(engine: Engine, vlans: Vlans, ports: Ports) {
    this.#core = engine.core;
    this.#nowMs = () => engine.nowMs();
    this.#vlans = vlans;
    this.#ports = ports;
    this.update();
  }

  /** Lets the core take in what was set. */
  update(): void {
    this.#core.call("fstpUpdate");
  }

  get enabled(): boolean {
    return this.#core.u8(abi.CONFIG + abi.CONFIG_FSTP) === 1;
  }

  /** Turns it on or off. EBUSY in a hub, which has no ports to block. */
  set enabled(on: boolean) {
    if (on && this.#core.u8(abi.CONFIG + abi.CONFIG_HUB) === 1) refuse("EBUSY", "Can't use fstp in hub mode");
    this.#core.setU8(abi.CONFIG + abi.CONFIG_FSTP, on ? 1 : 0);
    this.update();
  }

  /** Bridge priority, 0 to 65535; the lowest is root. 802.1D-2004 9.2.5. */
  get priority(): number {
    return this.#core.u16(abi.CONFIG + abi.CONFIG_PRIORITY);
  }

  /** Sets it for every tree, and for those to come. */
  set priority(priority: number) {
    whole(priority, 0, 0xffff, "the priority is 0 to 65535");
    this.#core.setU16(abi.CONFIG + abi.CONFIG_PRIORITY, priority);
    for (let number = 0; number < abi.TREE_COUNT; number++)
      this.#core.setU16(abi.TREES + number * abi.TREE_SIZE + abi.TREE_PRIORITY, priority);
    this.update();
  }

  /** Sets the priority in the tree of one VLAN. EINVAL where it has none of its own. */
  setPriority(vlan: number, priority: number): void {
    this.#vlans.require(vlan);
    whole(priority, 0, 0xffff, "the priority is 0 to 65535");
    const number = this.treeOf(vlan);
    if (vlan !== 0 && number === 0) refuse("EINVAL", `VLAN ${vlan} follows the tree of VLAN 0`);
    this.#core.setU16(abi.TREES + number * abi.TREE_SIZE + abi.TREE_PRIORITY, priority);
    this.update();
  }

  get times(): Times {
    const second = (field: number) => this.#core.u8(abi.CONFIG + field);
    return {
      hello: second(abi.CONFIG_HELLO_S),
      maxAge: second(abi.CONFIG_MAX_AGE_S),
      forwardDelay: second(abi.CONFIG_FORWARD_DELAY_S),
    };
  }

  /** Sets them. EINVAL outside their bounds, and where they do not fit each other: 802.1D-2004 17.14. */
  set times({ hello, maxAge, forwardDelay }: Times) {
    whole(hello, 1, 10, "hello is 1 to 10");
    whole(maxAge, 6, 40, "max age is 6 to 40");
    whole(forwardDelay, 4, 30, "forward delay is 4 to 30");
    if (2 * (forwardDelay - 1) < maxAge) refuse("EINVAL", "max age is at most twice the forward delay less 1 s");
    if (maxAge < 2 * (hello + 1)) refuse("EINVAL", "max age is at least twice the hello time and 1 s");
    this.#core.setU8(abi.CONFIG + abi.CONFIG_HELLO_S, hello);
    this.#core.setU8(abi.CONFIG + abi.CONFIG_MAX_AGE_S, maxAge);
    this.#core.setU8(abi.CONFIG + abi.CONFIG_FORWARD_DELAY_S, forwardDelay);
    this.update();
  }

  /** How many BPDUs a port sends in a second, 1 to 10; equals are not held. */
  get txHold(): number {
    return this.#core.u8(abi.CONFIG + abi.CONFIG_TX_HOLD);
  }

  set txHold(count: number) {
    whole(count, 1, 10, "the hold count is 1 to 10");
    this.#core.setU8(abi.CONFIG + abi.CONFIG_TX_HOLD, count);
  }

  /** Whether it speaks as 802.1D-1998 does, to all. */
  get stpOnly(): boolean {
    return this.#core.u8(abi.CONFIG + abi.CONFIG_STP_ONLY) === 1;
  }

  /** Sets it. Ports that take part begin anew. */
  set stpOnly(on: boolean) {
    const { enabled } = this;
    this.#core.setU8(abi.CONFIG + abi.CONFIG_FSTP, 0);
    this.update();
    this.#core.setU8(abi.CONFIG + abi.CONFIG_STP_ONLY, on ? 1 : 0);
    this.#core.setU8(abi.CONFIG + abi.CONFIG_FSTP, enabled ? 1 : 0);
    this.update();
  }

  isEdge(vlan: number, port: number): boolean {
    return this.#core.has(at(vlan) + abi.VLAN_EDGE, port);
  }

  /** Says that no bridge is behind a port, until the port or the VLAN is removed. Neither port nor cable need be there. */
  setEdge(vlan: number, port: number, on: boolean): void {
    this.#require(vlan, port);
    this.#core.put(at(vlan) + abi.VLAN_EDGE, port, on);
    this.update();
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
    this.update();
  }

  /** Path cost of a port, 1 to 200,000,000. 802.1D-2004 17.14. */
  cost(port: number): number {
    return this.#core.u32(spanOf(port) + abi.SPAN_COST) || abi.COST_DEFAULT;
  }

  setCost(port: number, cost: number): void {
    this.#ports.get(port);
    whole(cost, 1, 200_000_000, "a cost is 1 to 200000000");
    this.#core.setU32(spanOf(port) + abi.SPAN_COST, cost);
    this.update();
  }

  /** Priority of a port among those of a bridge, a multiple of 16 up to 240. */
  portPriority(port: number): number {
    return this.#core.u8(spanOf(port) + abi.SPAN_PRIORITY);
  }

  setPortPriority(port: number, priority: number): void {
    this.#ports.get(port);
    whole(priority, 0, 240, "a port's priority is 0 to 240");
    if (priority % 16 !== 0) refuse("EINVAL", "a port's priority is a multiple of 16");
    this.#core.setU8(spanOf(port) + abi.SPAN_PRIORITY, priority);
    this.update();
  }

  /** What is set for a port beside that. */
  options(port: number): Option[] {
    const options = this.#core.u8(spanOf(port) + abi.SPAN_OPTIONS);
    return (Object.keys(OPTIONS) as Option[]).filter((name) => (options & OPTIONS[name]) !== 0);
  }

  setOption(port: number, option: Option, on: boolean): void {
    this.#ports.get(port);
    const address = spanOf(port) + abi.SPAN_OPTIONS;
    const options = this.#core.u8(address);
    this.#core.setU8(address, on ? options | OPTIONS[option] : options & ~OPTIONS[option]);
    this.update();
  }

  /** Lets a port that fell back to STP try rapid spanning tree again. EINVAL where nothing else is spoken. */
  check(port: number): void {
    this.#ports.get(port);
    if (this.stpOnly) refuse("EINVAL", "fstp/setstp lets every port speak STP only");
    this.#core.call("fstpCheck", port);
  }

  /** Whether BPDU guard has shut a port. Unplugging it opens it again. */
  isShut(port: number): boolean {
    return this.#core.u8(spanOf(port) + abi.SPAN_SHUT) === 1;
  }

  /** The number of the tree that a VLAN is in; 0 is the common one. */
  treeOf(vlan: number): number {
    return this.#core.u32(at(vlan) + abi.VLAN_TREE);
  }

  /** The tree of a VLAN as it stands. */
  tree(vlan: number): Tree {
    return readTree(this.#core, this.treeOf(vlan), this.#nowMs());
  }

  /** A port in the tree of a VLAN; undefined where it takes no part. */
  branch(vlan: number, port: number): Branch | undefined {
    return readBranch(this.#core, this.treeOf(vlan), port);
  }

  #require(vlan: number, port: number): void {
    this.#vlans.require(vlan);
    this.#ports.requireInRange(port);
  }
}
