// Bridges of other makes, each in a network namespace with our switch: Linux's own with STP, and Open vSwitch with RSTP.

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Lab } from "./lab.js";
import { makeNamespace, type Namespace } from "./namespace.js";
import { type SwitchBench, startSwitch, underTest } from "./switch.js";
import { until } from "./wait.js";

const run = promisify(execFile);

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

export async function meshAround(lab: Lab, make: MakeBridge, paths: number, options: readonly string[]): Promise<Mesh> {
  const namespace = await makeNamespace(lab);
  const command = [...namespace.inside, ...underTest];
  const taps = Array.from({ length: paths }, (_, i) => `near${i}`);
  const plugs = taps.flatMap((tap) => ["--tap", tap]);
  const near = await startSwitch(lab, "near", { command, options: ["--fstp", ...options, ...plugs] });
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

/** Open vSwitch with a data path of its own, so that no kernel module is needed. */
export const openVSwitch: MakeBridge = async (lab, { inside }, interfaces) => {
  const database = lab.path("ovs.db");
  const socket = `unix:${lab.path("ovs.sock")}`;
  const env = { env: { ...process.env, OVS_RUNDIR: lab.folder, OVS_LOGDIR: lab.folder, OVS_DBDIR: lab.folder } };
  await run("ovsdb-tool", ["create", database, "/usr/share/openvswitch/vswitch.ovsschema"], env);
  const [ip = "", ...first] = inside;
  const control = (name: string) => `--unixctl=${lab.path(`${name}.ctl`)}`;
  lab.start(ip, ...first, "ovsdb-server", database, `--remote=p${socket}`, control("ovsdb"));
  const vsctl = (...words: readonly string[]) => run("ovs-vsctl", [`--db=${socket}`, "--no-wait", ...words], env);
  await until("a database", () => vsctl("init").then(Boolean, () => false));
  lab.start(ip, ...first, "ovs-vswitchd", socket, control("vswitchd"), "--disable-system");
  const ports = interfaces.flatMap((each) => ["--", "add-port", "br0", each]);
  const bridge = ["add-br", "br0", "--", "set", "bridge", "br0", "datapath_type=netdev", "rstp_enable=true"];
  await run("ovs-vsctl", [`--db=${socket}`, "--timeout=20", ...bridge, ...ports], env);
};
