// An encrypted cable under way: as a server, as a client, or as the one who hands a server's keys over.

import { SwitchError } from "../../host/errors.js";
import { join } from "../cable/join.js";
import { isSide } from "../cable/side.js";
import { endWithReader } from "../cli/broken-pipe.js";
import { Failure, type Run } from "../cli/tool.js";
import { openClient } from "../crypt/dial.js";
import { freshSecrets, readSecret, serverOf } from "../crypt/secrets.js";
import { reason } from "../reason.js";
import { openCable } from "../transports/open-cable.js";
import { type CryptSettings, DEFAULT_PORT } from "./crypt.js";
import { reconnects } from "./reconnect.js";

/** As VDE's own ends. */
const NOT_FOUND = 2;
export const NOT_BOUND = 3;
const NO_KEYS = 253;

export async function runCrypt(settings: CryptSettings, run: Run): Promise<void> {
  if (settings.handover) await runHandover(settings, run);
  else if (settings.compat) await (await import("./crypt-compat.js")).runCompat(settings, run);
  else if (settings.connect === undefined) await runServer(settings, run);
  else await runClient(settings, run);
}

async function runServer(
  { sock = "", port = DEFAULT_PORT, preshared, verbose }: CryptSettings,
  run: Run,
): Promise<void> {
  const { Server } = await import("../crypt/server.js");
  const isFixed = preshared !== undefined;
  const secrets = await refusing(1, () => (isFixed ? serverOf(readSecret(preshared)) : freshSecrets()));
  const log = verbose ? (text: string) => run.log(text) : () => {};
  const open = (from: string) => openCable(sock, { description: `vde_cryptcab ${from}`, heads: true, warn: log });
  await (await open("test")).close(); // a server without a switch is told of at once
  const server = await refusing(NOT_BOUND, () => new Server({ port, secrets, open, log }));
  const { serveHandover } = await import("../crypt/handover.js");
  const endHandover = isFixed ? undefined : await refusing(1, () => serveHandover(port, secrets));
  run.ready();
  await server.serve(run.stop);
  endHandover?.();
}

async function runClient(settings: CryptSettings, run: Run): Promise<void> {
  const { sock = "", connect = "", port = 0, preshared, keepalive, verbose } = settings;
  const log = verbose ? (text: string) => run.log(text) : () => {};
  const warn = (text: string) => run.log(text);
  const reconnect = reconnects(settings);
  const local = await openCable(sock, { description: "vde_cryptcab", heads: true, warn, stop: run.stop, reconnect });
  const heads = isSide(local) && local.heads === true;
  const options = { remote: connect, ownPort: port, preshared, keepalive, heads, log, stop: run.stop };
  const cable = await refusing(NO_KEYS, () => openClient(options)).catch(async (error) => {
    await local.close();
    throw error;
  });
  run.ready();
  await join(local, cable, run.stop);
}

async function runHandover({ port = DEFAULT_PORT }: CryptSettings, run: Run): Promise<void> {
  const { relayHandover } = await import("../crypt/handover.js");
  endWithReader(run.program);
  try {
    process.stdout.write(await refusing(1, () => relayHandover(port, process.stdin, run.stop)));
  } finally {
    process.stdin.destroy();
  }
  run.ready();
}

/** Does something, and says in one line why it cannot be done. */
export async function refusing<T>(exitCode: number, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Failure) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (typeof code !== "string") throw error;
    const why = error instanceof SwitchError ? error.detail : reason(error);
    throw new Failure(why, code === "ENOTFOUND" || code === "EAI_AGAIN" ? NOT_FOUND : exitCode);
  }
}
