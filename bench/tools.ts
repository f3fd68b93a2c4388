// The tools that are compared, by VDE's names: ours, and the distribution's.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { atExit } from "./cleanup.js";
import { hostProgram, type SubjectName, temporaryFolder } from "./subjects.js";

const LOOM = fileURLToPath(new URL("../../bin/loom.js", import.meta.url));
const LIFETIME_MS = 60_000;

let folder: string | undefined;

/** Where a subject's tool is. */
export function tool(subject: SubjectName, name: string): string {
  if (subject !== "etherloom") return hostProgram(name) ?? name;
  folder ??= temporaryFolder();
  const path = join(folder, name);
  if (!existsSync(path)) symlinkSync(LOOM, path);
  return path;
}

/** Why tools cannot be compared here: a reason, where one of VDE's is missing. */
export function lacksTools(...names: readonly string[]): string | undefined {
  return names.filter((name) => hostProgram(name) === undefined).map((name) => `${name} is not installed`)[0];
}

/** Runs tools, the streams of the first of which are open, while `use` is. */
export async function withTools<T>(
  lines: readonly (readonly string[])[],
  use: (first: ChildProcess) => Promise<T>,
): Promise<T> {
  const children = lines.map(([program, ...words]) => {
    const child = spawn(program!, words, {
      stdio: ["pipe", "ignore", "ignore"],
      timeout: LIFETIME_MS,
      killSignal: "SIGKILL",
    });
    return { child, done: atExit(() => child.kill("SIGKILL")), gone: once(child, "exit") };
  });
  try {
    return await use(children[0]!.child);
  } finally {
    for (const { child, done, gone } of children) {
      child.kill();
      await gone;
      done();
    }
  }
}
