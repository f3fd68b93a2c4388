// Bridges of other makes, each in a network namespace with our switch: Linux's own with STP, and Open vSwitch with RSTP.

import { mkdirSync } from "node:fs";
import type { Lab } from "./lab.js";
import { makeNamespace, type Namespace, run } from "./namespace.js";
import { type SwitchBench, startSwitch, underTest } from "./switch.js";
import { until } from "./wait.js";

/** Two of our switches around a foreign bridge: one with FSTP and several taps in it, one behind it with no FSTP. */
export interface Mesh {
  readonly namespace: Namespace;
  readonly near: SwitchBench;
  readonly far: SwitchBench;
  /** Cuts the path by a tap at the side of the bridge. */
  cut(tap: number): Promise<void>;
}

/** What makes a bridge of interfaces. */
export type MakeBridge = (lab: Lab, namespace: Namespace, interfaces: readonly string[]) => Promise<void>;

/** What our switch with FSTP is set to before the foreign bridge is there. */
export interface Setting {
  readonly priority: string;
  readonly times: string;
}

export async function meshAround(lab: Lab, make: MakeBridge, paths: number, setting: Setting): Promise<Mesh> {
  const namespace = await makeNamespace(lab);
  const command = [...namespace.inside, ...underTest];
  const taps = Array.from({ length: paths }, (_, i) => `near${i}`);
  const plugs = taps.flatMap((tap) => ["--tap", tap]);
  const near = await startSwitch(lab, "near", {
    command,
    options: ["--priority", setting.priority, ...plugs],
  });
  await near.console.command(`fstp/settimes ${setting.times}`);
  await near.console.command("fstp/setfstp 1");
  const far = await startSwitch(lab, "far", { command, options: ["--tap", "far0"] });
  for (const name of [...taps, "far0"]) await until(`${name} is there`, () => exists(namespace, name));
  await make(lab, namespace, [...taps, "far0"]);
  for (const name of [...taps, "far0"]) await run("ip", ["-n", namespace.name, "link", "set", name, "up"]);
  const cut = async (tap: number) => {
    await run("ip", ["-n", namespace.name, "link", "set", `near${tap}`, "down"]);
  };
  return { namespace, near, far, cut };
}

function exists({ name }: Namespace, device: string): Promise<boolean> {
  return run("ip", ["-n", name, "link", "show", device]).then(
    () => true,
    () => false,
  );
}

/** Linux's bridge, with the shortest times that it takes, in hundredths of a second. */
export const linuxBridge: MakeBridge = async (_lab, { name }, interfaces) => {
  const times = ["forward_delay", "400", "hello_time", "100", "max_age", "600"];
  await run("ip", ["-n", name, "link", "add", "br0", "type", "bridge", "stp_state", "1", ...times]);
  for (const each of interfaces) await run("ip", ["-n", name, "link", "set", each, "master", "br0"]);
  await run("ip", ["-n", name, "link", "set", "br0", "up"]);
};

/** Configures an Open vSwitch, and waits until it is done. */
export type Configure = (...words: readonly string[]) => Promise<unknown>;

/** Starts an Open vSwitch with a data path of its own, so that no kernel module is needed, in a folder of its own. */
export async function startOpenVSwitch(lab: Lab, { inside }: Namespace, name: string): Promise<Configure> {
  const folder = lab.path(name);
  mkdirSync(folder);
  const database = `${folder}/ovs.db`;
  const socket = `unix:${folder}/ovs.sock`;
  const variables = { OVS_RUNDIR: folder, OVS_LOGDIR: folder, OVS_DBDIR: folder };
  const env = { env: { ...process.env, ...variables } };
  const command = [...inside, "env", ...Object.entries(variables).map((pair) => pair.join("="))];
  const start = (...words: readonly string[]) => lab.start(command[0] ?? "", ...command.slice(1), ...words);
  await run("ovsdb-tool", ["create", database, "/usr/share/openvswitch/vswitch.ovsschema"], env);
  start("ovsdb-server", database, `--remote=p${socket}`, `--unixctl=${folder}/ovsdb.ctl`);
  const control = (...words: readonly string[]) => run("ovs-vsctl", [`--db=${socket}`, ...words], env);
  await until("a database", () => control("--no-wait", "init").then(Boolean, () => false));
  start("ovs-vswitchd", socket, `--unixctl=${folder}/vswitchd.ctl`, "--disable-system");
  return (...words) => control("--timeout=20", ...words);
}

/** A bridge of Open vSwitch with RSTP. */
export const rapidBridge = "add-br br0 -- set bridge br0 datapath_type=netdev rstp_enable=true".split(" ");

export const openVSwitch: MakeBridge = async (lab, namespace, interfaces) => {
  const configure = await startOpenVSwitch(lab, namespace, "ovs");
  await configure(...rapidBridge, ...interfaces.flatMap((each) => ["--", "add-port", "br0", each]));
};
