// The switch under test: ours, or with LOOM_SWITCH_COMMAND=/usr/bin/vde_switch the real one, which shows that it is
// the tests that are right.

import { fileURLToPath } from "node:url";
import { type Console, openConsole } from "./console.js";
import type { Lab } from "./lab.js";
import type { Program } from "./program.js";

const loom = fileURLToPath(new URL("../../../bin/loom.js", import.meta.url));

/** The command line that starts the switch under test, ready for its options. */
export const underTest: readonly string[] = process.env["LOOM_SWITCH_COMMAND"]?.split(" ") ?? [
  process.execPath,
  loom,
  "switch",
];

/** The real switch of Debian, as a peer. */
export const real: readonly string[] = ["vde_switch"];

/** Whether the switch under test is VDE's own, with its known faults. */
export const isReal = /vde_switch$/.test(underTest.join(" "));

export interface SwitchBench {
  readonly directory: string;
  readonly management: string;
  readonly console: Console;
  readonly program: Program;
}

export interface SwitchOptions {
  readonly command?: readonly string[];
  readonly options?: readonly string[];
}

/** Starts a switch by a name of its own in the lab, and waits until it serves. */
export async function startSwitch(lab: Lab, name: string, given: SwitchOptions = {}): Promise<SwitchBench> {
  const { command = underTest, options = [] } = given;
  const [program = "", ...first] = command;
  const directory = lab.path(name);
  const management = lab.path(`${name}.mgmt`);
  const server = lab.start(program, ...first, "--sock", directory, "--mgmt", management, ...options);
  return { directory, management, program: server, console: await openConsole(lab, management, { server }) };
}
