// MercuryWorkshop's own Wisp, both ends of it: what ours is held against. It has no types of its own.

import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Lab } from "../interop/lab.js";

interface Server {
  readonly server: {
    routeRequest(request: IncomingMessage, socket: Duplex, head: Buffer): void;
    readonly options: Record<string, unknown>;
  };
  readonly logging: { set_level(level: number): void; readonly NONE: number };
}

interface ClientStream {
  onopen(): void;
  onmessage(octets: Uint8Array): void;
  onclose(why: number): void;
  send(octets: Uint8Array): void;
  close(why: number): void;
}

interface Connection {
  onopen(): void;
  onclose(): void;
  readonly wisp_version: number;
  readonly udp_enabled: boolean;
  create_stream(host: string, port: number, type: "tcp" | "udp"): ClientStream;
  close(): void;
}

const require = createRequire(import.meta.url);

/** Its server, on a port of its own. Returns the URL. `onclient` gets what counts the octets that were sent to a client. */
export async function serveWispJs(
  lab: Lab,
  options: Readonly<Record<string, unknown>> = {},
  onclient: (sent: () => number) => void = () => {},
): Promise<string> {
  const { server, logging } = require("@mercuryworkshop/wisp-js/server") as Server;
  logging.set_level(logging.NONE);
  Object.assign(server.options, { allow_loopback_ips: true, wisp_version: 2, wisp_motd: null }, options);
  const sockets = new Set<Socket>();
  const http = createServer().on("upgrade", (request, socket, head) => {
    sockets.add(socket as Socket);
    onclient(() => (socket as Socket).bytesWritten - (socket as Socket).writableLength);
    server.routeRequest(request, socket, head);
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  lab.later(() => {
    for (const socket of sockets) socket.destroy();
    http.close();
  });
  return `ws://127.0.0.1:${(http.address() as AddressInfo).port}/`;
}

/** A connection of its client, open. */
export async function dialWispJs(lab: Lab, url: string): Promise<Connection> {
  const { client } = require("@mercuryworkshop/wisp-js/client") as {
    client: { ClientConnection: new (url: string) => Connection };
  };
  const connection = new client.ClientConnection(url);
  lab.later(() => connection.close());
  await new Promise<void>((resolve) => {
    connection.onopen = resolve;
  });
  return connection;
}
