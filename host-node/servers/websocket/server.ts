// Serves a switch to WebSockets: emulators in pages, switches in pages, other switches and tools. Each client is a port.
// See docs/protocols/websocket.md.

import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { refuse } from "../../../host/errors.js";
import { type Endpoint, isIdle } from "../../../host/ports.js";
import type { Switch } from "../../../host/switch.js";
import { BATCHED } from "../../../host/websocket/coding.js";
import { CLOSE_REPLACED } from "../../../host/websocket/link.js";
import { reason } from "../../reason.js";
import { sparingLog } from "../sparing-log.js";
import { Admission, type Admitted, Refusal } from "./admission.js";
import { Client, type ClientLimits, codingOf } from "./client.js";
import { Expiry } from "./expiry.js";
import { type Listener, listen, urlOf } from "./listen.js";
import { DEFAULTS, type WebSocketOptions } from "./options.js";
import { type Peer, peerOf } from "./peer.js";
import { Places, placeOf } from "./places.js";
import { Pool } from "./pool.js";
import { type Room, Rooms } from "./rooms.js";

/** A longer message is no frame's, nor a batch of ours: its sender is cut off. */
const MESSAGE_MAX = 1 << 17;
const GOING_AWAY = 1001;
const POLICY = 1008;
const TRY_LATER = 1013;
/** How long clients have to hear that the server ends. */
const FAREWELL_MS = 500;
const LIMITS = {
  maxPayload: MESSAGE_MAX,
  /** How long who is shown out may take to go. */
  closeTimeout: 2_000,
};

/** A client in its port. */
export interface Seat {
  readonly client: Client;
  readonly room: Room;
  readonly endpoint: Endpoint;
}

export interface WebSocketService {
  /** Where it is served: "ws://127.0.0.1:8080/". */
  readonly url: string;
  /** Who is there, by port. */
  list(): readonly Seat[];
  /** Shows a client out. ENXIO where there is none in that port. */
  drop(port: number): void;
  /** How many were turned away, and how many octets wait for all clients. */
  readonly turnedAway: number;
  readonly waiting: number;
  close(): Promise<void>;
}

class Service implements WebSocketService {
  readonly #switch: Switch;
  readonly #options: WebSocketOptions;
  readonly #limits: ClientLimits;
  readonly #log: (text: string) => void;
  readonly #rooms: Rooms;
  readonly #admission: Admission;
  readonly #pool = new Pool();
  readonly #seats = new Map<Client, Seat>();
  readonly #places = new Places();
  readonly #upgrades: WebSocketServer;
  readonly #expiry = new Expiry();
  readonly #timer: NodeJS.Timeout;
  #listener: Listener | undefined;
  turnedAway = 0;

  constructor(sw: Switch, options: WebSocketOptions) {
    const { rooms = {}, path = DEFAULTS.path, origins = [], tokens, handlers = {} } = options;
    this.#switch = sw;
    this.#options = options;
    this.#limits = { ...DEFAULTS.limits, ...options.limits };
    this.#log = sparingLog(options.log ?? (() => {}));
    this.#rooms = new Rooms(sw, rooms);
    const hasRoom = (name: string) => this.#rooms.has(name);
    this.#admission = new Admission({ path, origins, tokens, hasRoom, handlers: Object.keys(handlers) });
    this.#upgrades = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      ...LIMITS,
      handleProtocols: (protocols) => codingOf(protocols).protocol || false,
    });
    const { idleMs = DEFAULTS.idleMs } = options;
    this.#timer = setInterval(() => this.#lookForSilent(), idleMs).unref();
  }

  get url(): string {
    const { server = this.#listener?.server, tls, path = DEFAULTS.path } = this.#options;
    return server?.listening ? `${urlOf(server, tls !== undefined)}${path}` : path;
  }

  get waiting(): number {
    return this.#pool.used;
  }

  list(): readonly Seat[] {
    return [...this.#seats.values()].sort((a, b) => a.endpoint.port - b.endpoint.port);
  }

  drop(port: number): void {
    const seat = this.list().find(({ endpoint }) => endpoint.port === port);
    if (seat === undefined) refuse("ENXIO", `no WebSocket is in port ${port}`);
    seat.client.close(POLICY, "a manager closed it");
  }

  async open(): Promise<this> {
    const {
      server,
      host,
      port,
      tls,
      clients = DEFAULTS.clients,
      deadlineMs = DEFAULTS.deadlineMs,
      log,
    } = this.#options;
    if (server === undefined) this.#listener = await listen({ host, port, tls, clients, deadlineMs, log });
    (server ?? this.#listener?.server)?.on("upgrade", this.#upgrade);
    return this;
  }

  async close(): Promise<void> {
    this.#options.server?.off("upgrade", this.#upgrade);
    clearInterval(this.#timer);
    this.#expiry.stop();
    const clients = [...this.#seats.keys()];
    await Promise.all(clients.map((client) => client.farewell(GOING_AWAY, "the switch ends", FAREWELL_MS)));
    for (const handler of Object.values(this.#options.handlers ?? {})) handler.close?.();
    await this.#listener?.close();
  }

  readonly #upgrade = (request: IncomingMessage, stream: Duplex, head: Buffer): void => {
    const peer = peerOf(request, this.#options.isBehindProxy ?? false);
    stream.on("error", () => {}); // "close" comes after it
    try {
      const admitted = this.#admit(request, peer);
      const handler = this.#options.handlers?.[admitted.handler ?? ""];
      if (handler !== undefined) {
        const place = placeOf(peer.site, admitted.handler);
        this.#places.enter(place);
        stream.on("close", () => this.#places.leave(place));
        this.#limitTime(stream, admitted, () => stream.destroy());
        handler(request, stream, head, { site: peer.site, log: this.#log });
      } else this.#upgrades.handleUpgrade(request, stream, head, (ws) => this.#greet(ws, stream, peer, admitted));
    } catch (error) {
      this.#turnAway(stream, peer, error instanceof Refusal ? error : new Refusal(500, reason(error)));
    }
  };

  #admit(request: IncomingMessage, peer: Peer): Admitted {
    const { clients = DEFAULTS.clients, clientsPerAddress = clients } = this.#options;
    const { origin, host } = request.headers;
    const admitted = this.#admission.admit({
      url: request.url ?? "/",
      origin,
      host,
      address: peer.site,
    });
    if (this.#places.all >= clients) throw new Refusal(503, `all ${clients} clients are there`);
    if (this.#places.at(placeOf(peer.site, admitted.handler)) >= clientsPerAddress)
      throw new Refusal(429, `${clientsPerAddress} clients come from this address already`);
    return admitted;
  }

  #turnAway(stream: Duplex, peer: Peer, { status, message, retryS }: Refusal): void {
    const isOthers = this.#options.server !== undefined && this.#options.server.listenerCount("upgrade") > 1;
    if (status === 404 && isOthers) return;
    this.turnedAway++;
    this.#log(`${peer.text} is turned away: ${message}`);
    const body = `${message}\n`;
    const lines = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      "Connection: close",
      "Content-Type: text/plain; charset=utf-8",
      `Content-Length: ${Buffer.byteLength(body)}`,
      ...(retryS === undefined ? [] : [`Retry-After: ${retryS}`]),
    ];
    stream.end(`${lines.join("\r\n")}\r\n\r\n${body}`);
    if ("destroySoon" in stream) (stream as Duplex & { destroySoon(): void }).destroySoon();
  }

  /** Who came by a token goes when its time is over. */
  #limitTime(stream: Duplex, { holder: { untilMs } }: Admitted, end: () => void): void {
    if (untilMs !== undefined) this.#expiry.add(stream, untilMs, end);
  }

  /** Gives a WebSocket its port. */
  #greet(ws: WebSocket, stream: Duplex, peer: Peer, admitted: Admitted): void {
    const { room: name = "", holder } = admitted;
    const identity = { from: peer.text, address: peer.site, holder: holder.name };
    const limits = this.#rooms.isTrunk(name) ? { ...this.#limits, macs: 0 } : this.#limits;
    const client = new Client(ws, stream, { identity, limits, pool: this.#pool, log: this.#log });
    this.#limitTime(stream, admitted, () => client.close(POLICY, "the token's time is over"));
    try {
      this.#seat(client, name);
    } catch (error) {
      this.turnedAway++;
      this.#log(`${peer.text} is turned away: ${reason(error)}`);
      client.close(TRY_LATER, reason(error));
    }
  }

  #seat(client: Client, name: string): void {
    const room = this.#rooms.enter(name, client);
    try {
      this.#plug(client, room);
    } catch (error) {
      this.#rooms.leave(room, client);
      throw error;
    }
  }

  #plug(client: Client, room: Room): void {
    const port = this.#rooms.port(room);
    try {
      const description = room.name === "" ? client.name : `${client.name} room ${room.name}`;
      const endpoint = this.#switch.plug(client, { port: port.id, module: "websocket", description });
      this.#seats.set(client, { client, room, endpoint });
    } catch (error) {
      this.#switch.ports.remove(port.id);
      throw error;
    }
    this.#places.enter(placeOf(client.identity.address));
    if (room.place !== "trunk" && client.coding !== BATCHED) this.#follow(client, room);
    const unplug = client.onclose;
    client.onclose = (why) => {
      this.#seats.delete(client);
      unplug(why);
      this.#vacate(client, room, port.id);
    };
  }

  /**
   * Where an address comes from the same emulator on another socket, the old socket is as good as gone. Switches and cables
   * of our own are exempt: an address that comes by two of them is a loop, which spanning tree breaks.
   */
  #follow(client: Client, room: Room): void {
    client.onaddress = (address) => {
      const before = room.owners.get(address);
      if (before !== undefined && before !== client && !isSame(before, client)) return;
      room.owners.set(address, client);
      if (before !== undefined && before !== client) before.close(CLOSE_REPLACED, "another connection has its address");
    };
    client.onforget = (address) => {
      if (room.owners.get(address) === client) room.owners.delete(address);
    };
  }

  #vacate(client: Client, room: Room, port: number): void {
    const { ports } = this.#switch;
    this.#places.leave(placeOf(client.identity.address));
    for (const key of client.addresses?.keys() ?? []) client.onforget(key);
    if (ports.has(port) && isIdle(ports.get(port))) ports.remove(port);
    this.#rooms.leave(room, client);
  }

  #lookForSilent(): void {
    for (const client of [...this.#seats.keys()]) {
      if (!client.isHeard) client.terminate();
      client.isHeard = false;
      client.ping();
    }
  }
}

function isSame(one: Client, other: Client): boolean {
  return one.identity.address === other.identity.address && one.identity.holder === other.identity.holder;
}

/** Serves a switch to WebSockets, on a server of the caller's or on one of its own. */
export async function serveWebSocket(sw: Switch, options: WebSocketOptions): Promise<WebSocketService> {
  const service = new Service(sw, options);
  try {
    return await service.open();
  } catch (error) {
    await service.close(); // its timers, and what its handlers hold
    throw error;
  }
}
