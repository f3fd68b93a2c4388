// The end of a process.

import { isatty } from "node:tty";

/** How a process ends: with an exit code, or of a signal. */
export type Ending = number | NodeJS.Signals;

const terminals = [0, 1, 2].filter((fd) => isatty(fd));

/** A terminal that was there at the start and is none any more. */
function isHungUp(): boolean {
  return terminals.some((fd) => !isatty(fd));
}

/** Ends this process. Node's own exit aborts where a terminal has hung up; dying of the signal for that is no worse. */
export function end(ending: Ending): void {
  const signal = isHungUp() ? "SIGHUP" : ending;
  if (typeof signal === "number") process.exit(signal);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}
