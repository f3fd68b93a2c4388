// The ports of a switch as a manager sees them: which there are, who may plug in, what is plugged in.

import * as abi from "../assembly/abi.js";
import type { Core } from "./core.js";
import { EndpointIds } from "./endpoint-ids.js";
import type { Engine } from "./engine.js";
import { refuse, whole } from "./errors.js";
import type { Events } from "./events.js";
import type { Link } from "./link.js";
import { withoutSecrets } from "./masking.js";

/** Who asks to be plugged in. */
export interface Identity {
  readonly uid: number;
  /** Whether the user is a member of a group, by primary or supplementary membership. */
  inGroup(gid: number): boolean;
}

/** What is plugged into a port. */
export interface Plug {
  readonly kind: number; // KIND_*
  readonly fd?: number;
  readonly link?: number;
  /** Whether frames may be long on their way: see Link. */
  readonly isDistant?: boolean | undefined;
  /** As `port/print` shows it: "unix prog", "tuntap". */
  readonly module: string;
  /** The user that a port then belongs to, or none: taps and links have none. */
  readonly uid?: number;
  /** Runs where the data plane found it broken, before it is unplugged. */
  onbroken?(reason: Error): void;
  /** Makes a link of the descriptor, which then closes with it. Whoever plugged it in hears of its end, and unplugs it. */
  divert?(): Link;
  /** Lets go of what is outside the core. Runs once, when the core has let go of it. */
  close(): void;
}

/** What was plugged in, is away, and comes back into its port. */
export interface Awaited {
  readonly description: string;
  /** It need not come any more. */
  forget(): void;
}

/** A plug in its port. */
export interface Endpoint {
  /** The number that people know it by. It is nobody else's for as long as can be. */
  readonly id: number;
  /** Its number in the core, which is the next one's as soon as it is out. */
  readonly core: number;
  readonly port: number;
  plug: Plug;
  description: string;
}

/** What a manager set for a port, beside what the core keeps. */
export interface Port {
  readonly id: number;
  /** Whether it may be given to a plug that asks for any port. */
  allocatable: boolean;
  /** Who may plug in; where both are absent, everybody. */
  user: number | undefined;
  group: number | undefined;
  /** Newest first. */
  endpoints: Endpoint[];
  /** While there are any, the port is given to nobody who asks for any port. */
  readonly awaited: Set<Awaited>;
}

const DEFAULT_COUNT = 32;

export class Ports {
  readonly #engine: Engine;
  readonly #core: Core;
  readonly #events: Events;
  readonly #ports = new Map<number, Port>();
  #count = DEFAULT_COUNT;
  readonly #ids = new EndpointIds();

  constructor(engine: Engine, events: Events) {
    this.#engine = engine;
    this.#core = engine.core;
    this.#events = events;
  }

  /** How many ports there may be: numbers go from 1 to this, and there is port 0 for who asks for it. */
  get count(): number {
    return this.#count;
  }

  /** Sets how many ports there may be. EINVAL outside 1 to PORT_MAX, EADDRINUSE where a port would be beyond it. */
  set count(count: number) {
    whole(count, 1, abi.PORT_MAX, `the number of ports is 1 to ${abi.PORT_MAX}`);
    for (const id of this.#ports.keys()) if (id > count) refuse("EADDRINUSE", `remove port ${id} first`);
    this.#count = count;
  }

  /** Every port, by number; with `open`, those that have endpoints, or wait for one. */
  list({ open = false } = {}): Port[] {
    const ports = [...this.#ports.values()].filter((port) => !open || !isIdle(port));
    return ports.sort((a, b) => a.id - b.id);
  }

  /** A port by its number. EINVAL where there can be none, ENXIO where there is none. */
  get(id: number): Port {
    this.requireInRange(id);
    return this.#ports.get(id) ?? refuse("ENXIO", `there is no port ${id}`);
  }

  /** EINVAL where there can be no port of that number. */
  requireInRange(id: number): void {
    whole(id, 0, this.#count, `ports are 0 to ${this.#count}`);
  }

  has(id: number): boolean {
    return this.#ports.has(id);
  }

  /** Makes a port, closed to plugs that ask for any. EEXIST where it is there. */
  create(id: number): Port {
    this.requireInRange(id);
    if (this.#ports.has(id)) refuse("EEXIST", `port ${id} is there already`);
    return this.#make(id, false);
  }

  /** Makes a port of the lowest free number from 1, closed to plugs that ask for any. ENOSPC where all are taken. */
  createNew(): Port {
    for (let id = 1; id <= this.#count; id++) if (!this.#ports.has(id)) return this.#make(id, false);
    return refuse("ENOSPC", `all ${this.#count} ports are taken`);
  }

  /** Makes a port of the lowest free number from 1, or takes an idle one. ENOSPC where all are taken. */
  createAuto(): Port {
    const port = this.#anyPort() ?? refuse("ENOSPC", `all ${this.#count} ports are taken: raise port/setnumports`);
    port.allocatable = false;
    return port;
  }

  /** Unmakes a port, and forgets what it waits for. EADDRINUSE where something is plugged in. */
  remove(id: number): void {
    const port = this.get(id);
    if (port.endpoints.length > 0) refuse("EADDRINUSE", `port ${id} has endpoints: close them first`);
    forgetAwaited(port);
    this.#core.call("portRemove", id);
    this.#ports.delete(id);
  }

  /** Whether a user may plug in. EACCES where not, with the reason. */
  admit(port: Port, who: Identity): void {
    const [current] = port.endpoints;
    if (current !== undefined) {
      if (current.plug.uid === who.uid) return;
      refuse("EACCES", `port ${port.id} is in use by another user`);
    }
    if (port.user === undefined && port.group === undefined) return;
    if (who.uid === 0 || who.uid === port.user) return;
    if (port.group !== undefined && who.inGroup(port.group)) return;
    refuse("EACCES", `port ${port.id} is for others: see port/setuser and port/setgroup`);
  }

  /** The port for a plug that asks for `wanted`, or for any; made where it is not there, and admitted. */
  allocate(wanted: number | undefined, who: Identity, wish?: number): Port {
    if (wanted !== undefined) this.requireInRange(wanted);
    const port =
      wanted === undefined
        ? (this.#wished(wish, who) ?? this.#anyPort(who) ?? refuse("ENOSPC", `all ${this.#count} ports are taken`))
        : (this.#ports.get(wanted) ?? this.#make(wanted, true));
    this.admit(port, who);
    return port;
  }

  /**
   * Plugs in. EMFILE where every endpoint that the core has is taken; the plug is then not closed. What comes back may have
   * the number again that it had.
   */
  plug(port: Port, plug: Plug, lastId?: number): Endpoint {
    this.setDistant(
      port,
      [plug, ...port.endpoints.map((endpoint) => endpoint.plug)].some((each) => each.isDistant),
    );
    const core = this.#core.call("plug", port.id, plug.kind, plug.fd ?? -1, plug.link ?? 0);
    if (core === 0) refuse("EMFILE", `all ${abi.ENDPOINT_COUNT - 1} endpoints are taken`);
    this.#watch(core, plug.fd);
    const id = this.#ids.take(lastId);
    const endpoint: Endpoint = { id, core, port: port.id, plug, description: "" };
    port.endpoints.unshift(endpoint);
    this.#events.emit("port/ep/+", `Port ${two(port.id)} FD ${two(id, " ")}`);
    return endpoint;
  }

  /** Lets the engine watch a descriptor. Where it cannot, the core lets go of the endpoint again. */
  #watch(core: number, fd: number | undefined): void {
    if (fd === undefined) return;
    try {
      this.#engine.watch(core, fd);
    } catch (error) {
      this.#core.call("unplug", core);
      throw error;
    }
  }

  /** Says whether frames may be long on their way to what is in a port. */
  setDistant({ id }: Port, isDistant: boolean): void {
    this.#core.setU8(abi.SPANS + id * abi.SPAN_SIZE + abi.SPAN_DISTANT, isDistant ? 1 : 0);
  }

  /** Says what an endpoint is. Before this, nothing names it. */
  describe(endpoint: Endpoint, text: string): void {
    const description = withoutSecrets(text);
    endpoint.description = description;
    const { port, id } = endpoint;
    this.#events.emit("port/descr", `Port ${two(port)} FD ${two(id, " ")} -> "${description}"`);
  }

  /** Lets the frames of an endpoint that has a descriptor come and go by a link's rings from now on. */
  divert(endpoint: Endpoint, link: number, close: () => void): void {
    const { fd, onbroken: _, divert: __, ...plug } = endpoint.plug;
    if (fd !== undefined) this.#engine.unwatch(endpoint.core, fd);
    endpoint.plug = { ...plug, kind: abi.KIND_LINK, link, close };
    this.#core.call("divert", endpoint.core, link);
  }

  /** Unplugs. Nothing happens where it is out already. */
  unplug(endpoint: Endpoint): void {
    const port = this.#ports.get(endpoint.port);
    if (port === undefined || !port.endpoints.includes(endpoint)) return;
    port.endpoints = port.endpoints.filter((other) => other !== endpoint);
    if (endpoint.plug.fd !== undefined) this.#engine.unwatch(endpoint.core, endpoint.plug.fd);
    this.#core.call("unplug", endpoint.core);
    this.#ids.release(endpoint.id);
    endpoint.plug.close();
    this.#events.emit("port/ep/-", `Port ${two(port.id)} FD ${two(endpoint.id, " ")}`);
    if (port.endpoints.length === 0) this.#events.emit("port/-", two(port.id));
    this.#engine.wake(); // what the core forgot with it is heard of soon
  }

  /** An endpoint by its number. ENXIO where the port has none such. */
  endpoint(portId: number, id: number): Endpoint {
    const found = this.get(portId).endpoints.find((endpoint) => endpoint.id === id);
    return found ?? refuse("ENXIO", `port ${portId} has no endpoint ${id}`);
  }

  /** Unplugs everything. */
  close(): void {
    for (const port of this.#ports.values()) {
      for (const endpoint of [...port.endpoints]) this.unplug(endpoint);
      forgetAwaited(port);
    }
  }

  #anyPort(who?: Identity): Port | undefined {
    for (let id = 1; id <= this.#count; id++) {
      const port = this.#ports.get(id);
      if (port === undefined) return this.#make(id, true);
      if (isIdle(port) && port.allocatable && (who === undefined || this.#mayUse(port, who))) return port;
    }
    return undefined;
  }

  /** The port that a plug would like where it may have any: one that it had, if nobody has it now. */
  #wished(id: number | undefined, who: Identity): Port | undefined {
    if (id === undefined || id < 1 || id > this.#count) return undefined;
    const port = this.#ports.get(id);
    if (port === undefined) return this.#make(id, true);
    return isIdle(port) && port.allocatable && this.#mayUse(port, who) ? port : undefined;
  }

  #mayUse(port: Port, who: Identity): boolean {
    try {
      this.admit(port, who);
      return true;
    } catch {
      return false;
    }
  }

  #make(id: number, allocatable: boolean): Port {
    this.#core.call("portCreate", id);
    const port: Port = { id, allocatable, user: undefined, group: undefined, endpoints: [], awaited: new Set() };
    this.#ports.set(id, port);
    this.#events.emit("port/+", two(id));
    return port;
  }
}

/** Whether nothing is plugged in or on its way back. */
export function isIdle({ endpoints, awaited }: Port): boolean {
  return endpoints.length === 0 && awaited.size === 0;
}

function forgetAwaited({ awaited }: Port): void {
  for (const each of [...awaited]) each.forget();
}

function two(value: number, fill = "0"): string {
  return String(value).padStart(2, fill);
}
