// The control connection of a plug: connecting, and the answer within a deadline. A switch that never answers is an error
// and not a hang: VDE's own leaves a plug that it refuses waiting.

import type { Socket } from "node:net";
import { join } from "node:path";
import { SwitchError } from "../../host/errors.js";
import { connectFile } from "./connect-file.js";
import { requireSwitch } from "./trust.js";

const DEADLINE_MS = 5_000;

/** A connection to a switch, and the user that serves it. */
export interface Control {
  readonly socket: Socket;
  readonly server: number;
}

/** Connects to DIR/NAME, where a port of that name has a socket of its own, and else to DIR/ctl. */
export async function connectControl(dir: string, name: string | undefined): Promise<Control> {
  const named = name === undefined ? undefined : await connectFile(join(dir, name)).catch(() => undefined);
  const path = join(dir, named === undefined ? "ctl" : name!);
  const socket = named ?? (await connectFile(path));
  try {
    return { socket, server: requireSwitch(socket, path) };
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** Waits until `read` can read an answer from all that has come. */
export function answerOf<T>(socket: Socket, read: (octets: Uint8Array) => T | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    let octets: Uint8Array = new Uint8Array();
    const fail = (error: unknown) => {
      clearTimeout(timer);
      reject(error);
    };
    const late = new SwitchError("ETIMEDOUT", `the switch did not answer within ${DEADLINE_MS / 1000} s`);
    const timer = setTimeout(() => fail(late), DEADLINE_MS);
    socket.on("error", fail);
    socket.on("close", () => fail(new SwitchError("ECONNREFUSED", "the switch hung up: its log says why")));
    socket.on("data", (more) => {
      octets = Buffer.concat([octets, more]);
      try {
        const answer = read(octets);
        if (answer === undefined) return;
        clearTimeout(timer);
        resolve(answer);
      } catch (error) {
        fail(error);
      }
    });
  });
}
