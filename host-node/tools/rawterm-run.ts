// unixterm under way. After the end of the input it waits for what is still to come: the answer to the last command.

import { once } from "node:events";
import { pipeline } from "node:stream/promises";
import { endWithReader } from "../cli/broken-pipe.js";
import type { Run } from "../cli/tool.js";
import { connectConsole } from "../transports/console.js";

/** A server that does not close after the end of what it reads has this long. */
const GRACE_MS = 1_000;

export async function runRawTerm(path: string, run: Run): Promise<void> {
  endWithReader(run.program);
  const socket = await connectConsole(path);
  run.stop.addEventListener("abort", () => socket.destroy());
  const ended = once(socket, "close");
  socket.on("error", () => {});
  socket.pipe(process.stdout, { end: false });
  await Promise.race([ended, pipeline(process.stdin, socket).catch(() => {})]);
  const timer = setTimeout(() => socket.destroy(), GRACE_MS);
  await ended;
  clearTimeout(timer);
  process.stdin.destroy();
}
