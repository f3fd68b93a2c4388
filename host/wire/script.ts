// Scripts of a wire's commands: rc files, and what `load` runs.

import { type Caller, SILENT } from "../console/command.js";
import { printable } from "../console/text.js";
import { refuse } from "../errors.js";
import type { WireConsole } from "./console.js";

/** How many scripts may load each other. */
const DEPTH_MAX = 16;

/** Runs a script that nobody watches, whose text may have been read already. Returns what failed in it, as VDE has it: a line and why. */
export async function runScript(wire: WireConsole, path: string, text?: string): Promise<string[]> {
  const failures: string[] = [];
  for await (const _ of load(wire, path, { scripts: [], report: (failure) => void failures.push(failure) }, text));
  return failures;
}

/** Runs a script for a caller, with each line and what it was answered. Nothing in it logs out or shuts down. */
export async function* load(wire: WireConsole, path: string, by: Caller, text?: string): AsyncGenerator<string> {
  if (by.scripts.includes(path)) refuse("EMFILE", `${path} loads itself`);
  if (by.scripts.length >= DEPTH_MAX) refuse("EMFILE", `scripts load scripts ${DEPTH_MAX} deep at most`);
  const { leave: _, ...others } = by;
  const caller: Caller = { ...others, scripts: [...by.scripts, path] };
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
