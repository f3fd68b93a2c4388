// A server of our own for WebSockets. It has no pages, and a connection that does not say at once what it wants is closed.

import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { refuse } from "../../../host/errors.js";
import { descriptorLimit } from "../../native/file.js";
import { HalfOpen, type Waiting } from "../half-open.js";
import type { WebSocketOptions } from "./options.js";

const HALF_OPEN_PER_ADDRESS = 64;
const HALF_OPEN_MAX = 512;
/** Descriptors that are left to the rest of the program. */
const SPARE = 64;

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
    this.owner = socket.remoteAddress ?? "";
  }

  drop(): void {
    this.#socket.destroy();
  }
}

/** Listens. EADDRINUSE, EACCES and the like where it cannot, EINVAL where the certificate is none. */
export async function listen({ host = "127.0.0.1", port = 0, tls, clients, deadlineMs }: Listening): Promise<Listener> {
  const server = tls === undefined ? createServer(limits(deadlineMs), answer) : secured(tls, deadlineMs);
  server.maxConnections = Math.max(1, Math.min(clients + HALF_OPEN_MAX, descriptorLimit() - SPARE));
  limitSilence(server, tls === undefined ? "connection" : "secureConnection", deadlineMs);
  server.listen({ host, port });
  await once(server, "listening");
  return {
    server,
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

type Listening = Pick<WebSocketOptions, "host" | "port" | "tls"> & {
  readonly clients: number;
  readonly deadlineMs: number;
};

const limits = (ms: number) => ({ headersTimeout: ms, requestTimeout: ms, connectionsCheckingInterval: 1_000 });

function secured(tls: { readonly cert: string; readonly key: string }, ms: number): Server {
  try {
    return createTlsServer({ ...limits(ms), ...tls, handshakeTimeout: ms, minVersion: "TLSv1.2" }, answer);
  } catch (error) {
    return refuse("EINVAL", `certificate and key: ${(error as Error).message}`);
  }
}

const answer: RequestListener = (_request, response) => {
  response.writeHead(426, { Connection: "close", Upgrade: "websocket", "Content-Type": "text/plain" });
  response.end("This is a virtual Ethernet switch: it is spoken to by WebSocket.\n");
};

/** Waits for each connection to ask for something. With TLS it has until its handshake is over for that first. */
function limitSilence(server: Server, event: "connection" | "secureConnection", deadlineMs: number): void {
  const halfOpen = new HalfOpen({ perOwner: HALF_OPEN_PER_ADDRESS, inAll: HALF_OPEN_MAX, deadlineMs });
  const waiting = new WeakMap<object, Silent>();
  const spoke = (socket: object) => {
    const silent = waiting.get(socket);
    if (silent !== undefined) halfOpen.remove(silent);
  };
  server.on(event, (socket: Socket | TLSSocket) => {
    const silent = new Silent(socket);
    waiting.set(socket, silent);
    socket.on("error", () => {}); // "close" comes after it
    socket.on("close", () => spoke(socket));
    halfOpen.add(silent);
  });
  server.on("upgrade", ({ socket }) => spoke(socket));
  server.on("request", ({ socket }) => spoke(socket));
}

/** Where a server listens, as a URL without a path. */
export function urlOf(server: Server, isSecure: boolean): string {
  const { address, family, port } = server.address() as AddressInfo;
  return `${isSecure ? "wss" : "ws"}://${family === "IPv6" ? `[${address}]` : address}:${port}`;
}
