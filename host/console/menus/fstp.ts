// Fast spanning tree.

import type { Switch } from "../../switch.js";
import type { Member } from "../../vlans.js";
import { command, listing, type Menu } from "../command.js";
import { anyBase, decimal, flag, inRange, optional } from "../kinds.js";
import { four } from "../text.js";

interface Target {
  readonly switch: Pick<Switch, "fstp" | "vlans" | "hub" | "mac" | "uptimeMs">;
}

/** What VDE gives every port, whatever is behind it. */
const PORT_COST = 20_000_000;
/** Bonuses are 32 bits with a sign: one below 0 makes a path dearer. */
const COST_MAX = 2 ** 31 - 1;

export const fstpMenu: Menu<Target> = {
  name: "fstp",
  title: "FAST SPANNING TREE MENU",
  commands: [
    listing("fstp/showinfo", [], "show fstp info", function* ({ switch: { mac, fstp } }) {
      yield `MAC ${mac} Priority ${fstp.priority} (0x${hex(fstp.priority)})`;
      yield `FSTP=${fstp.enabled}`;
    }),
    listing("fstp/setfstp", [flag()], "Fast spanning tree protocol 1=ON 0=OFF", function* ({ switch: sw }, on) {
      if (on && sw.hub) yield "Can't use fstp in hub mode";
      else sw.fstp.enabled = on;
    }),
    command(
      "fstp/setedge",
      [anyBase("VLAN"), anyBase("PORT"), flag("1/0")],
      "Define an edge port for a vlan 1=Y 0=N",
      ({ switch: { fstp } }, vlan, port, on) => fstp.setEdge(vlan, port, on),
    ),
    command(
      "fstp/bonus",
      [anyBase("VLAN"), anyBase("PORT"), anyBase("COST")],
      "set the port bonus for a vlan",
      ({ switch: { fstp } }, vlan, port, cost) => fstp.setBonus(vlan, port, inRange("COST", cost, -COST_MAX, COST_MAX)),
    ),
    listing("fstp/print", [optional(decimal("N"))], "print fst data for the defined vlan", function* (target, only) {
      const { vlans } = target.switch;
      for (const vlan of only === undefined ? vlans.list() : [vlans.require(only)]) yield* tree(target, vlan);
    }),
  ],
};

function* tree({ switch: sw }: Target, vlan: number): Generator<string> {
  const { fstp, vlans } = sw;
  const bonus = fstp.bonus(vlan);
  yield `FST DATA VLAN ${four(vlan)} ROOTSWITCH ${fstp.enabled ? "" : "FSTP IS DISABLED"}`;
  yield ` ++ root ${hex(fstp.priority).replace(/../, "$&:")}:${sw.mac}`;
  yield " ++ designated ff:ff:ff:ff:ff:ff:ff:ff";
  const age = Math.floor(sw.uptimeMs / 1000);
  yield ` ++ rootport 0000 cost 0 age ${age} bonusport ${four(bonus.port)} bonuscost ${bonus.cost | 0}`;
  for (const member of vlans.members(vlan)) {
    if (!member.open) continue;
    const role = roleOf(member, fstp.isEdge(vlan, member.port));
    yield ` -- Port ${four(member.port)} tagged=${Number(member.tagged)} portcost=${PORT_COST} role=${role}`;
  }
}

function roleOf({ state }: Member, isEdge: boolean): string {
  if (isEdge) return "Edge";
  return state === "discarding" ? "Alternate/Backup" : "Designated";
}

function hex(priority: number): string {
  return priority.toString(16).padStart(4, "0");
}
