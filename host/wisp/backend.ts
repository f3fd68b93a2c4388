// The world outside of a gateway, by Wisp: for a page, which has no sockets.

import { refuse } from "../errors.js";
import type { Datagrams, GatewayBackend, Heard, Listener, Stream, StreamTarget } from "../slirp/backend.js";
import { ask, type Resolver } from "../slirp/question.js";
import { StandIns } from "../slirp/stand-ins.js";
import type { WispClient } from "./client.js";
import { WispDatagrams } from "./datagrams.js";
import { EXTENSION, textOf } from "./info.js";
import { WispStream } from "./stream.js";

const DNS_PORT = 53;

/** Answers a whole DNS message, in a way of its own. */
export type Resolve = GatewayBackend["resolve"];

export interface WispBackendOptions {
  readonly client: WispClient;
  readonly random: () => number;
  /** Where names are asked for, through Wisp; or how. Else it is where the server says, if it does, or nowhere: it looks them up. */
  readonly dns?: Resolver | Resolve | undefined;
}

export class WispBackend implements GatewayBackend {
  readonly random: () => number;
  readonly #client: WispClient;
  readonly #dns: Resolver | Resolve | undefined;
  readonly #standIns = new StandIns();

  constructor({ client, random, dns }: WispBackendOptions) {
    this.#client = client;
    this.random = random;
    this.#dns = dns;
  }

  connect(to: StreamTarget): Stream {
    if (!("host" in to)) return refuse("ENOSYS", "a page has no Unix sockets");
    return new WispStream(this.#client, this.#hostOf(to.host), to.port);
  }

  get hasDatagrams(): boolean {
    return !this.#client.lacksDatagrams;
  }

  datagrams(_family: 4 | 6, heard: Heard): Datagrams {
    return new WispDatagrams(this.#client, (address) => this.#hostOf(address), heard);
  }

  async listen(): Promise<Listener> {
    return refuse("ENOSYS", "nobody outside can connect to a page");
  }

  async listenDatagrams(): Promise<Datagrams> {
    return refuse("ENOSYS", "nobody outside can send to a page");
  }

  resolve(query: Uint8Array, answered: (answer: Uint8Array | undefined) => void): void {
    const resolver = this.resolver();
    if (typeof this.#dns === "function") this.#dns(query, answered);
    else if (resolver === undefined) answered(this.#standIns.answer(query));
    else ask({ backend: this, clock: this.#client.clock, resolver }, query, answered);
  }

  resolver(): Resolver | undefined {
    if (this.#dns !== undefined) return typeof this.#dns === "function" ? undefined : this.#dns;
    const host = this.#client.info === undefined ? "" : textOf(this.#client.info, EXTENSION.grants);
    return host === "" ? undefined : { host, port: DNS_PORT };
  }

  /** An address that stands for a name that it does not know any more leads nowhere. */
  #hostOf(address: string): string {
    return this.#standIns.hostOf(address) ?? "invalid";
  }

  close(): void {
    this.#client.close();
  }
}
