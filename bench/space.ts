// Network namespaces of the bench's own, and programs in them. All of it is gone when the bench ends. Needs root.

import { type ChildProcess, execFileSync, type StdioOptions, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { atExit } from "./cleanup.js";

const PATIENCE = 100;

/** Runs `ip`, and throws what it says where it fails. */
export function ip(...words: readonly string[]): void {
  execFileSync("ip", words, { stdio: ["ignore", "ignore", "pipe"] });
}

/** Makes a namespace whose loopback is up. */
export function addSpace(space: string): void {
  ip("netns", "add", space);
  atExit(() => ip("netns", "del", space));
  ip("-n", space, "link", "set", "lo", "up");
}

const inside = (space: string, words: readonly string[]) => ["netns", "exec", space, ...words];
const QUIET: StdioOptions = ["pipe", "ignore", "ignore"];

/** Starts a program in a namespace; it is killed when this one ends. */
export function startIn(space: string, words: readonly string[], stdio = QUIET): ChildProcess {
  const child = spawn("ip", inside(space, words), { stdio });
  const done = atExit(() => child.kill("SIGKILL"));
  child.once("exit", done);
  return child;
}

/** Runs a program in a namespace to its end. Returns what it printed; throws where it fails. */
export function runIn(space: string, words: readonly string[], timeout = 60_000): string {
  return execFileSync("ip", inside(space, words), { encoding: "utf8", timeout, stdio: ["ignore", "pipe", "ignore"] });
}

/** Whether a program in a namespace ends well. */
export function succeedsIn(space: string, ...words: readonly string[]): boolean {
  try {
    runIn(space, words);
    return true;
  } catch {
    return false;
  }
}

/** Waits for something that takes less than ten seconds. */
export async function until(what: string, look: () => boolean): Promise<void> {
  for (let i = 0; !look(); i++) {
    if (i === PATIENCE) throw new Error(`it never came: ${what}`);
    await sleep(100);
  }
}
