// Wisp, version 1: streams and datagrams of programs in pages, for whom there is a gateway (github.com/MercuryWorkshop/
// wisp-protocol). v86 speaks it by `relay_url: "wisp://HOST/wisp/"`. Where they lead is the gateway's to allow.

import type { LookupAddress } from "node:dns";
import { lookup } from "node:dns/promises";
import { type WebSocket, WebSocketServer } from "ws";
import { parseAddress } from "../../../host/slirp/address.js";
import type { GatewayBackend } from "../../../host/slirp/backend.js";
import type { Policy, Target } from "../../../host/slirp/policy.js";
import type { UpgradeHandler } from "./options.js";
import {
  closePacket,
  continuePacket,
  dataPacket,
  type Packet,
  readPacket,
  TCP,
  type UDP,
  WHY,
} from "./wisp-packets.js";

const MESSAGE_MAX = 1 << 16;
const STREAMS_MAX = 256;
/** How many packets of a stream a client may send before it hears that there is room for more. */
const CREDIT = 64;
/** What may wait for a client, and what of a client may wait for the world, in octets. */
const WAITING_MAX = 1 << 20;
const SILENT_MS = 30_000;
const PROTOCOL_ERROR = 1002;

/** What a stream leads to. */
interface Outside {
  /** Octets that wait for the world. */
  readonly queued: number;
  write(octets: Uint8Array): void;
  close(): void;
  pause(): void;
  resume(): void;
}

/** A stream whose name is looked up: what is written meanwhile is kept. */
class Pending implements Outside {
  readonly written: Uint8Array[] = [];
  queued = 0;

  write(octets: Uint8Array): void {
    this.written.push(octets);
    this.queued += octets.length;
  }

  close(): void {}
  pause(): void {}
  resume(): void {}
}

class WispClient {
  readonly #ws: WebSocket;
  readonly #policy: Policy;
  readonly #backend: GatewayBackend;
  readonly #streams = new Map<number, Outside>();
  #isFull = false;
  #isAlive = true;

  constructor(ws: WebSocket, policy: Policy, backend: GatewayBackend) {
    this.#ws = ws;
    this.#policy = policy;
    this.#backend = backend;
    ws.on("message", (data: Buffer, isBinary) => this.#hear(data, isBinary));
    ws.on("pong", () => {
      this.#isAlive = true;
    });
    ws.on("error", () => {}); // "close" comes after it
    ws.on("close", () => this.#end());
    ws.send(continuePacket(0, CREDIT));
  }

  /** Asks for a sign of life; who gave none since it was asked last is cut off. */
  ask(): void {
    if (!this.#isAlive) this.#ws.terminate();
    this.#isAlive = false;
    this.#ws.ping();
  }

  #end(): void {
    for (const outside of this.#streams.values()) outside.close();
    this.#streams.clear();
  }

  #hear(data: Buffer, isBinary: boolean): void {
    this.#isAlive = true;
    const packet = isBinary ? readPacket(data) : undefined;
    if (packet === undefined) this.#ws.close(PROTOCOL_ERROR, "this is no packet of Wisp");
    else if (packet.kind === "connect") this.#connect(packet).catch(() => this.#refuse(packet.stream, WHY.failed));
    else if (packet.kind === "data") this.#write(packet.stream, packet.octets);
    else this.#forget(packet.stream)?.close();
  }

  #write(stream: number, octets: Uint8Array): void {
    this.#streams.get(stream)?.write(octets);
    if (this.#queued() > WAITING_MAX) this.#ws.pause(); // it sends on without credit, or by many streams
  }

  #queued(): number {
    let sum = 0;
    for (const outside of this.#streams.values()) sum += outside.queued;
    return sum;
  }

  #forget(stream: number): Outside | undefined {
    const outside = this.#streams.get(stream);
    this.#streams.delete(stream);
    return outside;
  }

  /** Ends a stream from our side. */
  #refuse(stream: number, why: number): void {
    if (!this.#streams.has(stream)) return;
    this.#forget(stream)?.close();
    this.#relax();
    this.#ws.send(closePacket(stream, why));
  }

  /** Hears on, where the world has taken enough of what waited. */
  #relax(): void {
    if (this.#ws.isPaused && this.#queued() < WAITING_MAX / 2) this.#ws.resume();
  }

  async #connect({ stream, type, host, port }: Packet & { kind: "connect" }): Promise<void> {
    if (this.#streams.has(stream) || stream === 0) return this.#ws.close(PROTOCOL_ERROR, "a stream opens once");
    if (this.#streams.size >= STREAMS_MAX) return this.#ws.send(closePacket(stream, WHY.throttled));
    const pending = new Pending();
    this.#streams.set(stream, pending);
    const target = await this.#target(host, port);
    if (this.#streams.get(stream) !== pending) return; // closed meanwhile
    if (typeof target === "number") return this.#refuse(stream, target);
    const outside = this.#open(stream, type, target, port);
    this.#streams.set(stream, outside);
    for (const octets of pending.written) outside.write(octets);
    this.#relax();
  }

  /** Where a name leads, if it may be gone to; why not, else. What it is looked up as is what is connected to. */
  async #target(host: string, port: number): Promise<Target | number> {
    if (port === 0) return WHY.invalid;
    const found = await resolve(host).catch(() => []);
    if (found.length === 0) return WHY.unreachable;
    for (const { address } of found) {
      const meant = parseAddress(address);
      const target = meant && this.#policy.target(meant, port);
      if (target !== undefined) return target;
    }
    return WHY.blocked;
  }

  #open(stream: number, type: typeof TCP | typeof UDP, target: Target, port: number): Outside {
    return type === TCP ? this.#stream(stream, target, port) : this.#datagrams(stream, target, port);
  }

  #datagrams(stream: number, { host, family }: Target, port: number): Outside {
    const hears = (octets: Uint8Array, from: string, fromPort: number) => {
      if (from === host && fromPort === port && !this.#isFull) this.#tell(stream, octets);
    };
    const socket = this.#backend.datagrams(family, hears);
    const write = (octets: Uint8Array) => socket.send(octets, host, port);
    return { queued: 0, write, close: () => socket.close(), pause() {}, resume() {} };
  }

  #stream(stream: number, { host }: Target, port: number): Outside {
    const socket = this.#backend.connect({ host, port });
    let used = 0;
    socket.ondata = (octets) => this.#tell(stream, octets);
    socket.onend = () => this.#refuse(stream, WHY.ended);
    socket.onerror = (code) => this.#refuse(stream, WHY.of(code));
    socket.ondrain = () => {
      this.#relax();
      if (used < CREDIT / 2 || socket.queued > 0) return;
      used = 0;
      this.#ws.send(continuePacket(stream, CREDIT));
    };
    if (this.#isFull) socket.pause();
    return {
      get queued() {
        return socket.queued;
      },
      write(octets) {
        used++;
        socket.write(octets);
      },
      close: () => (socket.queued > 0 ? socket.end() : socket.destroy()),
      pause: () => socket.pause(),
      resume: () => socket.resume(),
    };
  }

  #tell(stream: number, octets: Uint8Array): void {
    this.#ws.send(dataPacket(stream, octets), () => this.#drain());
    if (this.#isFull || this.#ws.bufferedAmount < WAITING_MAX) return;
    this.#isFull = true;
    for (const outside of this.#streams.values()) outside.pause();
  }

  #drain(): void {
    if (!this.#isFull || this.#ws.bufferedAmount > WAITING_MAX / 2) return;
    this.#isFull = false;
    for (const outside of this.#streams.values()) outside.resume();
  }
}

/** What a WebSocket server with a gateway behind it has at `/wisp`. */
export function wisp(policy: Policy, backend: GatewayBackend & { close(): void }): UpgradeHandler {
  const clients = new Map<WebSocket, WispClient>();
  const upgrades = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MESSAGE_MAX,
  });
  const timer = setInterval(() => {
    for (const client of clients.values()) client.ask();
  }, SILENT_MS).unref();
  const handle: UpgradeHandler = (request, socket, head) => {
    upgrades.handleUpgrade(request, socket, head, (ws) => {
      clients.set(ws, new WispClient(ws, policy, backend));
      ws.on("close", () => clients.delete(ws));
    });
  };
  const close = () => {
    clearInterval(timer);
    for (const ws of clients.keys()) ws.terminate();
    backend.close();
  };
  return Object.assign(handle, { close });
}

/** Fails by its promise alone: for a name that cannot be one, Node 24's lookup throws at once. */
async function resolve(host: string): Promise<LookupAddress[]> {
  return lookup(host, { all: true });
}
