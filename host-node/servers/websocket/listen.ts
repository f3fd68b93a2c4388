// A server of our own for WebSockets. It has no pages, and a connection that does not say at once what it wants is closed.

import { createPrivateKey, X509Certificate } from "node:crypto";
import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { ERRORS, type ErrorCode, refuse } from "../../../host/errors.js";
import { reason } from "../../reason.js";
import { descriptors } from "../../resources/process.js";
import { HalfOpen, type Waiting } from "../half-open.js";
import type { WebSocketOptions } from "./options.js";
import { siteOf } from "./peer.js";

const HALF_OPEN_PER_ADDRESS = 64;
const HALF_OPEN_MAX = 512;

export interface Listener {
  readonly server: Server;
  close(): Promise<void>;
}

/** A connection that has not asked for anything yet. */
class Silent implements Waiting {
  readonly owner: string;
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.owner = siteOf(socket.remoteAddress ?? "");
  }

  drop(): void {
    this.#socket.destroy();
  }
}

/** Listens. EADDRINUSE, EACCES and the like where it cannot, EINVAL where the certificate is none. */
export async function listen(where: Listening): Promise<Listener> {
  const { host = "127.0.0.1", port = 0, tls, clients, deadlineMs, log = () => {} } = where;
  const server = tls === undefined ? createServer(limits(deadlineMs), answer) : secured(tls, deadlineMs);
  server.maxConnections = clients + HALF_OPEN_MAX;
  const silent = limitSilence(server, tls === undefined ? deadlineMs : 2 * deadlineMs);
  if (tls !== undefined) warnOfTime(new X509Certificate(tls.cert), log);
  await listening(server, host, port);
  server.on("error", () => {}); // a connection that could not be accepted; the next may be
  return {
    server,
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      for (const one of silent()) one.drop(); // with TLS the server does not know of them yet
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

/** Clients will not come in; the operator is to know it before they do. It is served all the same: some do not look. */
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

/**
 * Waits for each connection to ask for something, from when it is there: who does not even begin with TLS is silent, too. With
 * TLS the socket that asks is another than the one that came, with the same two ends. Returns who is waited for.
 */
function limitSilence(server: Server, deadlineMs: number): () => Iterable<Silent> {
  const halfOpen = new HalfOpen({ perOwner: HALF_OPEN_PER_ADDRESS, inAll: HALF_OPEN_MAX, deadlineMs });
  const waiting = new Map<string, Silent>();
  const spoke = (ends: string) => {
    const silent = waiting.get(ends);
    waiting.delete(ends);
    if (silent !== undefined) halfOpen.remove(silent);
  };
  server.on("connection", (socket: Socket) => {
    const silent = new Silent(socket);
    const lease = descriptors.tryTake("websocket", silent.owner);
    if (lease === undefined) return void socket.destroy();
    const ends = endsOf(socket);
    waiting.set(ends, silent);
    socket.on("error", () => {}); // "close" comes after it
    socket.on("close", () => {
      lease.release();
      spoke(ends);
    });
    halfOpen.add(silent);
  });
  server.on("secureConnection", (socket: Socket) => void socket.on("error", () => {}));
  server.on("upgrade", ({ socket }) => spoke(endsOf(socket)));
  server.on("request", ({ socket }) => spoke(endsOf(socket)));
  return () => waiting.values();
}

function endsOf({ remoteAddress, remotePort, localAddress }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress}`;
}

/** Where a server listens, as a URL without a path. */
export function urlOf(server: Server, isSecure: boolean): string {
  const { address, family, port } = server.address() as AddressInfo;
  return `${isSecure ? "wss" : "ws"}://${family === "IPv6" ? `[${address}]` : address}:${port}`;
}
