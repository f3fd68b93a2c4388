// The client of Wisp for tests: on Node, with what came of its streams, and a world for them to lead to.

import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { WebSocket } from "ws";
import type { Stream } from "../../host/slirp/backend.js";
import type { MessageSocket } from "../../host/websocket/link.js";
import { WispClient, type WispClientOptions } from "../../host/wisp/client.js";
import { WispStream } from "../../host/wisp/stream.js";
import { nodeClock } from "../../host-node/clock.js";
import type { Lab } from "../interop/lab.js";
import { until } from "../interop/wait.js";

export interface DialOptions extends Partial<WispClientOptions> {
  /** Asks for nothing, as an old client does. */
  readonly isOld?: boolean;
  /** As in a page, where no WebSocket can be told to wait. */
  readonly cannotPause?: boolean;
  /** Hears how long each message is. */
  readonly onmessage?: (octets: number) => void;
}

/** Opens a connection. It may not be up yet. */
export function dial(lab: Lab, url: string, options: DialOptions = {}): WispClient {
  const open = (protocols: readonly string[]) => {
    const socket = new WebSocket(url, options.isOld ? [] : [...protocols]) as unknown as MessageSocket;
    socket.addEventListener("message", ({ data }) => options.onmessage?.((data as ArrayBuffer).byteLength));
    if (options.cannotPause) Object.assign(socket, { pause: undefined, resume: undefined });
    return socket;
  };
  const client = new WispClient({ open, clock: nodeClock, chance: () => 0, ...options });
  lab.later(() => client.close());
  return client;
}

/** What came of a stream. */
export class Heard {
  readonly stream: Stream;
  readonly pieces: Uint8Array[] = [];
  octets = 0;
  isConnected = false;
  isEnded = false;
  error: string | undefined;

  constructor(stream: Stream) {
    this.stream = stream;
    stream.onconnect = () => {
      this.isConnected = true;
    };
    stream.ondata = (octets) => {
      this.pieces.push(octets);
      this.octets += octets.length;
    };
    stream.onend = () => {
      this.isEnded = true;
    };
    stream.onerror = (code) => {
      this.error = code;
    };
  }

  get data(): Buffer {
    return Buffer.concat(this.pieces);
  }

  connects(): Promise<true> {
    return until("the stream is open", () => this.isConnected || this.#dies());
  }

  ends(): Promise<true> {
    return until("the stream ends", () => this.isEnded || this.#dies());
  }

  fails(): Promise<string> {
    return until("the stream fails", () => this.error);
  }

  #dies(): false {
    if (this.error !== undefined) throw new Error(`the stream failed: ${this.error}`);
    return false;
  }
}

export function connect(client: WispClient, host: string, port: number): Heard {
  return new Heard(new WispStream(client, host, port));
}

/** A server of this machine that does so with each connection. */
export async function listening(lab: Lab, onsocket: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on("error", () => {}); // who breaks off is no failure
    onsocket(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  lab.later(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}
