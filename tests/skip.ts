// Skips the tests that cannot run on this machine: by name, with the reason, and counted. Never silently.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import type { Callback, Test } from "uvu";
import { findProgram } from "../host-node/programs.js";

/** What a test cannot do without. */
export interface Needs {
  /** Programs that must be in PATH. */
  readonly commands?: readonly string[];
  /** Files that must exist. */
  readonly files?: readonly string[];
  /** The rights to make network namespaces and tap interfaces, which root in a container may lack. */
  readonly namespaces?: boolean;
  /** A reason that rules the test out here, or false. */
  readonly unless?: string | false;
}

/** Every test that was skipped, with its reason, for the end of the run. */
export const skips: string[] = [];

/** A `test` that runs only where all that it needs is there. */
export function needs(test: Test, wanted: Needs): (name: string, work: Callback) => void {
  const reasons = missing(wanted);
  return (name, work) => {
    if (reasons.length === 0) return test(name, work);
    test.skip(name);
    skips.push(`${name} (${reasons.join(", ")})`);
  };
}

function missing({ commands = [], files = [], namespaces = false, unless = false }: Needs): string[] {
  return [
    ...commands.filter((command) => findProgram(command) === undefined).map((command) => `needs ${command}`),
    ...files.filter((file) => !existsSync(file)).map((file) => `needs ${file}`),
    ...(namespaces && !canMakeNamespaces() ? ["needs network namespaces and /dev/net/tun, as root has them"] : []),
    ...(unless === false ? [] : [unless]),
  ];
}

let makesNamespaces: boolean | undefined;

/** Tried, not guessed: containers take away different parts of it. */
function canMakeNamespaces(): boolean {
  if (makesNamespaces !== undefined) return makesNamespaces;
  const name = `loom-probe-${process.pid}`;
  const ip = (line: string) => spawnSync("ip", line.split(" ")).status === 0;
  makesNamespaces = ip(`netns add ${name}`) && ip(`netns exec ${name} ip tuntap add probe mode tap`);
  ip(`netns delete ${name}`);
  return makesNamespaces;
}
