// What a WebSocket server can be told.

import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import type { Log } from "../sparing-log.js";
import type { ClientLimits } from "./client.js";
import type { RoomOptions } from "./rooms.js";
import type { Tokens } from "./tokens.js";

export interface WebSocketOptions {
  /** A server of the caller's, which stays the caller's: its pages and our WebSockets share a port. */
  readonly server?: Server | undefined;
  /** Where to listen otherwise: this machine alone where no address is given; port 0 for any. */
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  /** A certificate and its key, in PEM, to serve wss:// with. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
  /** The path of the switch itself; rooms are at PATH/room/NAME. */
  readonly path?: string | undefined;
  readonly rooms?: RoomOptions | undefined;
  /** Pages that may come in beside those of the same host, as origins; "*" for all. */
  readonly origins?: readonly string[] | undefined;
  /** Where they are absent, nobody is asked for one. */
  readonly tokens?: Tokens | undefined;
  /** Clients in all, and from one address: as many, if nothing is said. */
  readonly clients?: number | undefined;
  readonly clientsPerAddress?: number | undefined;
  readonly limits?: Partial<ClientLimits> | undefined;
  /** A client is asked for a sign of life this often, and cut off where it gave none since it was asked last. */
  readonly idleMs?: number | undefined;
  /** How long a connection may take to say what it wants, on a server of our own. */
  readonly deadlineMs?: number | undefined;
  /** Takes the client's address from X-Forwarded-For: only behind a proxy that sets it. */
  readonly isBehindProxy?: boolean | undefined;
  /** Other protocols, by what follows `path`: a gateway's, say. Origin and token have been seen to. */
  readonly handlers?: Readonly<Record<string, UpgradeHandler>> | undefined;
  readonly log?: Log | undefined;
}

/** What the server knows of a connection, and where its faults are noted. */
export interface Upgrading {
  /** The address by which clients are counted. */
  readonly site: string;
  readonly log: Log;
}

/** Takes over a connection that asked for an upgrade. What it throws turns that away. */
export interface UpgradeHandler {
  (request: IncomingMessage, socket: Duplex, head: Buffer, from?: Upgrading): void;
  /** Lets go of all that it took over: the server ends. */
  close?(): void;
}

export const DEFAULTS = {
  path: "/",
  clients: 1000,
  idleMs: 30_000,
  deadlineMs: 5_000,
  limits: { rate: 0, burst: 1 << 18, macs: 64, frame: 9_234 },
} as const;
