// A client of an encrypted cable as an end of a cable: frames in batches, whatever happens to the way to the server. Where
// there is no session, frames are lost, as on any Ethernet; the end itself stays.

import { randomBytes } from "node:crypto";
import type { Batch } from "../cable/batch.js";
import { finishAll } from "../cable/offload.js";
import { reactor } from "../cable/reactor.js";
import { ENDED, type Side } from "../cable/side.js";
import { EPOLLIN } from "../native/epoll.js";
import { addressText } from "../native/inet.js";
import { close } from "../native/libc.js";
import { setTimer, timerfd } from "../native/timer.js";
import { Arena } from "./arena.js";
import { fasterCipher } from "./faster.js";
import { Initiator, type ServerKeys } from "./initiator.js";
import { keyPair } from "./primitives.js";
import { UdpSocket } from "./udp.js";

export interface ClientOptions {
  /** The server: its address in numbers, and its port. */
  readonly host: string;
  readonly port: number;
  /** This end's own port; 0 for any. */
  readonly ownPort: number;
  /** So often something is sent, where there is nothing to send. */
  readonly keepAliveMs: number;
  /** Gets what a client must know of its server, for the public key of this end. Asked again where the server has forgotten. */
  readonly keys: (publicKey: Uint8Array) => Promise<ServerKeys>;
  /** Whether what is read may leave checksums to be computed: see Side.heads. */
  readonly heads: boolean;
  readonly log: (text: string) => void;
}

/** Keys that the server does not know are got anew: at once, and then ever less often. */
const KEYS_MS = 500;
const KEYS_MAX_MS = 30_000;

export class ClientSide implements Side {
  readonly name: string;
  readonly input: number;
  readonly output: number;
  readonly batch = new Arena();
  readonly isHeld = false;
  readonly heads: boolean;
  onend: Side["onend"] = () => {};
  readonly #options: ClientOptions;
  readonly #socket: UdpSocket;
  readonly #timer = timerfd();
  readonly #own = keyPair();
  readonly #initiator: Initiator;
  #keysMs = Number.NEGATIVE_INFINITY;
  #keysDelayMs = KEYS_MS;
  #isAsking = false;
  #isOpen = true;

  /** Opens a cable. Throws where the keys cannot be got; whether the server answers is seen later. */
  static async open(options: ClientOptions): Promise<ClientSide> {
    const side = new ClientSide(options);
    try {
      side.#connect(await options.keys(side.#own.publicKey));
      return side;
    } catch (error) {
      side.close();
      throw error;
    }
  }

  private constructor(options: ClientOptions) {
    const { host, port, ownPort, keepAliveMs, log } = options;
    const socket = new UdpSocket(ownPort);
    const server = socket.address(host, port);
    this.#options = options;
    this.heads = options.heads;
    this.#socket = socket;
    this.input = socket.fd;
    this.output = socket.fd;
    this.name = `crypt ${addressText(server)}`;
    this.#initiator = new Initiator({
      own: this.#own,
      cipher: fasterCipher(),
      keepAliveMs,
      send: (message) => socket.sendTo(message, server),
      give: (train) => socket.send(train, server),
      onup: () => {
        this.#keysDelayMs = KEYS_MS;
        log(`${this.name}: connected`);
      },
      ondown: (why) => log(`${this.name}: ${why}`),
      onunknown: () => void this.#askAgain(),
      random: () => randomBytes(4).readUInt32BE(),
      wallClock: () => BigInt(Date.now()) * 1_000n,
    });
    reactor().watch(this.#timer, EPOLLIN, () => this.#tick());
  }

  get isUp(): boolean {
    return this.#initiator.isUp;
  }

  get holdsMore(): boolean {
    return this.#socket.hasMore;
  }

  read(): number {
    const { batch } = this;
    batch.clear();
    if (!this.#isOpen) return ENDED;
    if (!this.#socket.hasMore && !this.#socket.receive()) return 0;
    const nowMs = performance.now();
    while (batch.hasRoom && this.#socket.next())
      this.#initiator.hear(this.#socket, this.#socket.at, this.#socket.size, batch, nowMs);
    this.#initiator.hold(batch);
    if (!this.heads) finishAll(batch);
    this.#tick();
    return batch.count;
  }

  write(batch: Batch): number {
    this.#initiator.send(batch, performance.now());
    return 0;
  }

  unread(): number {
    return 0;
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#initiator.close(performance.now());
    this.#isOpen = false;
    reactor().forget(this.#timer);
    close(this.#timer);
    this.#socket.close();
  }

  #connect(keys: ServerKeys): void {
    this.#initiator.connect(keys, performance.now());
    this.#tick();
  }

  #tick(): void {
    if (!this.#isOpen) return;
    const nowMs = performance.now();
    const next = this.#initiator.tick(nowMs);
    if (Number.isFinite(next)) setTimer(this.#timer, Math.ceil(next - nowMs));
  }

  /** The server has forgotten this client, or says so: it was restarted. */
  async #askAgain(): Promise<void> {
    const nowMs = performance.now();
    if (this.#isAsking || nowMs - this.#keysMs < this.#keysDelayMs) return;
    this.#isAsking = true;
    this.#keysMs = nowMs;
    this.#keysDelayMs = Math.min(2 * this.#keysDelayMs, KEYS_MAX_MS);
    try {
      const keys = await this.#options.keys(this.#own.publicKey);
      if (this.#isOpen) this.#connect(keys);
    } catch (error) {
      if (this.#isOpen) this.#options.log(`${this.name}: ${(error as Error).message}`);
    } finally {
      this.#isAsking = false;
    }
  }
}
