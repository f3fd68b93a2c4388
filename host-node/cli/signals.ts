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

/** Calls `end` on the first signal that ends. Returns a function that gives every signal its old meaning. */
export function onSignals(end: (signal: NodeJS.Signals) => void): () => void {
  let ended = false;
  const first = (signal: NodeJS.Signals) => {
    if (ended) return;
    ended = true;
    end(signal);
  };
  const ignore = () => {};
  for (const signal of ENDING) process.on(signal, first);
  for (const signal of IGNORED) process.on(signal, ignore);
  return () => {
    for (const signal of ENDING) process.removeListener(signal, first);
    for (const signal of IGNORED) process.removeListener(signal, ignore);
  };
}

export function signalNumber(signal: NodeJS.Signals): number {
  return constants.signals[signal];
}
