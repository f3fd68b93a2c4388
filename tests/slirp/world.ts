// A world outside of a gateway that is made up: streams and datagrams that a test holds the other end of.

import type {
  Datagrams,
  Failed,
  GatewayBackend,
  Heard,
  Listener,
  Stream,
  StreamTarget,
} from "../../host/slirp/backend.js";
import { BaseStream } from "../../host/slirp/base-stream.js";
import { random } from "../random.js";

/** A stream, as the world sees it. */
export class MadeStream extends BaseStream {
  readonly to: StreamTarget | undefined;
  queued = 0;
  readonly written: Uint8Array[] = [];
  isEnded = false;
  isDestroyed = false;
  isPaused = false;

  constructor(to?: StreamTarget) {
    super();
    this.to = to;
  }

  get text(): string {
    return Buffer.concat(this.written).toString("latin1");
  }

  write(octets: Uint8Array): void {
    this.written.push(octets);
  }

  end(): void {
    this.isEnded = true;
  }

  destroy(): void {
    this.isDestroyed = true;
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }
}

/** A datagram that was sent, and how its sender hears of it. */
export interface Sent {
  readonly octets: Uint8Array;
  readonly host: string;
  readonly port: number;
  readonly hops: number | undefined;
  readonly heard: Heard;
  readonly failed: Failed;
}

export class MadeWorld implements GatewayBackend {
  readonly streams: MadeStream[] = [];
  /** Runs for each connection that is asked for; without it they wait. */
  accept: (stream: MadeStream) => void = () => {};
  readonly sent: Sent[] = [];
  sockets = 0;
  readonly queries: Uint8Array[] = [];
  answer: (query: Uint8Array) => Uint8Array | undefined = () => undefined;
  readonly files = new Map<string, Uint8Array>();
  readonly listeners = new Map<number, (stream: Stream) => void>();
  readonly #random = random(7);

  random(): number {
    return this.#random.below(2 ** 32);
  }

  connect(to: StreamTarget): Stream {
    const stream = new MadeStream(to);
    this.streams.push(stream);
    queueMicrotask(() => this.accept(stream));
    return stream;
  }

  datagrams(_family: 4 | 6, heard: Heard, failed: Failed = () => {}): Datagrams {
    this.sockets++;
    return {
      send: (octets, host, port, hops) => void this.sent.push({ octets, host, port, hops, heard, failed }),
      close: () => void this.sockets--,
    };
  }

  async listen(_host: string | undefined, port: number, onstream: (stream: Stream) => void): Promise<Listener> {
    this.listeners.set(port, onstream);
    return { close: () => void this.listeners.delete(port) };
  }

  async listenDatagrams(_host: string | undefined, _port: number, heard: Heard): Promise<Datagrams> {
    return this.datagrams(4, heard);
  }

  resolve(query: Uint8Array, answered: (answer: Uint8Array | undefined) => void): void {
    this.queries.push(query);
    answered(this.answer(query));
  }

  resolver(): { host: string; port: number } {
    return { host: "192.0.2.53", port: 53 };
  }

  async readFile(name: string): Promise<Uint8Array | undefined> {
    return this.files.get(name);
  }
}
