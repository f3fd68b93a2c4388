// A server for VDE's own clients. Its peers are addresses, and who has an address is believed: that is the old protocol.

import { randomBytes } from "node:crypto";
import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";
import type { Link } from "../../../host/link.js";
import { RECEIVE_BUFFER, SEND_BUFFER } from "../../native/socket.js";
import { guard } from "../../servers/guard.js";
import { sparingLog } from "../../servers/sparing-log.js";
import { FRAME_MAX, FRAME_MIN } from "../layout.js";
import { CHALLENGE_SIZE, type OldFormat } from "./formats.js";
import { AUTH_OK, CHALLENGE, DATA, DENIAL, DENY, ID_SIZE, KEEPALIVE, LOGIN, message, RESPONSE } from "./layout.js";

/** Addresses that something came from. */
const PEERS_MAX = 1_000;
const CHALLENGED_MS = 20_000;
const SESSION_MS = 120_000;
const SWEEP_MS = 1_000;

interface Peer {
  readonly name: string;
  readonly from: RemoteInfo;
  challenge: Uint8Array;
  isIn: boolean;
  link: Link | undefined;
  untilMs: number;
}

export interface OldServerOptions {
  readonly port: number;
  readonly format: OldFormat;
  readonly open: (from: string) => Promise<Link>;
  readonly log: (text: string) => void;
}

export class OldServer {
  readonly #options: OldServerOptions;
  readonly #socket: Socket;
  readonly #peers = new Map<string, Peer>();
  readonly #sweep = setInterval(() => this.#expire(), SWEEP_MS);

  static async open(options: OldServerOptions): Promise<OldServer> {
    const socket = createSocket("udp4");
    socket.bind(options.port);
    await once(socket, "listening");
    socket.setRecvBufferSize(RECEIVE_BUFFER);
    socket.setSendBufferSize(SEND_BUFFER);
    return new OldServer(options, socket);
  }

  private constructor(options: OldServerOptions, socket: Socket) {
    this.#options = options;
    this.#socket = socket;
    socket.on("error", () => {}); // a peer that is not there
    const note = sparingLog(options.log);
    const nothing = { destroy() {} }; // others are heard by the same socket
    socket.on("message", (octets, from) => guard(nothing, note, () => this.#hear(octets, from)));
  }

  close(): void {
    clearInterval(this.#sweep);
    for (const peer of this.#peers.values()) this.#part(peer, "the server ends");
    this.#socket.close();
  }

  #hear(octets: Buffer, from: RemoteInfo): void {
    const name = `${from.address}:${from.port}`;
    const peer = this.#peers.get(name);
    const [type] = octets;
    const body = octets.subarray(1);
    if (type === LOGIN && body.length === ID_SIZE) this.#challenge(name, from);
    else if (peer === undefined || (!peer.isIn && type !== RESPONSE)) this.#say(from, DENY, DENIAL);
    else if (type === RESPONSE) this.#admit(peer, body);
    else if (type === DATA) this.#deliver(peer, body);
    else if (type === KEEPALIVE) peer.untilMs = performance.now() + SESSION_MS;
    else this.#say(from, AUTH_OK);
  }

  /** One that is in already stays in until the challenge is met: anybody can write a login in its name. */
  #challenge(name: string, from: RemoteInfo): void {
    const challenge = randomBytes(CHALLENGE_SIZE);
    const known = this.#peers.get(name);
    if (known !== undefined) known.challenge = challenge;
    else {
      if (this.#peers.size >= PEERS_MAX && !this.#forgetOne()) return;
      const untilMs = performance.now() + CHALLENGED_MS;
      this.#peers.set(name, { name, from, challenge, isIn: false, link: undefined, untilMs });
    }
    this.#say(from, CHALLENGE, challenge);
  }

  /** Makes room for who asks: who was challenged longest ago and has not answered goes. False where all have answered. */
  #forgetOne(): boolean {
    for (const { name, isIn } of this.#peers.values()) if (!isIn) return this.#peers.delete(name);
    return false;
  }

  #admit(peer: Peer, body: Uint8Array): void {
    if (!this.#options.format.isAnswer(body, peer.challenge)) {
      if (!peer.isIn) this.#peers.delete(peer.name);
      this.#say(peer.from, DENY, DENIAL);
      return;
    }
    peer.untilMs = performance.now() + SESSION_MS;
    this.#say(peer.from, AUTH_OK);
    if (peer.isIn) return;
    peer.isIn = true;
    this.#options.log(`${peer.name}: a client came`);
    void this.#plug(peer);
  }

  async #plug(peer: Peer): Promise<void> {
    const { format, log, open } = this.#options;
    try {
      const link = await open(peer.name);
      if (this.#peers.get(peer.name) !== peer) return link.close();
      peer.link = link;
      link.onframe = (frame) => this.#say(peer.from, DATA, format.wrap(frame));
      link.onclose = () => this.#part(peer, "the switch is gone");
    } catch (error) {
      log(`${peer.name}: ${(error as Error).message}`);
      this.#part(peer, "there is no switch for it");
    }
  }

  #deliver(peer: Peer, body: Uint8Array): void {
    const frame = this.#options.format.unwrap(body);
    if (frame === undefined || frame.length < FRAME_MIN || frame.length > FRAME_MAX) return;
    peer.untilMs = performance.now() + SESSION_MS;
    peer.link?.send(frame);
  }

  #expire(): void {
    for (const peer of this.#peers.values()) if (performance.now() > peer.untilMs) this.#part(peer, "it was silent");
  }

  #part(peer: Peer, why: string): void {
    if (this.#peers.get(peer.name) !== peer) return;
    this.#peers.delete(peer.name);
    if (!peer.isIn) return;
    this.#options.log(`${peer.name}: a client went: ${why}`);
    peer.link?.close();
  }

  #say({ address, port }: RemoteInfo, type: number, body?: Uint8Array): void {
    this.#socket.send(message(type, body), port, address, () => {}); // an error is a datagram that is lost
  }
}
