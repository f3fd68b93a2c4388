// The name that this process was started by, what it is called among the processes, and how it is started again.

import { readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";

/** The first word of a process whose executable is the tool's own: launcher/launcher.c gives it. */
const LAUNCHED = "--launched-as=";

export interface Start {
  readonly name: string;
  readonly words: readonly string[];
}

/** Reads an argv as Node has it: node, script, words. */
export function readStart([, script = "loom", ...words]: readonly string[]): Start {
  const [first = "", ...rest] = words;
  if (!first.startsWith(LAUNCHED)) return { name: basename(script, ".js"), words };
  const own = first.slice(LAUNCHED.length);
  return { name: own === "loom" ? basename(typedName()) : own, words: rest };
}

/** Lets ps, pidof and killall know this process by a name. Without /proc, it keeps that of Node. */
export function takeName(name: string): void {
  try {
    writeFileSync("/proc/self/comm", name);
  } catch {
    // a name is a convenience
  }
}

/** The program, and the words, that start this process again. */
export function sameAgain(): { program: string; argv0: string; words: string[] } {
  const { execPath, execArgv, argv } = process;
  const isLaunched = argv[2]?.startsWith(LAUNCHED) ?? false;
  return isLaunched
    ? { program: execPath, argv0: typedName(), words: argv.slice(3) }
    : { program: execPath, argv0: process.argv0, words: [...execArgv, ...argv.slice(1)] };
}

/** The word that it was started by, which the launcher hides from Node. */
function typedName(): string {
  try {
    return readFileSync("/proc/self/cmdline", "utf8").split("\0")[0] || process.execPath;
  } catch {
    return process.execPath;
  }
}
