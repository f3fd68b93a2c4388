// A program in a shell's background. Its terminal is somebody else's there: whoever reads it is stopped by TTIN, and a stopped
// process does not hear TERM. So these signals are ignored, and nothing is read until the shell gives the terminal back. No
// signal tells of that where the program ran on meanwhile, so it is looked for.

import { ignoreSignal } from "../native/process.js";
import { isForeground } from "./foreground.js";

const LOOK_MS = 300;
const SIGTTIN = 21;
const SIGTTOU = 22;

/** From now on a read in the background fails, and a write succeeds. */
export function ignoreTerminalStops(): void {
  ignoreSignal(SIGTTIN);
  ignoreSignal(SIGTTOU);
}

/** Runs `work` once, as soon as this process has the terminal: at once where it has it. Returns what calls it off. */
export function whenForeground(work: () => void): () => void {
  if (isForeground()) {
    work();
    return () => {};
  }
  const timer = setInterval(() => {
    if (!isForeground()) return;
    clearInterval(timer);
    work();
  }, LOOK_MS).unref();
  return () => clearInterval(timer);
}
