// Network namespaces: machines of their own as far as IP goes, on this one. Nothing outside of them is touched.

import { execFile, spawnSync } from "node:child_process";
import { promisify } from "node:util";
import type { Lab } from "./lab.js";
import { until } from "./wait.js";

export const run = promisify(execFile);
let serial = 0;

export interface Namespace {
  readonly name: string;
  /** What to put before a command so that it runs in here. */
  readonly inside: readonly string[];
  /** Gives an interface an address and takes it up, as soon as there is one. */
  configure(device: string, address: string, ...options: readonly string[]): Promise<void>;
}

export async function makeNamespace(lab: Lab): Promise<Namespace> {
  const name = `loom-${process.pid}-${serial++}`;
  await run("ip", ["netns", "add", name]);
  lab.later(() => void spawnSync("ip", ["netns", "delete", name]));
  return {
    name,
    inside: ["ip", "netns", "exec", name],
    async configure(device, address, ...options) {
      await until(`${device} in ${name}`, () => works("ip", "-n", name, "link", "set", device, "up"));
      await run("ip", ["-n", name, "address", "add", address, "dev", device, ...options]);
    },
  };
}

function works(command: string, ...args: readonly string[]): Promise<boolean> {
  return run(command, args).then(
    () => true,
    () => false,
  );
}
