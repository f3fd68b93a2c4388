// The command line under test: our switch under either of its names, in a lab.

import { existsSync, readFileSync, symlinkSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Lab } from "../interop/lab.js";
import type { Program } from "../interop/program.js";
import { until } from "../interop/wait.js";

const loom = fileURLToPath(new URL("../../../bin/loom.js", import.meta.url));

/** `node` and the script that is `loom`. */
export const LOOM = [process.execPath, loom] as const;

/** Starts `loom` with words. */
export function startLoom(lab: Lab, ...words: readonly string[]): Program {
  return lab.start(LOOM[0], LOOM[1], ...words);
}

/** Starts the switch in the lab, under the name that VDE users know. */
export function startVdeSwitch(lab: Lab, ...words: readonly string[]): Program {
  const name = lab.path("vde_switch");
  if (!existsSync(name)) symlinkSync(loom, name);
  return lab.start("env", `HOME=${lab.folder}`, process.execPath, name, ...words);
}

/** Waits until a switch serves in a directory of the lab. */
export async function serves(lab: Lab, directory = "sw"): Promise<void> {
  await until(`a switch in ${directory}`, () => existsSync(lab.path(`${directory}/ctl`)));
}

/** The process that a file of the lab names. It ends with the test. */
export async function processOf(lab: Lab, pidfile: string): Promise<number> {
  const path = lab.path(pidfile);
  const text = await until(pidfile, () => (existsSync(path) && readFileSync(path, "utf8")) || undefined);
  const pid = Number(text);
  lab.later(() => {
    if (isAlive(pid)) process.kill(pid, "SIGKILL");
  });
  return pid;
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
