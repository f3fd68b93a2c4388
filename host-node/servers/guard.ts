// What a connection brings must not end the program: whatever its handler throws closes that connection and goes to the log.

import { SwitchError } from "../../host/errors.js";
import { SystemCallError } from "../native/libc.js";
import { reason } from "../reason.js";
import type { Log } from "./sparing-log.js";

/** Anything that can be broken off at once: a socket, a WebSocket, a request. */
export type Breakable = { destroy(): unknown } | { terminate(): unknown };

/** Runs a handler. What it throws, now or by its promise, ends `connection` alone. */
export function guard(connection: Breakable, log: Log, handler: () => unknown): void {
  const fail = (error: unknown) => {
    log(`a connection is closed: ${explain(error)}`);
    if ("destroy" in connection) connection.destroy();
    else connection.terminate();
  };
  try {
    const done = handler();
    if (done instanceof Promise) done.catch(fail);
  } catch (error) {
    fail(error);
  }
}

/** A refusal in its own words; a bug with the place where it is. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { errno } = error as NodeJS.ErrnoException;
  const isWorded =
    error instanceof SwitchError || error instanceof SystemCallError || (errno !== undefined && errno < 0);
  return isWorded ? reason(error) : (error.stack ?? error.message);
}
