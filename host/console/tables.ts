// The listings of a switch as tables. A column that is empty in every row is left out by who shows it.

import type { Address } from "../fdb.js";
import type { Port } from "../ports.js";
import type { Switch } from "../switch.js";
import type { System } from "../system.js";
import type { Cell, Table } from "./command.js";
import { roleIn } from "./fstp.js";
import { chosen } from "./ports.js";

const COUNTERS = ["FRAMES IN", "OCTETS IN", "FRAMES OUT", "OCTETS OUT"];

interface Target {
  readonly switch: Switch;
  readonly system: Pick<System, "userName" | "groupName">;
}

function counted(sw: Switch, { id }: Port): Cell[] {
  const { rxFrames, rxOctets, txFrames, txOctets } = sw.counters(id);
  return [rxFrames, rxOctets, txFrames, txOctets];
}

/** The ports that there are, or one of them: a row for each endpoint, or for the port where it has none. */
export function portTable({ switch: sw, system }: Target, only: number | undefined, open: boolean): Table {
  const head = ["PORT", "VLAN", "STATE", "FOR", ...COUNTERS, "ID", "PLUG", "DESCRIPTION"];
  const rowsOf = (port: Port): Cell[][] => {
    const own = [port.id, sw.vlans.pvid(port.id), stateOf(sw, port), accessTo(system, port), ...counted(sw, port)];
    const plugs = port.endpoints.map(({ id, plug, description }): Cell[] => [id, plug.module, description]);
    const awaited = [...port.awaited].map(({ description }): Cell[] => ["", "awaited", description]);
    const [first = ["", "", ""], ...others] = [...plugs, ...awaited];
    return [[...own, ...first], ...others.map((plug) => [...own.map(() => ""), ...plug])];
  };
  const none = open ? "nothing is plugged in" : "there is no port";
  return { head, none, rows: chosen(sw, only, open).flatMap(rowsOf) };
}

function stateOf(sw: Switch, port: Port): string {
  const active = port.endpoints.length > 0 ? "active" : "inactive";
  return `${active}${sw.vlans.isTrunk(port.id) ? " trunk" : ""}`;
}

/** Who may plug in: empty for everybody. */
function accessTo(system: Target["system"], { user, group, allocatable }: Port): string {
  const whom = [
    ...(user === undefined ? [] : [system.userName(user)]),
    ...(group === undefined ? [] : [`group ${system.groupName(group)}`]),
    ...(allocatable ? [] : ["by number"]),
  ];
  return whom.join(", ");
}

export function statsTable(sw: Switch, only: number | undefined): Table {
  const head = ["PORT", "ADDRESSES", "LIMIT", ...COUNTERS, "DROPS", "ID", "QUEUE", "WAITING", "SENT", "DROPPED"];
  const rowsOf = (port: Port): Cell[][] => {
    const { addresses, drops } = sw.counters(port.id);
    const lost = Object.entries(drops).map(([reason, count]) => `${reason} ${count}`);
    const own: Cell[] = [port.id, addresses, sw.fdb.portLimit(port.id), ...counted(sw, port), lost.join(", ")];
    const queues = port.endpoints.map((endpoint): Cell[] => {
      const { limit, waiting, sent, dropped } = sw.queueOf(endpoint);
      return [endpoint.id, limit, waiting, sent, dropped];
    });
    const [first = ["", "", "", "", ""], ...others] = queues;
    return [[...own, ...first], ...others.map((queue) => [...own.map(() => ""), ...queue])];
  };
  return { head, none: "there is no port", rows: chosen(sw, only, false).flatMap(rowsOf) };
}

export function vlanTable(
  { vlans }: Pick<Switch, "vlans">,
  only: number | undefined,
  shown: (open: boolean) => boolean,
): Table {
  const rowsOf = (vlan: number): Cell[][] => {
    const members = [...vlans.members(vlan)].filter(({ open }) => shown(open));
    const rows = members.map(({ port, tagged, open, state }): Cell[] => {
      const how = tagged ? (vlans.isTrunk(port) ? "trunk" : "tagged") : "untagged";
      return [vlan, port, how, open ? state : "inactive"];
    });
    return rows.length > 0 ? rows : [[vlan, "", "", ""]];
  };
  const chosenVlans = only === undefined ? [...vlans.list()] : [vlans.require(only)];
  return { head: ["VLAN", "PORT", "FRAMES", "STATE"], none: "there is no VLAN", rows: chosenVlans.flatMap(rowsOf) };
}

export function addressTable(
  rows: Iterable<{ readonly bucket: number; readonly address: Address } | undefined>,
): Table {
  const head = ["ADDRESS", "VLAN", "PORT", "AGE", "HASH"];
  const cells = function* (): Generator<Cell[] | undefined> {
    for (const row of rows) yield row && ofAddress(row.address, row.bucket);
  };
  return { head, none: "no address is known", rows: cells() };
}

function ofAddress({ mac, vlan, port, ageMs }: Address, bucket: number): Cell[] {
  return [mac, vlan, port, `${Math.floor(ageMs / 1000)} s`, bucket];
}

export function fstpTable(sw: Pick<Switch, "fstp" | "vlans" | "ports">, only: number | undefined): Table {
  const { fstp, vlans } = sw;
  const rowsOf = (vlan: number): Cell[][] => {
    const { rootId, bridgeId, cost } = fstp.tree(vlan);
    const root = bridgeId === undefined ? "this switch" : rootId;
    const members = [...vlans.members(vlan)].filter(({ open }) => open);
    const rows = members.map((member): Cell[] => {
      const shut = fstp.isShut(member.port) ? " (shut)" : "";
      return [
        vlan,
        root,
        cost,
        member.port,
        fstp.cost(member.port),
        `${roleIn(sw, vlan, member)}${shut}`,
        member.state,
      ];
    });
    return rows.length > 0 ? rows : [[vlan, root, cost, "", "", "", ""]];
  };
  const all = only === undefined ? [...vlans.list()] : [vlans.require(only)];
  const head = ["VLAN", "ROOT", "COST", "PORT", "PORT COST", "ROLE", "STATE"];
  return { head, none: "there is no VLAN", rows: all.flatMap(rowsOf) };
}
