// Scripts of a wire's commands: rc files, and what `load` runs.

import { type Caller, SILENT } from "../console/command.js";
import { scriptCaller } from "../console/script-caller.js";
import { printable } from "../console/text.js";
import type { WireConsole } from "./console.js";

/** Runs a script that nobody watches, whose text may have been read already. Returns what failed in it, as VDE has it: a line and why. */
export async function runScript(wire: WireConsole, path: string, text?: string): Promise<string[]> {
  const failures: string[] = [];
  for await (const _ of load(wire, path, { scripts: [], report: (failure) => void failures.push(failure) }, text));
  return failures;
}

/** Runs a script for a caller, with each line and what it was answered. Nothing in it logs out or shuts down. */
export async function* load(wire: WireConsole, path: string, by: Caller, text?: string): AsyncGenerator<string> {
  const caller = scriptCaller(by, path);
  for (const line of (text ?? wire.system.readScript(path)).split(/\r?\n/)) {
    if (line.trim() === "") continue;
    yield "";
    yield `VDEwf$  (${path}) ${printable(line)}`;
    const reply = await wire.run(line, caller);
    if (typeof reply !== "string") {
      if (reply === SILENT) caller.report?.(`${line.trim()}: not in a script`);
      continue;
    }
    const lines = reply.trimEnd().split("\n");
    yield* lines;
    const [result = ""] = lines.slice(-1);
    if (!result.startsWith("1000")) caller.report?.(`${line.trim()} ${result.replace(/^1\d+ /, "")}`);
  }
}
