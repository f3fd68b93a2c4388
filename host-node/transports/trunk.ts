// A link in a port of a switch that is opened again when its other end has gone away. Its port waits for it meanwhile, with
// its number and its VLANs.

import * as abi from "../../assembly/abi.js";
import { refuse } from "../../host/errors.js";
import type { Link, Wire } from "../../host/link.js";
import { withoutSecrets } from "../../host/masking.js";
import type { Awaited, Endpoint, Plug, Port } from "../../host/ports.js";
import { isFinal, Retry } from "../../host/retry.js";
import type { Switch } from "../../host/switch.js";
import { FilteredLink } from "../../host/wire/link.js";
import { linkOf } from "../cable/link.js";
import { isSide, type Side } from "../cable/side.js";
import { chance } from "../chance.js";
import { nodeClock } from "../clock.js";
import { reason as inWords } from "../reason.js";
import { openLink } from "./open.js";

const OWNER = { uid: 0, inGroup: () => true };
const MODULE = "link";

export interface TrunkOptions {
  readonly port?: number | undefined;
  /** Takes a line for people: that it is gone, and that it is back. */
  readonly warn?: (text: string) => void;
}

export class Trunk implements Awaited {
  /** The URL, as people may see it. */
  readonly description: string;
  readonly #url: string;
  readonly #sw: Switch;
  readonly #wanted: number | undefined;
  readonly #warn: (text: string) => void;
  readonly #retry: Retry;
  readonly #stop = new AbortController();
  #port: Port | undefined;
  /** What is plugged in; undefined while it is away. */
  #endpoint: Endpoint | undefined;
  /** The number that it had, and the wires that managers put before it: it comes back with both. */
  #lastId: number | undefined;
  #wires: readonly Wire[] = [];
  /** What a wire:// URL opened: managers may have changed its settings since. */
  #wire: FilteredLink | undefined;
  /** Whether its end was told, and its return is not yet. */
  #isTold = false;
  /** Whether it was lost before: what then holds for no good while is not told of again. */
  #wasLost = false;

  constructor(sw: Switch, url: string, { port, warn = () => {} }: TrunkOptions) {
    this.description = withoutSecrets(url);
    this.#url = url;
    this.#sw = sw;
    this.#wanted = port;
    this.#warn = warn;
    this.#retry = new Retry({ clock: nodeClock, chance });
  }

  /** Until it is plugged in, or waits for its peer. */
  async start(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      let waits = false;
      const onwait = () => {
        this.#await();
        waits = true;
        resolve();
      };
      this.#open(onwait).then(resolve, (error) => {
        if (waits) this.#failed(error);
        else reject(error);
      });
    });
  }

  /** The number of the port that it has. */
  get port(): number {
    return this.#take().id;
  }

  /** Lets go of it for good. */
  forget(): void {
    this.#retry.stop();
    this.#stop.abort();
    this.#port?.awaited.delete(this);
  }

  async #open(onwait: () => void = () => {}): Promise<void> {
    const { signal: stop } = this.#stop;
    const opened = await openLink(this.#url, { description: "vde_switch:", warn: this.#warn, stop, onwait });
    const socket = isSide(opened) && opened.datagrams !== undefined ? opened : undefined;
    const held = socket ?? linkOf(opened);
    try {
      stop.throwIfAborted();
      if (held instanceof FilteredLink) this.#inherit(held);
      const port = this.#take();
      this.#endpoint = isSide(held) ? this.#plugSocket(port, held) : this.#plugLink(port, held);
      this.#lastId = this.#endpoint.id;
      for (const wire of this.#wires) this.#sw.lead(this.#endpoint, wire);
      this.#isBack(port);
    } catch (error) {
      void held.close();
      throw error;
    }
  }

  #inherit(wire: FilteredLink): void {
    if (this.#wire !== undefined) wire.inherit(this.#wire);
    this.#wire = wire;
  }

  /** The port that it has, from the first time on. */
  #take(): Port {
    this.#port ??= this.#sw.ports.allocate(this.#wanted, OWNER);
    return this.#port;
  }

  #await(): void {
    this.#take().awaited.add(this);
  }

  #isBack(port: Port): void {
    port.awaited.delete(this);
    this.#retry.up();
    if (this.#isTold) this.#warn(`${this.description}: back in port ${port.id}`);
    this.#isTold = false;
  }

  /** What is a descriptor goes to the data plane as it is: a trunk costs no process and no copy. */
  #plugSocket(port: Port, side: Side): Endpoint {
    if (side.isOver) refuse("ECONNREFUSED", "the switch hung up");
    const plug: Plug = {
      kind: abi.KIND_SOCKET,
      fd: side.input,
      isDistant: side.isDistant,
      module: MODULE,
      onbroken: (reason) => this.#lose(reason),
      divert: () => this.#hear(linkOf(side), port, endpoint),
      close: () => {
        void side.close();
        this.#closed();
      },
    };
    const endpoint = this.#sw.ports.plug(port, plug, this.#lastId);
    this.#sw.ports.describe(endpoint, this.description);
    side.onend = (reason) => this.#lose(reason);
    return endpoint;
  }

  #plugLink(port: Port, link: Link): Endpoint {
    const shown = { module: MODULE, description: this.description, lastId: this.#lastId };
    const endpoint = this.#sw.plug(link, { ...shown, port: port.id });
    this.#hear(link, port, endpoint);
    return endpoint;
  }

  #hear(link: Link, port: Port, endpoint: Endpoint): Link {
    link.onclose = (reason) => {
      if (port.endpoints.includes(endpoint)) this.#lose(reason);
      else this.#closed();
    };
    return link;
  }

  /** Its other end is gone. */
  #lose(reason?: Error): void {
    const endpoint = this.#endpoint;
    if (endpoint === undefined) return;
    this.#endpoint = undefined;
    this.#wires = this.#sw.wiresOf(endpoint);
    this.#await();
    this.#sw.unplug(endpoint);
    if (this.#retry.down() || !this.#wasLost) this.#tell(reason);
    this.#wasLost = true;
    this.#failed(reason);
  }

  #tell(reason?: Error): void {
    const why = reason === undefined ? "its other end is gone" : inWords(reason);
    this.#warn(`${this.description}: ${why}; port ${this.#port?.id} waits for it`);
    this.#isTold = true;
  }

  #failed(reason?: unknown): void {
    if (this.#stop.signal.aborted) return;
    if (isFinal(reason)) {
      this.#warn(`${this.description}: ${inWords(reason)}; it is not opened again`);
      this.forget();
    } else this.#retry.again(() => void this.#open().catch((error) => this.#failed(error)));
  }

  /** A manager closed it, or the switch is closing. */
  #closed(): void {
    if (this.#endpoint === undefined) return;
    this.#endpoint = undefined;
    this.forget();
  }
}
