// Scripts of management commands: rc files, and what `load` runs.

import type { Caller } from "./command.js";
import type { Console } from "./console.js";
import { scriptCaller } from "./script-caller.js";
import { LINE_MAX } from "./session.js";
import { printable } from "./text.js";

/**
 * Runs a script that nobody watches, whose text may have been read already. Returns what failed in it, as "rc:3:
 * port/create 0: 1022 Invalid argument".
 */
export async function runScript(console: Console, path: string, text?: string): Promise<string[]> {
  const failures: string[] = [];
  await load(console, path, { scripts: [], report: (failure) => void failures.push(failure) }, text);
  return failures;
}

/** Runs a script for a caller. Empty lines are skipped; logout and shutdown do nothing in it. */
export async function load(console: Console, path: string, by: Caller, text?: string): Promise<void> {
  const caller = scriptCaller(by, path);
  const lines = (text ?? console.system.readScript(path)).split(/\r?\n/);
  for (const [index, line] of lines.entries()) {
    if (line.trim() === "") continue;
    await caller.pause?.();
    await caller.echo?.(`vde[${printable(path)}]: ${printable(line)}\n`);
    const reply = await runLine(console, line, caller);
    if (typeof reply !== "string") continue;
    await caller.echo?.(reply);
    const result = reply.trimEnd().split("\n").at(-1) ?? "";
    if (!result.startsWith("1000")) caller.report?.(`${path}:${index + 1}: ${printable(line.trim())}: ${result}`);
  }
}

async function runLine(console: Console, line: string, caller: Caller): ReturnType<Console["run"]> {
  if (line.length <= LINE_MAX) return console.run(line, caller);
  return `1022 Invalid argument: a line is ${LINE_MAX} characters at most\n`;
}
