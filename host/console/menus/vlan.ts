// VLANs and who is in them.

import type { Switch } from "../../switch.js";
import { command, listing, type Menu } from "../command.js";
import { anyBase, decimal, optional } from "../kinds.js";
import { portOf, vlanOf } from "../offers.js";
import { vlanTable } from "../tables.js";
import { four } from "../text.js";

interface Target {
  readonly switch: Pick<Switch, "vlans" | "hub" | "ports">;
}

const made = vlanOf(decimal("N"));

export const vlanMenu: Menu<Target> = {
  name: "vlan",
  title: "VLAN MANAGEMENT MENU",
  commands: [
    command("vlan/create", [decimal("N")], "create the VLAN with tag N", ({ switch: { vlans } }, vlan) =>
      vlans.create(vlan),
    ),
    command("vlan/remove", [made], "remove the VLAN with tag N", ({ switch: { vlans } }, vlan) => vlans.remove(vlan)),
    command(
      "vlan/addport",
      [vlanOf(anyBase("N")), portOf(anyBase("PORT"))],
      "add port to the vlan N (tagged)",
      ({ switch: { vlans } }, vlan, port) => vlans.addPort(vlan, port),
    ),
    command(
      "vlan/delport",
      [vlanOf(anyBase("N")), portOf(anyBase("PORT"))],
      "delete port from the vlan N (tagged)",
      ({ switch: { vlans } }, vlan, port) => vlans.removePort(vlan, port),
    ),
    listing(
      "vlan/print",
      [optional(made)],
      "print the list of defined vlan",
      ({ switch: sw }, only) => print(sw, only, (open) => open && !sw.hub),
      ({ switch: sw }, only) => vlanTable(sw, only, (open) => open && !sw.hub),
    ),
    listing(
      "vlan/allprint",
      [optional(made)],
      "print the list of defined vlan (including inactive port)",
      ({ switch: sw }, only) => print(sw, only, () => true),
      ({ switch: sw }, only) => vlanTable(sw, only, () => true),
    ),
  ],
};

/** A hub has no VLANs to speak of: it shows no active members, as VDE's does not. */
function* print({ vlans }: Target["switch"], only: number | undefined, shown: (open: boolean) => boolean) {
  for (const vlan of only === undefined ? vlans.list() : [vlans.require(only)]) {
    yield `VLAN ${four(vlan)}`;
    for (const { port, tagged, open, state } of vlans.members(vlan)) {
      if (!shown(open)) continue;
      const status = open ? state.replace(/^./, (letter) => letter.toUpperCase()) : "Learning";
      const trunk = tagged && vlans.isTrunk(port) ? " trunk=1" : "";
      yield ` -- Port ${four(port)} tagged=${Number(tagged)} active=${Number(open)} status=${status}${trunk}`;
    }
  }
}
