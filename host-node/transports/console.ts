// A connection to a management console, with the words that VDE's own programs have where there is none.

import { once } from "node:events";
import { createConnection, type Socket } from "node:net";
import { Failure } from "../cli/tool.js";

/** VDE's programs end with it where there is no console. */
export const NO_CONSOLE = 255;

export async function connectConsole(path: string): Promise<Socket> {
  const socket = createConnection(path);
  socket.setEncoding("utf8");
  try {
    await once(socket, "connect");
    return socket;
  } catch (error) {
    const { strerror } = await import("../native/libc.js");
    throw new Failure(`Socket connecting error: ${strerror((error as NodeJS.ErrnoException).errno ?? 0)}`, NO_CONSOLE);
  }
}
