// A cable of VDE's old kind under way.

import { once } from "node:events";
import { join } from "../cable/join.js";
import { linkOf } from "../cable/link.js";
import type { Run } from "../cli/tool.js";
import { OldClient } from "../crypt/old/client.js";
import { oldAddress, oldFormat } from "../crypt/old/run.js";
import { OldServer } from "../crypt/old/server.js";
import { readRemote } from "../crypt/remote.js";
import { placeOldKey } from "../crypt/ssh.js";
import { openCable } from "../transports/open-cable.js";
import { type CryptSettings, DEFAULT_PORT } from "./crypt.js";
import { NOT_BOUND, refusing } from "./crypt-run.js";
import { reconnects } from "./reconnect.js";

export async function runCompat(settings: CryptSettings, run: Run): Promise<void> {
  const { sock = "", connect, port, preshared, keepalive, verbose } = settings;
  const format = await refusing(1, () => oldFormat(preshared));
  const log = verbose ? (text: string) => run.log(text) : () => {};
  const plug = (description: string, reconnect: boolean) =>
    openCable(sock, { description, warn: log, stop: run.stop, reconnect });
  run.log(`warning: --compat: ${format.warning}`);
  if (connect === undefined) {
    await (await plug("vde_cryptcab", false)).close(); // a server without a switch is told of at once
    const open = async (from: string) => linkOf(await plug(`vde_cryptcab ${from}`, true));
    const server = await refusing(NOT_BOUND, () => OldServer.open({ port: port ?? DEFAULT_PORT, format, open, log }));
    run.ready();
    if (!run.stop.aborted) await once(run.stop, "abort");
    server.close();
    return;
  }
  const { login, host, port: remotePort = DEFAULT_PORT } = readRemote(connect)!;
  const place = preshared === undefined ? (id: string) => placeOldKey(login, id) : undefined;
  const address = await refusing(1, () => oldAddress(host));
  const local = await plug("vde_cryptcab", reconnects(settings));
  const options = { host: address, port: remotePort, ownPort: port ?? 0, format, keepalive, place, log };
  const client = await refusing(NOT_BOUND, () => OldClient.open(options)).catch(async (error) => {
    await local.close();
    throw error;
  });
  run.ready();
  await join(local, client, run.stop);
}
