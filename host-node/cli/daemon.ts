// A tool in the background. Node cannot fork: the tool is started again in a session of its own, and this process waits
// until that one serves, or says why it does not.

import { withoutSecrets } from "../../host/masking.js";
import { hasSecrets, WORDS } from "./secret-words.js";
import { exitCodeOf } from "./signals.js";
import { readStart, sameAgain } from "./started.js";

/** What the background tells who started it. */
type Report = { readonly said: string } | { readonly code: number };

/** In the environment of the background: the id of the process that started it. */
const MARK = "ETHERLOOM_DAEMON";

/** Whether this process is the background, and its parent waits. */
export const isBackground = process.env[MARK] === String(process.ppid) && process.send !== undefined;
delete process.env[MARK];

/** Starts this same command line in the background. Returns the exit code of who waited for it. */
export async function launch(say: (text: string) => void): Promise<number> {
  const { spawn } = await import("node:child_process"); // which costs a tool that stays some milliseconds
  const { program, argv0, words } = sameAgain();
  const env = { ...process.env, [MARK]: String(process.pid), ...secretly(readStart(process.argv).words) };
  const shown = words.map(withoutSecrets);
  const child = spawn(program, shown, { argv0, detached: true, env, stdio: ["ignore", "ignore", "ignore", "ipc"] });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
  return await new Promise((resolve) => {
    child.on("message", (report: Report) => {
      if ("said" in report) say(report.said);
      else resolve(report.code);
    });
    child.on("error", ({ message }) => {
      say(message);
      resolve(1);
    });
    child.on("exit", (code, signal) => {
      if (code === null) say(`the background process ended by ${signal} before it served`);
      resolve(exitCodeOf(code, signal));
    });
  });
}

/** Words that have secrets in them go another way than where everybody can read them. */
function secretly(words: readonly string[]): Record<string, string> {
  return hasSecrets(words) ? { [WORDS]: JSON.stringify(words) } : {};
}

/** A line from the background to who waits. */
export function sayToParent(text: string): void {
  report({ said: text });
}

/** Lets who waits go, with an exit code. From now on nobody listens. */
export function releaseParent(code: number): void {
  report({ code });
  if (process.connected) process.disconnect();
}

function report(message: Report): void {
  if (process.connected) process.send?.(message);
}
