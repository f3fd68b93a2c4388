// The world outside of a gateway, by Node's sockets.

import { randomFillSync } from "node:crypto";
import { once } from "node:events";
import { connect, createServer, isIP, type Server, type Socket } from "node:net";
import type { Datagrams, Failed, Fault, GatewayBackend, Heard, Listener, Stream } from "../../host/slirp/backend.js";
import { RefusedStream } from "../../host/slirp/refused-stream.js";
import { type DescriptorUse, descriptors, shortage } from "../resources/process.js";
import { guard } from "../servers/guard.js";
import { splitCommand } from "../transports/cmd.js";
import { CommandStream } from "./command-stream.js";
import { bindDatagrams, openDatagrams } from "./datagrams.js";
import { DialedStream } from "./dial.js";
import { type Files, filesOf } from "./files.js";
import { isHostAddress } from "./host-addresses.js";
import { ping } from "./pings.js";
import { Resolvers } from "./resolvers.js";
import { NodeStream } from "./stream.js";

/** The pipes of a command: its input and its output. */
const COMMAND_DESCRIPTORS = 2;

export interface BackendOptions {
  /** The folder that guests may read by TFTP. */
  readonly tftp?: string | undefined;
}

export class NodeBackend implements GatewayBackend {
  readonly readFile?: Files;
  readonly #use: DescriptorUse;
  readonly #resolvers = new Resolvers();
  /** Random numbers, drawn together: each draw is a call of its own in OpenSSL. */
  readonly #numbers = new Uint32Array(256);
  #drawn = this.#numbers.length;
  readonly #questions = new Set<() => void>();

  /** `use` is what its descriptors are counted as. */
  constructor(files?: Files, use: DescriptorUse = "gateway") {
    this.#use = use;
    if (files !== undefined) this.readFile = files;
  }

  random(): number {
    if (this.#drawn === this.#numbers.length) {
      randomFillSync(this.#numbers);
      this.#drawn = 0;
    }
    return this.#numbers[this.#drawn++]!;
  }

  connect(to: Parameters<GatewayBackend["connect"]>[0], owner?: string): Stream {
    const lease = descriptors.tryTake(this.#use, owner, "command" in to ? COMMAND_DESCRIPTORS : 1);
    if (lease === undefined) return new RefusedStream("EMFILE");
    if ("command" in to) return new CommandStream(splitCommand(to.command), lease);
    if ("host" in to && isIP(to.host) !== 0 && !to.host.includes("%")) return new DialedStream(to.host, to.port, lease);
    return new NodeStream(lease, connect({ ...to, allowHalfOpen: true }));
  }

  datagrams(family: 4 | 6, heard: Heard, failed?: Failed, owner?: string): Datagrams {
    return openDatagrams(family, heard, failed, descriptors.take(this.#use, owner));
  }

  listenDatagrams(host: string | undefined, port: number, heard: Heard): Promise<Datagrams> {
    return bindDatagrams(host, port, heard, descriptors.take("listener"));
  }

  ping(
    host: string,
    data: Uint8Array,
    answered: (outcome: boolean | Fault) => void,
    hops?: number,
    owner?: string,
  ): void {
    ping(descriptors.tryTake(this.#use, owner), host, data, answered, hops);
  }

  isHost = isHostAddress;

  async listen(host: string | undefined, port: number, onstream: (stream: Stream) => void): Promise<Listener> {
    const lease = descriptors.take("listener");
    const server: Server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) =>
      accept(socket, onstream),
    );
    server.once("close", () => lease.release());
    server.listen({ port, host: host ?? "0.0.0.0" });
    try {
      await once(server, "listening");
    } catch (error) {
      lease.release();
      throw error;
    }
    server.on("error", () => {}); // one that could not be accepted
    return { close: () => void server.close() };
  }

  resolve(query: Uint8Array, answered: (answer: Uint8Array | undefined) => void): void {
    const stop = this.#resolvers.ask(query, (answer) => {
      this.#questions.delete(stop);
      answered(answer);
    });
    this.#questions.add(stop);
  }

  resolver(): { host: string; port: number } | undefined {
    const [host] = this.#resolvers.hosts();
    return host === undefined ? undefined : { host, port: 53 };
  }

  close(): void {
    for (const stop of this.#questions) stop();
  }
}

/** Who connects to a forward, from anywhere: what breaks on the way to the guest ends that connection alone. */
function accept(socket: Socket, onstream: (stream: Stream) => void): void {
  const lease = descriptors.tryTake("forward", socket.remoteAddress);
  const log = (text: string) => shortage.note("a way in", text);
  if (lease === undefined) socket.destroy();
  else guard(socket, log, () => onstream(new NodeStream(lease, socket)));
}

/** Throws where the folder for TFTP cannot be read. */
export async function nodeBackend({ tftp }: BackendOptions = {}): Promise<NodeBackend> {
  return new NodeBackend(tftp === undefined ? undefined : await filesOf(tftp));
}
