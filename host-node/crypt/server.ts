// A server of encrypted cables: one socket for all clients, and for each of them a plug in a switch.

import { randomBytes } from "node:crypto";
import type { Opened } from "../cable/side.js";
import { EPOLLIN } from "../native/epoll.js";
import { addressText } from "../native/inet.js";
import { type Lease, takeAll } from "../resources/account.js";
import { descriptors, sessions } from "../resources/process.js";
import { explain } from "../servers/guard.js";
import { sparingLog } from "../servers/sparing-log.js";
import { Arena } from "./arena.js";
import { PlugEnd } from "./plug-end.js";
import { type Peer, Responder } from "./responder.js";
import type { ServerSecrets } from "./secrets.js";
import { UdpSocket } from "./udp.js";
import { Wakeup } from "./wakeup.js";

/** A plug's connection and its socket. */
const PLUG_DESCRIPTORS = 2;

export interface ServerOptions {
  readonly port: number;
  readonly secrets: ServerSecrets;
  /** Opens a plug for a client, whose address is for people. */
  readonly open: (from: string) => Promise<Opened>;
  readonly log: (text: string) => void;
}

export class Server {
  readonly #options: ServerOptions;
  readonly #socket: UdpSocket;
  readonly #arena = new Arena();
  readonly #wakeup = new Wakeup();
  readonly #responder: Responder;
  readonly #ends = new Map<Peer, PlugEnd>();
  readonly #leases = new Map<Peer, Lease[]>();
  readonly #note: (text: string) => void;

  constructor(options: ServerOptions) {
    const { port, secrets, log } = options;
    const socket = new UdpSocket(port);
    this.#options = options;
    this.#note = sparingLog(log);
    this.#socket = socket;
    this.#responder = new Responder({
      ...secrets,
      send: (message, to) => socket.sendTo(message, to),
      give: (train, to) => socket.send(train, to),
      onpeer: (peer) => this.#plug(peer),
      onmove: (peer) => log(`${addressText(peer.address)}: a client is here now`),
      ongone: (peer, why) => this.#unplug(peer, why),
      deliver: (peer, arena) => this.#ends.get(peer)?.write(arena),
      random: () => randomBytes(4).readUInt32BE(),
    });
    this.#wakeup.watch(socket.fd, EPOLLIN, () => this.#read());
  }

  /** Serves until `stop` fires, and says goodbye. */
  async serve(stop: AbortSignal): Promise<void> {
    await this.#wakeup.run(stop, () => this.#due());
    this.#responder.close(performance.now());
    for (const end of this.#ends.values()) end.close();
    this.#socket.close();
  }

  #due(): number {
    const nowMs = performance.now();
    if (nowMs >= this.#responder.dueMs) this.#responder.tick(nowMs);
    return this.#responder.dueMs - nowMs;
  }

  /** One read, so that plugs are served in between. */
  #read(): void {
    const nowMs = performance.now();
    if (!this.#socket.receive()) return;
    for (let isRead = false; !isRead; )
      try {
        while (this.#socket.next())
          this.#responder.hear(
            this.#socket,
            this.#socket.at,
            this.#socket.size,
            this.#socket.sender,
            this.#arena,
            nowMs,
          );
        isRead = true;
        this.#responder.flush(this.#arena);
      } catch (error) {
        this.#note(`a datagram is dropped: ${explain(error)}`); // whatever it broke, others are heard
      }
  }

  #plug(peer: Peer): void {
    const from = addressText(peer.address);
    const { log, open } = this.#options;
    log(`${from}: a client came`);
    const leases: Lease[] = [];
    const opened = async () => {
      if (leases.length === 0) leases.push(...leasesFor(from));
      return await open(from);
    };
    const end = new PlugEnd({
      watcher: this.#wakeup,
      open: opened,
      onframes: (batch) => this.#responder.send(peer, batch, performance.now()),
      log: (text) => log(`${from}: ${text}`),
    });
    this.#ends.set(peer, end);
    this.#leases.set(peer, leases);
  }

  #unplug(peer: Peer, why: string): void {
    this.#options.log(`${addressText(peer.address)}: a client went: ${why}`);
    this.#ends.get(peer)?.close();
    this.#ends.delete(peer);
    for (const lease of this.#leases.get(peer) ?? []) lease.release();
    this.#leases.delete(peer);
  }
}

function leasesFor(from: string): Lease[] {
  return takeAll(
    () => descriptors.take("crypt", from, PLUG_DESCRIPTORS),
    () => sessions.take("crypt", from),
  );
}
