// A client of VDE's own servers, as a link.

import { randomBytes } from "node:crypto";
import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";
import { BaseLink } from "../../../host/base-link.js";
import type { Frame } from "../../../host/link.js";
import { RECEIVE_BUFFER, SEND_BUFFER } from "../../native/socket.js";
import { FRAME_MAX, FRAME_MIN } from "../layout.js";
import { CHALLENGE_SIZE, type OldFormat } from "./formats.js";
import { AUTH_OK, CHALLENGE, DATA, DENY, ID_SIZE, KEEPALIVE, LOGIN, message, RESPONSE } from "./layout.js";

const RETRY_MS = 1_000;
/** A file is put there no more often. */
const PLACE_MS = 5_000;
const KEEPALIVE_MS = 30_000;
/** Octets that may wait in Node for the kernel. */
const BACKLOG = 1 << 20;

export interface OldClientOptions {
  /** In numbers. */
  readonly host: string;
  readonly port: number;
  readonly ownPort: number;
  readonly format: OldFormat;
  readonly keepalive: boolean;
  /** Puts the file there that the server looks for when a login names it, whether it needs the key in it or not. Returns what removes it. */
  readonly place?: ((id: string) => Promise<() => void>) | undefined;
  readonly log: (text: string) => void;
}

export class OldClient extends BaseLink {
  readonly #options: OldClientOptions;
  readonly #socket: Socket;
  readonly #timer = setInterval(() => this.#tick(), RETRY_MS);
  #isIn = false;
  /** How often an answer was not the right one. */
  #answer = 0;
  #sentMs = 0;
  readonly #id = `vde_${randomBytes(3).toString("hex")}`;
  #isChallenged = false;
  #isPlacing = false;
  #remove: () => void = () => {};
  #placedMs = Number.NEGATIVE_INFINITY;

  static async open(options: OldClientOptions): Promise<OldClient> {
    const socket = createSocket("udp4");
    socket.bind(options.ownPort);
    await once(socket, "listening");
    socket.setRecvBufferSize(RECEIVE_BUFFER);
    socket.setSendBufferSize(SEND_BUFFER);
    return new OldClient(options, socket);
  }

  private constructor(options: OldClientOptions, socket: Socket) {
    super(`vde_cryptcab ${options.host}:${options.port}`);
    this.#options = options;
    this.#socket = socket;
    socket.on("error", () => {}); // the server is not there
    socket.on("message", (octets, from) => this.#hear(octets, from));
    this.#login();
  }

  send(frame: Frame): boolean {
    if (!this.#isIn || this.#socket.getSendQueueSize() > BACKLOG) return false;
    this.#say(DATA, this.#options.format.wrap(frame));
    return true;
  }

  protected shut(): void {
    this.#isIn = false;
    clearInterval(this.#timer);
    this.#remove();
    this.#socket.close();
  }

  #tick(): void {
    if (!this.#isIn) this.#login();
    else if (this.#options.keepalive && performance.now() - this.#sentMs >= KEEPALIVE_MS) this.#say(KEEPALIVE);
  }

  #login(): void {
    if (this.#isPlacing) return;
    const id = Buffer.alloc(ID_SIZE);
    id.write(this.#id);
    this.#isChallenged = false;
    this.#say(LOGIN, id);
  }

  #hear(octets: Buffer, from: RemoteInfo): void {
    const { host, port, format, log } = this.#options;
    const [type] = octets;
    const body = octets.subarray(1);
    if (from.address !== host || from.port !== port) return;
    if (type === CHALLENGE && body.length === CHALLENGE_SIZE && !this.#isIn) {
      this.#isChallenged = true;
      this.#say(RESPONSE, format.answer(body, this.#answer));
    } else if (type === AUTH_OK && !this.#isIn) {
      this.#isIn = true;
      this.#remove();
      log(`${this.name}: connected`);
      this.#say(KEEPALIVE);
    } else if (type === DENY) this.#denied();
    else if (type === DATA && this.#isIn) this.#deliver(format.unwrap(body));
  }

  /** The next login answers as another build does, or comes when the file is there that the server missed. */
  #denied(): void {
    if (this.#isIn) this.#options.log(`${this.name}: the server has forgotten this client`);
    else if (this.#isChallenged) this.#answer++;
    else void this.#place();
    this.#isIn = false;
  }

  async #place(): Promise<void> {
    const { place, log } = this.#options;
    const nowMs = performance.now();
    if (place === undefined || this.#isPlacing || nowMs - this.#placedMs < PLACE_MS) return;
    this.#isPlacing = true;
    this.#placedMs = nowMs;
    try {
      this.#remove = await place(this.#id);
    } catch (error) {
      log(`${this.name}: ${(error as Error).message}`);
    }
    this.#isPlacing = false;
    if (this.isOpen) this.#login();
    else this.#remove();
  }

  #deliver(frame: Uint8Array | undefined): void {
    if (frame !== undefined && frame.length >= FRAME_MIN && frame.length <= FRAME_MAX) this.take(frame);
  }

  #say(type: number, body?: Uint8Array): void {
    this.#sentMs = performance.now();
    this.#socket.send(message(type, body), this.#options.port, this.#options.host, () => {}); // an error is a datagram lost
  }
}
