// Rings of switches that are processes of their own, ours, VDE's and Open vSwitch's, with a host at each.

import { rapidBridge, startOpenVSwitch } from "../tests/interop/bridges.js";
import { cable, HOST, hostAt, isIn } from "../tests/interop/fstp.js";
import type { Lab } from "../tests/interop/lab.js";
import { makeNamespace, run } from "../tests/interop/namespace.js";
import type { Plug } from "../tests/interop/plug.js";
import type { Program } from "../tests/interop/program.js";
import { startSwitch } from "../tests/interop/switch.js";
import { tapInto } from "../tests/interop/tap-plug.js";

export interface Ring {
  readonly hosts: readonly Plug[];
  /** Puts the cables in, all at once. */
  join(): Promise<unknown>;
  /** Pulls the one between the first two. */
  cut(): Promise<unknown>;
}

export type MakeRing = (lab: Lab, count: number) => Promise<Ring>;

function indexes(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

function mac(i: number): string {
  return `00:ff:00:00:00:${(i + 1).toString(16).padStart(2, "0")}`;
}

/** VDE switches by a command line, with cables of VDE's tools. */
export function vdeRing(command: readonly string[]): MakeRing {
  return async (lab, count) => {
    const start = (i: number) => startSwitch(lab, `s${i}`, { command, options: ["--fstp", "--macaddr", mac(i)] });
    const switches = await Promise.all(indexes(count).map(start));
    const hosts = await Promise.all(switches.map((each) => hostAt(lab, each)));
    for (const { console } of switches) await console.command(`fstp/setedge 0 ${HOST} 1`); // else ours listen there first
    const after = (i: number) => switches[(i + 1) % count]!;
    let cables: Program[] = [];
    const join = async () => {
      cables = switches.map((from, i) => cable(lab, from, 1, after(i), 2));
      for (const [i, from] of switches.entries()) await isIn(from, 1, after(i), 2);
    };
    return { hosts, join, cut: async () => cables[0]?.stop() };
  };
}

/** Open vSwitches, each in a namespace of its own, with pairs of veth for cables. */
export const openVSwitchRing: MakeRing = async (lab, count) => {
  const spaces = await Promise.all(indexes(count).map(() => makeNamespace(lab)));
  const link = (i: number, ...words: readonly string[]) => run("ip", ["-n", spaces[i]!.name, "link", ...words]);
  for (const i of indexes(count)) {
    const { name } = spaces[(i + 1) % count]!;
    await link(i, ..."add one type veth peer name two netns".split(" "), name);
  }
  const hosts = await Promise.all(spaces.map((space, i) => tapInto(lab, space, `loomhost${i}`)));
  for (const [i, space] of spaces.entries()) {
    const configure = await startOpenVSwitch(lab, space, `ovs${i}`);
    const ports = ["one", "two", `loomhost${i}`].flatMap((port) => ["--", "add-port", "br0", port]);
    const edge = ["--", "set", "port", `loomhost${i}`, "other_config:rstp-port-admin-edge=true"];
    await configure(...rapidBridge, `other-config:hwaddr=${mac(i)}`, ...ports, ...edge);
  }
  return {
    hosts,
    join: () => Promise.all(indexes(count).flatMap((i) => ["one", "two"].map((end) => link(i, "set", end, "up")))),
    cut: () => link(0, "set", "one", "down"),
  };
};
