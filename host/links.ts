// Links in ports: frames between a Link of this thread and the rings that the core reads and writes.

import * as abi from "../assembly/abi.js";
import type { Engine } from "./engine.js";
import { refuse } from "./errors.js";
import type { Link, Wire } from "./link.js";
import type { Endpoint, Port, Ports } from "./ports.js";
import { feed, Ring } from "./ring.js";

/** What is shown of a link: see `Plug`. */
export interface LinkOptions {
  readonly description: string;
  readonly module?: string;
  readonly uid?: number;
  /** The number that it had, for a link that comes back. */
  readonly lastId?: number | undefined;
}

interface Plugged {
  /** Absent where another thread has the rings. */
  link?: Link;
  /** What was plugged in, whatever it is led through since. */
  readonly origin?: Link;
  /** What it is led through since: with it, these are put before whatever takes its place. */
  readonly wires: Wire[];
  readonly endpoint: Endpoint;
  readonly inward: Ring;
  readonly outward: Ring;
}

/** A pair of rings in the core's memory that another thread uses as its link. */
export interface Lent {
  readonly endpoint: Endpoint;
  readonly link: number;
  /** The other thread uses them no more: the next link may have them. */
  release(): void;
}

const FILLED = abi.LINK_FILLED >>> 2;
const WORDS = abi.LINK_COUNT >>> 5;

export class Links {
  readonly #engine: Engine;
  readonly #plugged = new Map<number, Plugged>();
  readonly #words: Uint32Array;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#words = new Uint32Array(engine.core.octets.buffer);
  }

  /** Plugs a link into a port of `ports`. EMFILE where all pairs of rings are taken. */
  plug(ports: Ports, port: Port, link: Link, { description, module = "link", uid, lastId }: LinkOptions): Endpoint {
    const number = this.#free();
    const rings = this.#rings(number, abi.READER_HOST);
    const close = () => this.#close(number, link);
    const { isDistant } = link;
    const plug = { kind: abi.KIND_LINK, link: number, isDistant, module, ...(uid !== undefined && { uid }), close };
    const endpoint = ports.plug(port, plug, lastId);
    this.#take(number, { link, origin: link, wires: [], endpoint, ...rings });
    ports.describe(endpoint, description);
    link.onclose = () => ports.unplug(endpoint);
    return endpoint;
  }

  #take(number: number, plugged: Plugged & { link: Link }): void {
    this.#plugged.set(number, plugged);
    this.#hear(plugged, plugged.link, number);
  }

  #close(number: number, link: Link): void {
    const { link: last = link } = this.#plugged.get(number) ?? {};
    this.#plugged.delete(number);
    last.onframe = () => {}; // the rings may be another link's before this one is silent
    last.hasRoom = () => true;
    last.close();
  }

  /** The link of an endpoint, where it has one, and this thread reads it. */
  of({ plug }: Endpoint): Link | undefined {
    return plug.link === undefined ? undefined : this.#plugged.get(plug.link)?.link;
  }

  /**
   * Leads the link of an endpoint through a wire from now on. What the data plane takes from a descriptor comes to this
   * thread for it, and stays. EINVAL where frames pass through another.
   */
  lead(ports: Ports, endpoint: Endpoint, wire: Wire): void {
    if (endpoint.plug.divert !== undefined) this.#divert(ports, endpoint, endpoint.plug.divert);
    const number = endpoint.plug.link ?? Number.NaN;
    const plugged = this.#plugged.get(number);
    if (plugged?.link === undefined)
      refuse("EINVAL", `endpoint ${endpoint.id} is lent to another thread: it can put a wire before its own link`);
    ports.setDistant(ports.get(endpoint.port), true);
    const { onclose } = plugged.link; // who hears of its end may open it again
    plugged.link = wire(plugged.link);
    plugged.link.onclose = onclose;
    plugged.wires.push(wire);
    this.#hear(plugged, plugged.link, number);
  }

  #divert(ports: Ports, endpoint: Endpoint, divert: () => Link): void {
    const number = this.#free();
    const rings = this.#rings(number, abi.READER_HOST);
    const link = divert();
    ports.divert(endpoint, number, () => this.#close(number, link));
    this.#take(number, { link, origin: link, wires: [], endpoint, ...rings });
  }

  wiresOf({ plug }: Endpoint): readonly Wire[] {
    return this.#plugged.get(plug.link ?? Number.NaN)?.wires ?? [];
  }

  #hear({ inward }: Plugged, link: Link, number: number): void {
    link.hasRoom = (octets) => inward.hasRoom(octets);
    link.onframe = (frame) => {
      if (!inward.hasRoom(frame.length)) this.#engine.makeRoom?.();
      inward.push(frame);
      this.#feed(number);
    };
  }

  /** Plugs in what another thread feeds and reads. `onunplug` tells it to stop; its rings stay taken until `release`. */
  lend(ports: Ports, port: Port, { description, module = "link" }: LinkOptions, onunplug: () => void): Lent {
    const number = this.#free();
    const rings = this.#rings(number, abi.READER_AWAKE);
    const endpoint = ports.plug(port, { kind: abi.KIND_LINK, link: number, module, close: onunplug });
    const plugged = { endpoint, wires: [], ...rings };
    this.#plugged.set(number, plugged);
    ports.describe(endpoint, description);
    const release = () => {
      if (this.#plugged.get(number) === plugged) this.#plugged.delete(number);
    };
    return { endpoint, link: number, release };
  }

  /** Hands to each link what the core has for it. */
  read(): void {
    for (let word = 0; word < WORDS; word++) {
      if (Atomics.load(this.#words, FILLED + word) === 0) continue;
      let bits = Atomics.exchange(this.#words, FILLED + word, 0);
      for (; bits !== 0; bits &= bits - 1) {
        const plugged = this.#plugged.get(32 * word + 31 - Math.clz32(bits & -bits));
        if (plugged?.link !== undefined) this.#hand(plugged, plugged.link);
      }
    }
  }

  /** Empty rings, to be read by `reader`. */
  #rings(number: number, reader: number): { inward: Ring; outward: Ring } {
    const memory = this.#engine.core.octets.buffer;
    const at = abi.LINKS + number * abi.LINK_SIZE;
    const inward = new Ring(memory, at + abi.LINK_IN, abi.LINK_IN_OCTETS);
    const outward = new Ring(memory, at + abi.LINK_OUT, abi.LINK_OUT_OCTETS);
    inward.reset(reader);
    outward.reset(reader);
    return { inward, outward };
  }

  /** Stops where the link is unplugged by what it hears: its rings may be another's then. */
  #hand({ endpoint, outward }: Plugged, link: Link): void {
    for (const frame of outward.records()) {
      link.send(frame);
      if (this.#plugged.get(endpoint.plug.link ?? 0)?.endpoint !== endpoint) return;
    }
    if (this.#waits(endpoint)) this.#feed(endpoint.plug.link ?? 0);
  }

  /** What was plugged in, and where. */
  list(): readonly { port: number; link: Link }[] {
    return [...this.#plugged.values()].flatMap(({ endpoint: { port }, origin: link }) =>
      link ? [{ port, link }] : [],
    );
  }

  /** Frames that the links in a port brought faster than the core took them, since they were plugged in. */
  lost({ endpoints }: Port): number {
    const there = endpoints.map(({ plug }) => this.#plugged.get(plug.link ?? Number.NaN));
    return there.reduce((sum, plugged) => sum + (plugged?.inward.lost ?? 0) + (plugged?.origin?.unheard ?? 0), 0);
  }

  #feed(number: number): void {
    feed(this.#words, number);
    this.#engine.wake();
  }

  #waits({ core }: Endpoint): boolean {
    return this.#engine.core.u8(abi.ENDPOINTS + core * abi.ENDPOINT_SIZE + abi.ENDPOINT_WAITING) === 1;
  }

  #free(): number {
    const count = this.#engine.core.u32(abi.CONFIG + abi.CONFIG_LINK_MAX);
    for (let number = 0; number < count; number++) if (!this.#plugged.has(number)) return number;
    return refuse("EMFILE", `all ${count} links are taken`);
  }
}
