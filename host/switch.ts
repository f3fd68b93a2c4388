// A switch, as a program or a manager holds it. The core forwards; this is everything else that is the same on every
// host: ports and who may use them, VLANs, addresses, settings, counters, events, captures, and links.

import * as abi from "../assembly/abi.js";
import { Captures } from "./captures.js";
import { type Core, macText } from "./core.js";
import { CORE_EVENTS, coreEvent } from "./core-events.js";
import { type Counters, LOST_IN_RING, portCounters, requirePort } from "./counters.js";
import type { Engine } from "./engine.js";
import { refuse, whole } from "./errors.js";
import { Events } from "./events.js";
import { Fdb } from "./fdb.js";
import { Fstp } from "./fstp.js";
import type { Link, Wire } from "./link.js";
import { type Lent, type LinkOptions, Links } from "./links.js";
import { type Memory, memoryOf, type Queue, queueOf } from "./memory.js";
import { type Endpoint, type Identity, type Port, Ports } from "./ports.js";
import { Vlans } from "./vlans.js";

export interface SwitchOptions {
  /** The bridge's own address: six octets. */
  readonly mac: Uint8Array;
  /** How many ports, 1 to 4096. */
  readonly ports?: number;
  readonly hub?: boolean;
  /** Largest payload of a frame in octets, 46 to 9216. */
  readonly mtu?: number;
}

/** Whoever holds the switch in a program: no port is closed to it. */
const OWNER: Identity = { uid: 0, inGroup: () => true };

export class Switch {
  readonly events = new Events();
  readonly ports: Ports;
  readonly vlans: Vlans;
  readonly fdb: Fdb;
  readonly fstp: Fstp;
  readonly captures: Captures;
  readonly startedMs: number;
  readonly #engine: Engine;
  readonly #core: Core;
  readonly #links: Links;
  #eventHead = 0;
  readonly #eventsLost = new Uint32Array(abi.EVENT_KINDS);

  constructor(engine: Engine, { mac, ports, hub = false, mtu }: SwitchOptions) {
    this.#engine = engine;
    this.#core = engine.core;
    this.startedMs = engine.nowMs();
    if (mac.length !== 6) refuse("EINVAL", "an address is six octets");
    this.#core.octets.set(mac, abi.CONFIG + abi.CONFIG_MAC);
    this.ports = new Ports(engine, this.events);
    this.vlans = new Vlans(this.#core, this.ports);
    this.fdb = new Fdb(this.#core, () => engine.nowMs());
    this.fstp = new Fstp(engine, this.vlans, this.ports);
    this.captures = new Captures(this.#core);
    this.#links = new Links(engine);
    if (ports !== undefined) this.ports.count = ports;
    if (mtu !== undefined) this.mtu = mtu;
    this.hub = hub;
    this.events.onwatch = () => this.#watch();
    this.events.onadd = () => this.readEvents();
    engine.onactivity = () => this.#read();
  }

  /** Plugs a link into a port, or into any. It comes out when it closes. */
  plug(link: Link, { port, ...shown }: { port?: number | undefined } & Partial<LinkOptions> = {}): Endpoint {
    const into = this.#into(port);
    if (link.isShared) this.fstp.setOption(into.id, "shared", true);
    return this.#links.plug(this.ports, into, link, { description: link.name, ...shown });
  }

  /** Plugs a pair of rings that another thread uses into a port, or into any: see `Links.lend`. */
  protected lendRings({ port, ...shown }: { port?: number } & LinkOptions, onunplug: () => void): Lent {
    return this.#links.lend(this.ports, this.#into(port), shown, onunplug);
  }

  /** The link of an endpoint, where frames pass through this thread. */
  linkOf(endpoint: Endpoint): Link | undefined {
    return this.#links.of(endpoint);
  }

  /** Leads the link of an endpoint through a wire from now on. */
  lead(endpoint: Endpoint, wire: Wire): void {
    this.#links.lead(this.ports, endpoint, wire);
  }

  /** The wires that the link of an endpoint is led through, in the order in which they came. */
  wiresOf(endpoint: Endpoint): readonly Wire[] {
    return this.#links.wiresOf(endpoint);
  }

  /** The links that are plugged in, and where. */
  plugged(): readonly { port: number; link: Link }[] {
    return this.#links.list();
  }

  unplug(endpoint: Endpoint): void {
    this.ports.unplug(endpoint);
  }

  get mac(): string {
    const at = abi.CONFIG + abi.CONFIG_MAC;
    return macText(this.#core.octets.subarray(at, at + 6));
  }

  get uptimeMs(): number {
    return this.#engine.nowMs() - this.startedMs;
  }

  get hub(): boolean {
    return this.#core.u8(abi.CONFIG + abi.CONFIG_HUB) === 1;
  }

  /** A hub sends every frame to every other port. Spanning tree is off in it, and stays off after it. */
  set hub(on: boolean) {
    this.#core.setU8(abi.CONFIG + abi.CONFIG_HUB, on ? 1 : 0);
    if (on) this.fstp.enabled = false;
    this.fdb.flush();
  }

  /** Whether frames to 01:80:C2:00:00:00 to 0F are forwarded like any other. */
  get transparent(): boolean {
    return this.#core.u8(abi.CONFIG + abi.CONFIG_TRANSPARENT) === 1;
  }

  set transparent(on: boolean) {
    this.#core.setU8(abi.CONFIG + abi.CONFIG_TRANSPARENT, on ? 1 : 0);
  }

  /** Largest payload of a frame, in octets. */
  get mtu(): number {
    return this.#core.u32(abi.CONFIG + abi.CONFIG_FRAME_MAX) - abi.MTU_OVERHEAD;
  }

  set mtu(mtu: number) {
    whole(mtu, abi.MTU_MIN, abi.MTU_MAX, `the MTU is ${abi.MTU_MIN} to ${abi.MTU_MAX}`);
    this.#core.setU32(abi.CONFIG + abi.CONFIG_FRAME_MAX, mtu + abi.MTU_OVERHEAD);
  }

  /** How many frames may wait for a new endpoint. */
  get queueLimit(): number {
    return this.#core.u32(abi.CONFIG + abi.CONFIG_QUEUE_LIMIT);
  }

  set queueLimit(frames: number) {
    this.#core.setU32(abi.CONFIG + abi.CONFIG_QUEUE_LIMIT, requireQueue(frames));
  }

  /** How many frames may wait for this endpoint. */
  setQueueLimit(endpoint: Endpoint, frames: number): void {
    this.#core.setU32(abi.ENDPOINTS + endpoint.core * abi.ENDPOINT_SIZE + abi.ENDPOINT_LIMIT, requireQueue(frames));
    if (endpoint.plug.fd !== undefined) this.#engine.limit?.(endpoint.plug.fd, frames);
  }

  /** What an endpoint has sent, lost, and still holds. */
  queueOf(endpoint: Endpoint): Queue {
    return queueOf(this.#core, this.#engine, endpoint);
  }

  /** What frames that wait for their endpoints take. */
  get memory(): Memory {
    return memoryOf(
      this.#core,
      this.#engine,
      this.ports.list().flatMap(({ endpoints }) => endpoints),
    );
  }

  counters(port: number): Counters {
    const counters = portCounters(this.#core, port);
    const ring = this.ports.has(port) ? this.#links.lost(this.ports.get(port)) : 0;
    return ring === 0 ? counters : { ...counters, drops: { ...counters.drops, [LOST_IN_RING.name]: ring } };
  }

  /** Sets the counters of a port to zero. */
  resetCounters(port: number): void {
    this.#core.call("portReset", requirePort(port));
  }

  /** Unplugs everything, and lets the core go. */
  async close(): Promise<void> {
    this.ports.close();
    await this.#engine.close();
  }

  /** Tells whoever listens what the core has learned and forgotten until now. It happens by itself a little later. */
  readEvents(): void {
    const tail = this.#core.u32(abi.EVENTS + abi.RING_TAIL);
    for (; this.#eventHead !== tail; this.#eventHead = (this.#eventHead + 1) >>> 0) {
      const at = abi.EVENTS + abi.RING_DATA + (this.#eventHead & (abi.EVENT_COUNT - 1)) * abi.EVENT_SIZE;
      const { path, text } = coreEvent(this.#core, at);
      if (path !== "") this.events.emit(path, text);
    }
    this.#core.setU32(abi.EVENTS + abi.RING_HEAD, this.#eventHead);
    this.#readLost();
  }

  /** Events that the core had no room for. */
  #readLost(): void {
    for (const [kind, path] of CORE_EVENTS.entries()) {
      const lost = this.#core.u32(abi.EVENTS + abi.EVENT_LOST + 4 * kind);
      const more = (lost - this.#eventsLost[kind]!) >>> 0;
      this.#eventsLost[kind] = lost;
      if (more > 0) this.events.miss(path, more);
    }
  }

  #into(port: number | undefined): Port {
    const taken = port !== undefined && this.ports.has(port) ? this.ports.get(port) : undefined;
    return taken ?? this.ports.allocate(port, OWNER);
  }

  #watch(): void {
    const on = CORE_EVENTS.some((path) => path !== "" && this.events.watched(path));
    this.#core.setU8(abi.CONFIG + abi.CONFIG_WATCH, on ? 1 : 0);
  }

  #read(): void {
    this.readEvents();
    this.captures.read();
    this.#links.read();
  }
}

function requireQueue(frames: number): number {
  return whole(frames, 1, abi.QUEUE_COUNT, `a queue is 1 to ${abi.QUEUE_COUNT} frames`);
}
