// A server of our own for WebSockets. It has no pages, and a connection that does not say at once what it wants is closed.

import { createPrivateKey, X509Certificate } from "node:crypto";
import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { ERRORS, type ErrorCode, refuse } from "../../../host/errors.js";
import { reason } from "../../reason.js";
import { limitSilence } from "../silence.js";
import type { WebSocketOptions } from "./options.js";

const HALF_OPEN_PER_ADDRESS = 64;
const HALF_OPEN_MAX = 512;

export interface Listener {
  readonly server: Server;
  close(): Promise<void>;
}

/** Listens. EADDRINUSE, EACCES and the like where it cannot, EINVAL where the certificate is none. */
export async function listen(where: Listening): Promise<Listener> {
  const { host = "127.0.0.1", port = 0, tls, clients, deadlineMs, log = () => {} } = where;
  const server = tls === undefined ? createServer(limits(deadlineMs), answer) : secured(tls, deadlineMs);
  server.maxConnections = clients + HALF_OPEN_MAX;
  const silent = limitSilence(server, "websocket", {
    perOwner: HALF_OPEN_PER_ADDRESS,
    inAll: HALF_OPEN_MAX,
    deadlineMs: tls === undefined ? deadlineMs : 2 * deadlineMs,
  });
  if (tls !== undefined) warnOfTime(new X509Certificate(tls.cert), log);
  await listening(server, host, port);
  server.on("error", () => {}); // a connection that could not be accepted; the next may be
  return {
    server,
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      for (const one of silent()) one.drop("the server ends"); // with TLS the server does not know of them yet
      await closed;
    },
  };
}

type Listening = Pick<WebSocketOptions, "host" | "port" | "tls" | "log"> & {
  readonly clients: number;
  readonly deadlineMs: number;
};

/** Listens, or says why not in words. */
export async function listening(server: Server, host: string, port: number): Promise<void> {
  server.listen({ host, port });
  try {
    await once(server, "listening");
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    refuse(code in ERRORS ? (code as ErrorCode) : "EINVAL", reason(error, `${host}:${port}`));
  }
}

const limits = (ms: number) => ({ headersTimeout: ms, requestTimeout: ms, connectionsCheckingInterval: 1_000 });

function secured(tls: { readonly cert: string; readonly key: string }, ms: number): Server {
  try {
    const isOwn = new X509Certificate(tls.cert).checkPrivateKey(createPrivateKey(tls.key));
    if (!isOwn) throw new Error("the key is another certificate's");
    return createTlsServer({ ...limits(ms), ...tls, handshakeTimeout: ms, minVersion: "TLSv1.2" }, answer);
  } catch (error) {
    return refuse("EINVAL", `certificate and key: ${(error as Error).message}`);
  }
}

/** Warns the operator before clients complain. The certificate is served all the same, since some clients do not verify it. */
function warnOfTime({ validFrom, validTo }: X509Certificate, log: (text: string) => void): void {
  const nowMs = Date.now();
  if (nowMs > Date.parse(validTo)) log(`the certificate expired on ${validTo}: clients will refuse it`);
  else if (nowMs < Date.parse(validFrom))
    log(`the certificate is not valid before ${validFrom}: clients will refuse it`);
}

const answer: RequestListener = (_request, response) => {
  response.writeHead(426, { Connection: "close", Upgrade: "websocket", "Content-Type": "text/plain" });
  response.end("This is a virtual Ethernet switch: it is spoken to by WebSocket.\n");
};

/** Where a server listens, as a URL without a path. */
export function urlOf(server: Server, isSecure: boolean): string {
  const { address, family, port } = server.address() as AddressInfo;
  return `${isSecure ? "wss" : "ws"}://${family === "IPv6" ? `[${address}]` : address}:${port}`;
}
