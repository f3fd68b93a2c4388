// What the commands for ports print, and the names that they read.

import * as abi from "../../assembly/abi.js";
import { refuse } from "../errors.js";
import { isIdle, type Port } from "../ports.js";
import type { Switch } from "../switch.js";
import type { System } from "../system.js";
import { four } from "./text.js";

interface Target {
  readonly switch: Switch;
  readonly system: Pick<System, "userName" | "groupName">;
}

/** What VDE shows, and what was set here that VDE has not. */
export function* showInfo(sw: Switch): Generator<string> {
  yield `Numports=${sw.ports.count}`;
  yield `HUB=${sw.hub}`;
  yield "counters=true";
  if (sw.transparent) yield "transparent=true";
  if (sw.mtu !== abi.MTU_DEFAULT) yield `mtu=${sw.mtu}`;
  if (sw.queueLimit !== abi.QUEUE_LIMIT_DEFAULT) yield `defqlen=${sw.queueLimit}`;
}

/** The ports that there are, or one of them; with `open`, those that have endpoints. */
export function* print({ switch: sw, system }: Target, only: number | undefined, { open = false } = {}) {
  for (const port of chosen(sw, only, open)) {
    const active = port.endpoints.length > 0 ? "ACTIVE" : "INACTIVE";
    const trunk = sw.vlans.isTrunk(port.id) ? " - Trunk" : "";
    const any = port.allocatable ? "" : "NOT ";
    yield `Port ${four(port.id)} untagged_vlan=${four(sw.vlans.pvid(port.id))} ${active} - ${any}Unnamed Allocatable${trunk}`;
    const user = port.user === undefined ? "NONE" : system.userName(port.user);
    const group = port.group === undefined ? "NONE" : system.groupName(port.group);
    yield ` Current User: ${currentUser(port, system)} Access Control: (User: ${user} - Group: ${group})`;
    yield* counters(sw, port);
    for (const { id, plug, description } of port.endpoints)
      yield `  -- endpoint ID ${four(id)} module ${plug.module.padEnd(12)}: ${description || "no endpoint description"}`;
    for (const { description } of port.awaited) yield `  -- awaited     : ${description}`;
  }
}

/** What a port counted, what it lost and why, and what waits for its endpoints. */
export function* stats(sw: Switch, only: number | undefined): Generator<string> {
  for (const port of chosen(sw, only, false)) {
    const { addresses, drops } = sw.counters(port.id);
    yield `Port ${four(port.id)} addresses=${addresses} limit=${sw.fdb.portLimit(port.id)}`;
    yield* counters(sw, port);
    for (const [reason, count] of Object.entries(drops)) yield ` drop ${reason} ${count}`;
    for (const endpoint of port.endpoints) {
      const { limit, waiting, sent, dropped, kernel } = sw.queueOf(endpoint);
      yield `  -- endpoint ID ${four(endpoint.id)} limit=${limit} waiting=${waiting} sent=${sent} dropped=${dropped} kernel=${kernel}`;
    }
  }
}

/** The user that a port is for: a name, a number, or NONE for everybody. */
export function findUser(system: Pick<System, "findUser">, name: string): number | undefined {
  return find(name, "user", (word) => system.findUser(word));
}

export function findGroup(system: Pick<System, "findGroup">, name: string): number | undefined {
  return find(name, "group", (word) => system.findGroup(word));
}

function find(text: string, what: string, lookUp: (word: string) => number | undefined): number | undefined {
  const name = text.trim();
  if (name === "NONE" || name === "ANY") return undefined;
  if (name === "") return refuse("EINVAL", `a ${what} is a name, a number, or NONE`);
  return lookUp(name) ?? refuse("EINVAL", `there is no ${what} ${name}`);
}

export function chosen(sw: Switch, only: number | undefined, open: boolean): readonly Port[] {
  if (only === undefined) return sw.ports.list({ open });
  const port = sw.ports.get(only);
  if (open && isIdle(port)) refuse("ENXIO", `nothing is plugged into port ${only}, see port/allprint`);
  return [port];
}

function* counters(sw: Switch, { id }: Port): Generator<string> {
  const { rxFrames, rxOctets, txFrames, txOctets } = sw.counters(id);
  yield ` IN:  pkts ${String(rxFrames).padStart(10)}          bytes ${String(rxOctets).padStart(20)}`;
  yield ` OUT: pkts ${String(txFrames).padStart(10)}          bytes ${String(txOctets).padStart(20)}`;
}

function currentUser({ endpoints: [newest] }: Port, system: Pick<System, "userName">): string {
  return newest?.plug.uid === undefined ? "NONE" : system.userName(newest.plug.uid);
}
