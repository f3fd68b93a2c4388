// Ports, who may use them, and what is plugged in.

import type { Switch } from "../../switch.js";
import type { System } from "../../system.js";
import { command, listing, type Menu } from "../command.js";
import { anyBase, decimal, flag, inRange, offering, optional, rest } from "../kinds.js";
import { endpointOf, offeredBy, portOf, vlanOf } from "../offers.js";
import { findGroup, findUser, print, showInfo, stats } from "../ports.js";
import { portTable, statsTable } from "../tables.js";

export interface Target {
  readonly switch: Switch;
  readonly system: Pick<System, "findUser" | "findGroup" | "userName" | "groupName" | "plugLink" | "offers">;
}

const there = portOf(decimal("N"));
const thereInAnyBase = portOf(anyBase("N"));
const endpoint = endpointOf(anyBase("ID"));
/** NONE lifts the restriction: everybody may use the port. */
const nameOf = (label: string) => offering(rest(label), () => ["NONE"]);

export const portMenu: Menu<Target> = {
  name: "port",
  title: "PORT STATUS MENU",
  commands: [
    listing("port/showinfo", [], "show port info", ({ switch: sw }) => showInfo(sw)),
    command("port/setnumports", [decimal("N")], "set the number of ports", ({ switch: { ports } }, count) => {
      ports.count = count;
    }),
    command("port/sethub", [flag()], "1=HUB 0=switch", ({ switch: sw }, on) => {
      sw.hub = on;
    }),
    command(
      "port/setvlan",
      [thereInAnyBase, vlanOf(anyBase("VLAN"))],
      "set port VLAN (untagged)",
      ({ switch: { vlans } }, port, vlan) => vlans.setPvid(port, vlan),
    ),
    listing(
      "port/createauto",
      [],
      "create a port with an automatically allocated id (inactive|notallocatable)",
      function* ({ switch: { ports } }) {
        yield `Port ${String(ports.createAuto().id).padStart(4, "0")}`;
      },
    ),
    command(
      "port/create",
      [decimal("N")],
      "create the port N (inactive|notallocatable)",
      ({ switch: { ports } }, port) => void ports.create(port),
    ),
    command("port/remove", [there], "remove the port N", ({ switch: { ports } }, port) => ports.remove(port)),
    command(
      "port/allocatable",
      [thereInAnyBase, flag()],
      "Is the port allocatable as unnamed? 1=Y 0=N",
      ({ switch: { ports } }, port, on) => {
        ports.get(port).allocatable = on;
      },
    ),
    command(
      "port/setuser",
      [thereInAnyBase, nameOf("user")],
      "access control: set user",
      ({ switch: { ports }, system }, port, name) => {
        ports.get(port).user = findUser(system, name);
      },
    ),
    command(
      "port/setgroup",
      [thereInAnyBase, nameOf("user")],
      "access control: set group",
      ({ switch: { ports }, system }, port, name) => {
        ports.get(port).group = findGroup(system, name);
      },
    ),
    command(
      "port/epclose",
      [thereInAnyBase, endpoint],
      "remove the endpoint port N/id ID",
      ({ switch: { ports } }, port, id) => ports.unplug(ports.endpoint(port, id)),
    ),
    command("port/resetcounter", [optional(there)], "reset the port (N) counters", ({ switch: sw }, only) => {
      if (only !== undefined) inRange("N", only, 0, sw.ports.count);
      for (const { id } of sw.ports.list()) if (only === undefined || id === only) sw.resetCounters(id);
    }),
    listing(
      "port/print",
      [optional(there)],
      "print the port/endpoint table",
      (target, only) => print(target, only, { open: true }),
      (target, only) => portTable(target, only, true),
    ),
    listing(
      "port/allprint",
      [optional(there)],
      "print the port/endpoint table (including inactive port)",
      (target, only) => print(target, only, { open: false }),
      (target, only) => portTable(target, only, false),
    ),
    command(
      "port/settrunk",
      [thereInAnyBase, flag()],
      "carry every VLAN tagged? 1=Y 0=N",
      ({ switch: { vlans } }, port, on) => vlans.setTrunk(port, on),
    ),
    command("port/defqlen", [decimal("N")], "set the queue of new endpoints, in frames", ({ switch: sw }, frames) => {
      sw.queueLimit = frames;
    }),
    command(
      "port/epqlen",
      [thereInAnyBase, endpoint, anyBase("LEN")],
      "set the queue of endpoint port N/id ID, in frames",
      ({ switch: sw }, port, id, frames) => sw.setQueueLimit(sw.ports.endpoint(port, id), frames),
    ),
    command(
      "port/setmaclimit",
      [thereInAnyBase, anyBase("LIMIT")],
      "limit the addresses behind the port N",
      ({ switch: { ports, fdb } }, port, limit) => fdb.setPortLimit(ports.get(port).id, limit),
    ),
    command("port/settransparent", [flag()], "forward reserved group addresses? 1=Y 0=N", ({ switch: sw }, on) => {
      sw.transparent = on;
    }),
    command("port/setmtu", [decimal("N")], "set the largest payload of a frame, in octets", ({ switch: sw }, mtu) => {
      sw.mtu = mtu;
    }),
    command("port/link", [offeredBy("link", "[N] URL")], "plug a link in, by its URL", ({ system }, text) => {
      const [, port, url = text] = /^(\d+)\s+(.*)$/s.exec(text) ?? [];
      return system.plugLink(url.trim(), port === undefined ? undefined : Number(port));
    }),
    listing(
      "port/stats",
      [optional(there)],
      "print counters, drops by reason, and queues",
      ({ switch: sw }, only) => stats(sw, only),
      ({ switch: sw }, only) => statsTable(sw, only),
    ),
  ],
};
