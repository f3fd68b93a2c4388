// The world outside of a gateway, by Node's sockets.

import { randomFillSync } from "node:crypto";
import { connect, createServer, isIP, type Server } from "node:net";
import type { GatewayBackend, Listener, Stream } from "../../host/slirp/backend.js";
import { splitCommand } from "../transports/cmd.js";
import { CommandStream } from "./command-stream.js";
import { bindDatagrams, openDatagrams } from "./datagrams.js";
import { DialedStream } from "./dial.js";
import { type Files, filesOf } from "./files.js";
import { isHostAddress } from "./host-addresses.js";
import { ping } from "./pings.js";
import { Resolvers } from "./resolvers.js";
import { NodeStream } from "./stream.js";

export interface BackendOptions {
  /** The folder that guests may read by TFTP. */
  readonly tftp?: string | undefined;
}

export class NodeBackend implements GatewayBackend {
  readonly readFile?: Files;
  readonly #resolvers = new Resolvers();
  /** Random numbers, drawn together: each draw is a call of its own in OpenSSL. */
  readonly #numbers = new Uint32Array(256);
  #drawn = this.#numbers.length;
  readonly #questions = new Set<() => void>();

  constructor(files?: Files) {
    if (files !== undefined) this.readFile = files;
  }

  random(): number {
    if (this.#drawn === this.#numbers.length) {
      randomFillSync(this.#numbers);
      this.#drawn = 0;
    }
    return this.#numbers[this.#drawn++]!;
  }

  connect(to: Parameters<GatewayBackend["connect"]>[0]): Stream {
    if ("command" in to) return new CommandStream(splitCommand(to.command));
    if ("host" in to && isIP(to.host) !== 0 && !to.host.includes("%")) return new DialedStream(to.host, to.port);
    return new NodeStream(connect({ ...to, allowHalfOpen: true }));
  }

  datagrams = openDatagrams;
  listenDatagrams = bindDatagrams;
  ping = ping;
  isHost = isHostAddress;

  async listen(host: string | undefined, port: number, onstream: (stream: Stream) => void): Promise<Listener> {
    const server: Server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) =>
      onstream(new NodeStream(socket)),
    );
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen({ port, host: host ?? "0.0.0.0" }, () => {
        server.off("error", reject);
        resolve();
      });
    });
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

/** Throws where the folder for TFTP cannot be read. */
export async function nodeBackend({ tftp }: BackendOptions = {}): Promise<NodeBackend> {
  return new NodeBackend(tftp === undefined ? undefined : await filesOf(tftp));
}
