// Fast spanning tree.

import { refuse } from "../../errors.js";
import { OPTIONS, type Option } from "../../fstp.js";
import type { Switch } from "../../switch.js";
import { command, type Kind, listing, type Menu } from "../command.js";
import { picture, print, showInfo } from "../fstp.js";
import { anyBase, decimal, flag, inRange, offering, optional } from "../kinds.js";
import { portOf, vlanOf } from "../offers.js";
import { fstpTable } from "../tables.js";

interface Target {
  readonly switch: Pick<Switch, "fstp" | "vlans" | "hub" | "mac" | "uptimeMs" | "ports">;
}

/** Bonuses are 32 bits with a sign: one below 0 makes a path dearer. */
const COST_MAX = 2 ** 31 - 1;
const PRIORITY_MAX = 0xffff;

const option: Kind<Option> = offering(
  {
    label: "OPTION",
    read: (word) => (word in OPTIONS ? (word as Option) : refuse("EINVAL", `an option is ${names()}`)),
  },
  () => Object.keys(OPTIONS),
);

function names(): string {
  return Object.keys(OPTIONS).join(", ");
}

export const fstpMenu: Menu<Target> = {
  name: "fstp",
  title: "FAST SPANNING TREE MENU",
  commands: [
    listing("fstp/showinfo", [], "show fstp info", ({ switch: sw }) => showInfo(sw)),
    listing("fstp/setfstp", [flag()], "Fast spanning tree protocol 1=ON 0=OFF", function* ({ switch: sw }, on) {
      if (on && sw.hub) yield "Can't use fstp in hub mode";
      else sw.fstp.enabled = on;
    }),
    command(
      "fstp/setedge",
      [vlanOf(anyBase("VLAN")), portOf(anyBase("PORT")), flag("1/0")],
      "Define an edge port for a vlan 1=Y 0=N",
      ({ switch: { fstp } }, vlan, port, on) => fstp.setEdge(vlan, port, on),
    ),
    command(
      "fstp/bonus",
      [vlanOf(anyBase("VLAN")), portOf(anyBase("PORT")), anyBase("COST")],
      "set the port bonus for a vlan",
      ({ switch: { fstp } }, vlan, port, cost) => fstp.setBonus(vlan, port, inRange("COST", cost, -COST_MAX, COST_MAX)),
    ),
    listing(
      "fstp/print",
      [optional(vlanOf(decimal("N")))],
      "print fst data for the defined vlan",
      function* (target, only) {
        const { vlans } = target.switch;
        for (const vlan of only === undefined ? vlans.list() : [vlans.require(only)]) yield* print(target.switch, vlan);
      },
      ({ switch: sw }, only) => fstpTable(sw, only),
    ),
    listing(
      "fstp/show",
      [optional(vlanOf(decimal("VLAN")))],
      "draw the tree of a vlan as seen from here",
      (target, only = 0) => picture(target.switch, target.switch.vlans.require(only)),
    ),
    command(
      "fstp/setpriority",
      [anyBase("N"), optional(vlanOf(anyBase("VLAN")))],
      "set the bridge priority, in one vlan or in all",
      ({ switch: { fstp } }, value, vlan) => {
        const priority = inRange("N", value, 0, PRIORITY_MAX);
        if (vlan === undefined) fstp.priority = priority;
        else fstp.setPriority(vlan, priority);
      },
    ),
    command(
      "fstp/setcost",
      [portOf(anyBase("PORT")), anyBase("COST")],
      "set the path cost of a port",
      ({ switch: { fstp } }, port, cost) => fstp.setCost(port, cost),
    ),
    command(
      "fstp/setportprio",
      [portOf(anyBase("PORT")), anyBase("N")],
      "set the priority of a port, a multiple of 16",
      ({ switch: { fstp } }, port, priority) => fstp.setPortPriority(port, priority),
    ),
    command(
      "fstp/setoption",
      [portOf(anyBase("PORT")), option, flag("1/0")],
      "set an option of a port",
      ({ switch: { fstp } }, port, name, on) => fstp.setOption(port, name, on),
    ),
    command(
      "fstp/settimes",
      [decimal("HELLO"), decimal("MAXAGE"), decimal("DELAY")],
      "set the bridge's times in seconds",
      ({ switch: { fstp } }, hello, maxAge, forwardDelay) => {
        fstp.times = { hello, maxAge, forwardDelay };
      },
    ),
    command("fstp/sethold", [decimal("N")], "set how many BPDUs a port sends in a second", ({ switch: sw }, count) => {
      sw.fstp.txHold = count;
    }),
    command(
      "fstp/mcheck",
      [portOf(anyBase("PORT"))],
      "find out whether a port that fell back to STP still must",
      ({ switch: { fstp } }, port) => fstp.check(port),
    ),
    command("fstp/setstp", [flag("1/0")], "speak STP only, as before RSTP", ({ switch: { fstp } }, on) => {
      fstp.stpOnly = on;
    }),
  ],
};
