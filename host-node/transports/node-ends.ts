// The ends of a node, and where frames go between them: the plugs that connect, and the program itself.

import { BaseLink } from "../../host/base-link.js";
import type { Frame } from "../../host/link.js";
import type { Endpoint, Identity, Plug, Port } from "../../host/ports.js";
import { Batch } from "../cable/batch.js";
import { DatagramSide } from "../cable/datagrams.js";
import { reactor } from "../cable/reactor.js";
import { FRAME_MIN } from "../cable/side.js";
import { EPOLLIN } from "../native/epoll.js";
import type { PlugHost } from "../servers/control-connection.js";
import { Addresses } from "./addresses.js";

export type Policy = "hub" | "switch" | "multi" | "bonding";

const FRAME_OCTETS = 9_280;

/** An end: a plug by its side, or the program, which has none. */
interface End {
  readonly side: DatagramSide | undefined;
}

export class Node extends BaseLink implements PlugHost {
  /** Runs when the node is closed: stops serving plugs. */
  onshut: () => void = () => {};
  readonly #policy: Policy;
  readonly #own: End = { side: undefined };
  readonly #plugs = new Map<Endpoint, End>();
  readonly #addresses: Addresses<End>;
  readonly #outgoing = new Batch(FRAME_OCTETS);
  #serial = 0;
  #turn = 0;

  constructor(policy: Policy, name: string, expireMs: number) {
    super(name);
    this.#policy = policy;
    this.#addresses = new Addresses(expireMs);
  }

  /** What the server of plugs asks of a switch. Ports have numbers in their sockets' names alone. */
  readonly ports = {
    allocate: (id: number | undefined, _who: Identity): Port => {
      return { id: id ?? 0, allocatable: true, user: undefined, group: undefined, endpoints: [], awaited: new Set() };
    },
    plug: (port: Port, plug: Plug): Endpoint => this.#plug(port, plug),
    unplug: (endpoint: Endpoint): void => this.#unplug(endpoint),
    describe: (endpoint: Endpoint, text: string): void => {
      endpoint.description = text;
    },
  };

  send(frame: Frame): boolean {
    if (!this.isOpen || frame.length > FRAME_OCTETS) return false;
    const batch = this.#outgoing;
    batch.clear();
    batch.octets.set(frame);
    batch.add(0, frame.length);
    this.#deliver(batch, this.#own);
    return true;
  }

  protected shut(): void {
    for (const endpoint of [...this.#plugs.keys()]) this.#unplug(endpoint);
    this.onshut();
  }

  #plug({ id: port }: Port, plug: Plug): Endpoint {
    const fd = plug.fd ?? -1;
    const side = new DatagramSide({ name: this.name, fd, onclose: () => plug.close() });
    const end = { side };
    const id = this.#serial++;
    const endpoint = { id, core: id, port, plug, description: "" };
    this.#plugs.set(endpoint, end);
    reactor().watch(fd, EPOLLIN, () => {
      if (side.read() > 0) this.#deliver(side.batch, end);
    });
    return endpoint;
  }

  #unplug(endpoint: Endpoint): void {
    const end = this.#plugs.get(endpoint);
    if (end?.side === undefined) return;
    this.#plugs.delete(endpoint);
    this.#addresses.forget(end);
    reactor().forget(end.side.input);
    end.side.close();
  }

  /** Frames for the same ends go together, as many as stand in a row. */
  #deliver(batch: Batch, from: End): void {
    let start = 0;
    let to: readonly End[] = [];
    let key: End | undefined | null = null;
    for (let i = 0; i < batch.count; i++) {
      const frame = batch.frame(i);
      if (this.#policy === "switch" && frame.length >= FRAME_MIN) this.#addresses.learn(frame, from);
      const known = this.#policy === "switch" ? this.#addresses.find(frame) : undefined;
      if (known === key && this.#policy !== "bonding") continue;
      this.#write(batch, start, i, to);
      [start, key, to] = [i, known, this.#audience(from, known)];
    }
    this.#write(batch, start, batch.count, to);
  }

  #audience(from: End, known: End | undefined): readonly End[] {
    if (known !== undefined) return known === from ? [] : [known];
    const plugs = [...this.#plugs.values()];
    if (from !== this.#own) {
      const hearsAll = this.#policy === "hub" || this.#policy === "switch";
      return hearsAll ? [this.#own, ...plugs.filter((end) => end !== from)] : [this.#own];
    }
    if (this.#policy !== "bonding" || plugs.length === 0) return plugs;
    this.#turn = (this.#turn + 1) % plugs.length;
    return [plugs[this.#turn]!];
  }

  /** What an end does not take is lost to it, as on any Ethernet: nobody waits for it. */
  #write(batch: Batch, start: number, end: number, to: readonly End[]): void {
    const { count } = batch;
    for (const { side } of to) {
      if (side === undefined) for (let i = start; i < end; i++) this.take(batch.frame(i));
      else {
        batch.first = start;
        batch.count = end;
        side.write(batch);
        batch.count = count;
      }
    }
  }
}
