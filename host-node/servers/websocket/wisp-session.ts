// One client of Wisp, version 1 or 2: its streams, where they may lead, and what may wait in either direction.

import { setMaxListeners } from "node:events";
import type { WebSocket } from "ws";
import { addressText, parseAddress, sameAddress } from "../../../host/slirp/address.js";
import type { GatewayBackend } from "../../../host/slirp/backend.js";
import type { Policy, Target } from "../../../host/slirp/policy.js";
import { QuestionStream, refusalOf } from "../../../host/slirp/questions.js";
import type { Visitors } from "../../../host/slirp/visitors.js";
import { EXTENSION, type Info, serverInfo, windowOf } from "../../../host/wisp/info.js";
import {
  closePacket,
  continuePacket,
  dataPacket,
  infoPacket,
  type Packet,
  readPacket,
  TCP,
  WHY,
  whyOf,
} from "../../../host/wisp/packets.js";
import type { Lookup } from "../../resources/names.js";
import { guard } from "../guard.js";
import type { Log } from "../sparing-log.js";
import { Connection, CREDIT, type Outside, Pending } from "./wisp-outside.js";
import { Pace } from "./wisp-pace.js";

const STREAMS_MAX = 256;
/** What may wait for a client, and what of a client may wait for the world, in octets. */
const WAITING_MAX = 1 << 20;
const PROTOCOL_ERROR = 1002;
const DNS_PORT = 53;

export interface World {
  readonly policy: Policy;
  readonly backend: GatewayBackend;
  readonly lookup: Lookup;
  /** Whose limits hold for clients that come now. */
  readonly visitors: () => Visitors;
}

/** Where a stream leads; by questions alone where it is to a resolver. */
type Place = Target & { readonly port: number; readonly isNames: boolean };

/** Who comes. */
export interface Visitor {
  /** By which what it has is counted. */
  readonly site: string;
  readonly isVersion2: boolean;
  readonly log: Log;
}

export class WispSession {
  readonly #ws: WebSocket;
  readonly #world: World;
  readonly #site: string;
  readonly #streams = new Map<number, Outside>();
  /** What gives back the share of each stream. */
  readonly #shares = new Map<number, () => void>();
  /** What the client says of itself: nothing in version 1. */
  #info: Info | undefined;
  /** Connections that the client has closed, and the world has not. */
  #lingering = 0;
  #isFull = false;
  #isHeld = false;
  #isAlive = true;
  readonly #visitors: Visitors;
  /** What the client is called there. */
  readonly #name: string;
  /** Aborted when the client is gone: nobody wants the names that it asked for. */
  readonly #gone = new AbortController();
  readonly #up = new Pace(() => (this.#up.isLate ? this.#ws.pause() : this.#relax()));
  readonly #down = new Pace(() => this.#hold());

  constructor(ws: WebSocket, world: World, { site, isVersion2, log }: Visitor) {
    this.#ws = ws;
    this.#world = world;
    this.#site = site;
    this.#visitors = world.visitors();
    this.#name = `wisp ${site}`;
    setMaxListeners(0, this.#gone.signal); // one for each name that is being looked up
    ws.on("message", (data: Buffer, isBinary) => guard(ws, log, () => this.#hear(data, isBinary)));
    ws.on("pong", () => {
      this.#isAlive = true;
    });
    ws.on("error", () => {}); // "close" comes after it
    ws.on("close", () => this.#end());
    const [resolver] = world.policy.resolvers;
    if (isVersion2) ws.send(infoPacket(serverInfo(resolver === undefined ? "" : addressText(resolver))));
    ws.send(continuePacket(0, CREDIT));
  }

  /** Asks for a sign of life; who gave none since it was asked last is cut off. */
  ask(): void {
    if (!this.#isAlive && !this.#up.isLate) this.#ws.terminate();
    this.#isAlive = false;
    this.#ws.ping();
  }

  #end(): void {
    this.#gone.abort();
    this.#up.end();
    this.#down.end();
    for (const [stream, outside] of this.#streams) {
      this.#forget(stream);
      outside.close(false);
    }
  }

  #hear(data: Buffer, isBinary: boolean): void {
    this.#isAlive = true;
    const packet = isBinary ? readPacket(data) : undefined;
    switch (packet?.kind) {
      case undefined:
        this.#ws.close(PROTOCOL_ERROR, "this is no packet of Wisp");
        break;
      case "connect":
        this.#connect(packet).catch(({ code = "" }) => this.#refuse(packet.stream, whyOf(code)));
        break;
      case "data":
        this.#write(packet.stream, packet.octets);
        break;
      case "continue":
        this.#streams.get(packet.stream)?.grant(packet.count);
        break;
      case "close":
        this.#forget(packet.stream)?.close(packet.why <= WHY.ended);
        this.#relax();
        break;
      case "info":
        this.#info ??= packet.info;
    }
  }

  #write(stream: number, octets: Uint8Array): void {
    const outside = this.#streams.get(stream);
    if (outside === undefined) return;
    outside.write(octets);
    if (!outside.isLossy) this.#up.wait(this.#visitors.delay(this.#name, "up", octets.length));
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
    this.#shares.get(stream)?.();
    this.#shares.delete(stream);
    return outside;
  }

  /** Ends a stream from our side. */
  #refuse(stream: number, why: number): void {
    if (!this.#streams.has(stream)) return;
    this.#forget(stream)?.close(why === WHY.ended);
    this.#relax();
    this.#ws.send(closePacket(stream, why));
  }

  /** Hears on, where the world has taken enough of what waited. */
  #relax(): void {
    if (this.#ws.isPaused && !this.#up.isLate && this.#queued() < WAITING_MAX / 2) this.#ws.resume();
  }

  async #connect({ stream, type, host, port }: Packet & { kind: "connect" }): Promise<void> {
    if (this.#streams.has(stream) || stream === 0) return this.#ws.close(PROTOCOL_ERROR, "a stream opens once");
    const isFull = this.#streams.size + this.#lingering >= STREAMS_MAX;
    const share = isFull ? undefined : this.#visitors.take(this.#name, type === TCP ? "flows" : "sockets");
    if (share === undefined) return this.#ws.send(closePacket(stream, WHY.throttled));
    this.#shares.set(stream, share);
    const pending = new Pending();
    this.#streams.set(stream, pending);
    const target = await this.#target(host, port);
    if (this.#streams.get(stream) !== pending) return; // closed meanwhile
    if (typeof target === "number") return this.#refuse(stream, target);
    const outside = type === TCP ? this.#connection(stream, target) : this.#datagrams(stream, target);
    this.#streams.set(stream, outside);
    if (this.#isHeld) outside.hold(true);
    outside.grant(pending.granted);
    for (const octets of pending.written) outside.write(octets);
    this.#relax();
  }

  /** Where a name leads, if it may be gone to; why not, else. What it is looked up as is what is connected to. */
  async #target(host: string, port: number): Promise<Place | number> {
    const { policy, backend, lookup } = this.#world;
    if (port === 0) return WHY.invalid;
    const found = await lookup(host, this.#site, this.#gone.signal);
    if (found.length === 0) return WHY.unreachable;
    for (const address of found) {
      const meant = parseAddress(address);
      if (meant === undefined) continue;
      const isResolver = port === DNS_PORT && policy.resolvers.some((each) => sameAddress(each, meant));
      const resolver = isResolver ? backend.resolver() : undefined;
      if (resolver !== undefined) return { ...resolver, family: resolver.host.includes(":") ? 6 : 4, isNames: true };
      const target = policy.target(meant, port);
      if (target !== undefined) return { ...target, port, isNames: false };
    }
    return WHY.blocked;
  }

  /** What is beyond the client's rate is lost, as datagrams are. */
  #datagrams(stream: number, { host, family, port, isNames }: Place): Outside {
    const admits = (direction: "up" | "down", { length }: Uint8Array) =>
      this.#visitors.admits(this.#name, direction, length);
    const hears = (octets: Uint8Array, from: string, fromPort: number) => {
      if (from === host && fromPort === port && !this.#isFull && admits("down", octets)) this.#send(stream, octets);
    };
    const socket = this.#world.backend.datagrams(family, hears, undefined, this.#site);
    const write = (octets: Uint8Array) => {
      const refusal = isNames ? refusalOf(octets) : undefined;
      if (!admits("up", octets) || refusal === "nothing") return;
      if (refusal === undefined) socket.send(octets, host, port);
      else this.#send(stream, refusal);
    };
    return { queued: 0, isLossy: true, write, close: () => socket.close(), hold() {}, grant() {} };
  }

  #connection(stream: number, { host, port, isNames }: Place): Outside {
    const made = this.#world.backend.connect({ host, port }, this.#site);
    return new Connection(isNames ? new QuestionStream(made) : made, {
      window: this.#info && windowOf(this.#info),
      confirms: this.#info?.extensions.has(EXTENSION.confirmation) === true,
      ondata: (octets) => this.#tell(stream, octets),
      onclose: (code) => this.#refuse(stream, code === undefined ? WHY.ended : whyOf(code)),
      oncredit: (count) => this.#ws.send(continuePacket(stream, count)),
      ondrain: () => this.#relax(),
      onlinger: (change) => {
        this.#lingering += change;
      },
    });
  }

  #tell(stream: number, octets: Uint8Array): void {
    this.#send(stream, octets);
    this.#down.wait(this.#visitors.delay(this.#name, "down", octets.length));
  }

  #send(stream: number, octets: Uint8Array): void {
    this.#ws.send(dataPacket(stream, octets), () => this.#drain());
    if (this.#isFull || this.#ws.bufferedAmount < WAITING_MAX) return;
    this.#isFull = true;
    this.#hold();
  }

  #drain(): void {
    if (!this.#isFull || this.#ws.bufferedAmount > WAITING_MAX / 2) return;
    this.#isFull = false;
    this.#hold();
  }

  /** Makes the world wait, or no more: the client does not read, or is beyond its rate. */
  #hold(): void {
    const isHeld = this.#isFull || this.#down.isLate;
    if (isHeld === this.#isHeld) return;
    this.#isHeld = isHeld;
    for (const outside of this.#streams.values()) outside.hold(isHeld);
  }
}
