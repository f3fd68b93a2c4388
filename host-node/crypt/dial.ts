// Opens the client's end of an encrypted cable: finds the server, and gets its keys from a file or by ssh.

import { lookup } from "node:dns/promises";
import { refuse } from "../../host/errors.js";
import { ClientSide } from "./client-side.js";
import { type Remote, readRemote } from "./remote.js";
import { clientOf, readSecret } from "./secrets.js";

const DEFAULT_PORT = 7_667;
/** RFC 4787 4.3: a NAT forgets after two minutes, and many do after thirty seconds. */
const KEEP_ALIVE_MS = 15_000;
/** Else so often a client that has nothing to say finds out whether its server still knows it. */
const IDLE_MS = 30_000;

export interface DialOptions {
  /** "[user@]host[:port]". */
  readonly remote: string;
  /** This end's own port; 0 for any. */
  readonly ownPort?: number;
  /** The file of a secret, in place of ssh. */
  readonly preshared?: string | undefined;
  readonly keepalive?: boolean;
  /** Whether what is read may leave checksums to be computed: see Side.heads. */
  readonly heads?: boolean;
  readonly log?: (text: string) => void;
  /** Fires when it is not wanted any more. */
  readonly stop?: AbortSignal;
}

export async function openClient(options: DialOptions): Promise<ClientSide> {
  const { remote, ownPort = 0, preshared, keepalive = false, heads = false, log = () => {}, stop } = options;
  const to = readRemote(remote) ?? refuse("EINVAL", `${remote}: [USER@]HOST[:PORT] is wanted`);
  const port = to.port ?? DEFAULT_PORT;
  const host = preshared === undefined ? await (await import("./ssh.js")).hostBySsh(to.login, stop) : undefined;
  const { address } = await lookup(host ?? to.host);
  return await ClientSide.open({
    host: address,
    port,
    ownPort,
    keepAliveMs: keepalive ? KEEP_ALIVE_MS : IDLE_MS,
    keys: keysFor(to, port, preshared, stop),
    heads,
    log,
  });
}

function keysFor({ login }: Remote, port: number, preshared: string | undefined, stop: AbortSignal | undefined) {
  if (preshared !== undefined) {
    const keys = clientOf(readSecret(preshared));
    return async () => keys;
  }
  return async (publicKey: Uint8Array) => await (await import("./ssh.js")).keysBySsh(login, port, publicKey, stop);
}
