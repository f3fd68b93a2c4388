// A connection to a Unix socket. Where too many wait to be taken, a socket that does not block is refused at once with
// EAGAIN; VDE's programs block in connect(2) until it is their turn. So ours try again, for as long as a switch may take to
// answer.

import { createConnection, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { refuse } from "../../host/errors.js";

const DEADLINE_MS = 5_000;
const PAUSE_MS = 20;

export async function connectFile(path: string, deadlineMs = DEADLINE_MS): Promise<Socket> {
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    try {
      return await attempt(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      if (performance.now() >= deadline) refuse("EAGAIN", `${path}: who serves it is stopped, or too many wait for it`);
    }
    await sleep(PAUSE_MS);
  }
}

function attempt(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path);
    socket.once("error", reject);
    socket.once("connect", () => resolve(socket));
  });
}
