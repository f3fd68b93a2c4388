// What signals do to a tool that runs on.

import { constants } from "node:os";

/** They end it in order. After TERM it ends with 0; after the others it dies of them, as a shell expects. */
const ENDING = ["SIGTERM", "SIGINT", "SIGQUIT"] as const;

/**
 * They end a program that does not listen, and mean nothing here. HUP comes when a terminal closes. Node itself would
 * open a debugger on USR1. PROF is not among them: it is V8's, while it is profiled.
 */
const IGNORED = [
  "SIGHUP",
  "SIGPIPE",
  "SIGUSR1",
  "SIGUSR2",
  "SIGALRM",
  "SIGVTALRM",
  "SIGIO",
  "SIGPWR",
  "SIGSTKFLT",
] as const;

/** Calls `end` on the first signal that ends. A filter ends on HUP as well. Returns a function that gives every signal its old meaning. */
export function onSignals(end: (signal: NodeJS.Signals) => void, { hangUpEnds = false } = {}): () => void {
  const ending: NodeJS.Signals[] = hangUpEnds ? [...ENDING, "SIGHUP"] : [...ENDING];
  const ignored = IGNORED.filter((signal) => !ending.includes(signal));
  let ended = false;
  const first = (signal: NodeJS.Signals) => {
    if (ended) return;
    ended = true;
    end(signal);
  };
  const ignore = () => {};
  for (const signal of ending) process.on(signal, first);
  for (const signal of ignored) process.on(signal, ignore);
  return () => {
    for (const signal of ending) process.removeListener(signal, first);
    for (const signal of ignored) process.removeListener(signal, ignore);
  };
}

export function signalNumber(signal: NodeJS.Signals): number {
  return constants.signals[signal];
}

/** What a shell has as the exit code of a process: of one that died of a signal, 128 and its number. */
export function exitCodeOf(code: number | null, signal: NodeJS.Signals | null): number {
  return code ?? 128 + (signal === null ? 0 : signalNumber(signal));
}
