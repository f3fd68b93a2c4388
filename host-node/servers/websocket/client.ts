// One client of the WebSocket server, as a link in a port of the switch: what it may send, what waits for it, and what
// was counted of both.

import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import { BaseLink } from "../../../host/base-link.js";
import { Bucket } from "../../../host/bucket.js";
import type { Frame } from "../../../host/link.js";
import { BATCHED, type Coding, MessageReader, RAW, STREAM } from "../../../host/websocket/coding.js";
import { Inbox } from "../../../host/websocket/inbox.js";
import { lengths, MESSAGE_HEADS, Outbox } from "../../../host/websocket/outbox.js";
import { nodeClock } from "../../clock.js";
import { reason } from "../../reason.js";
import { guard } from "../guard.js";
import type { Log } from "../sparing-log.js";
import { ClientAddresses, sourceOf } from "./addresses.js";
import type { Pool } from "./pool.js";
import { ClientSink } from "./sink.js";

export interface ClientLimits {
  /** Octets a second that it may send, 0 for any number, and octets at once. */
  readonly rate: number;
  readonly burst: number;
  /** Addresses behind it, 0 for any number. */
  readonly macs: number;
  /** Octets of a frame. */
  readonly frame: number;
}

/** Who it is, as far as it is known. */
export interface Identity {
  /** Where it came from: "192.0.2.7:51234". */
  readonly from: string;
  readonly address: string;
  /** Tells one client from another that comes from the same address. */
  readonly holder: string;
}

export interface ClientOptions {
  readonly identity: Identity;
  readonly limits: ClientLimits;
  /** What may wait for all clients together. */
  readonly pool: Pool;
  readonly log: Log;
}

/** Frames that it sent and that went nowhere, by reason. */
export interface Refused {
  rate: number;
  macs: number;
  size: number;
  unfit: number;
}

const CODINGS: readonly Coding[] = [BATCHED, STREAM];
/** An Ethernet frame is charged for this much at the least. */
const FRAME_MIN = 60;
const PING_MAX = 128;
/** Octets that may wait for who asks for pongs: who does not read them gets no more. */
const PONGS_MAX = 4_096;
/** Octets of the reason in a close frame, RFC 6455 5.5.1. */
const REASON_MAX = 123;
const PROTOCOL_ERROR = 1002;

/** The coding that a list of subprotocols asks for: ours, QEMU's, or none. */
export function codingOf(protocols: Iterable<string>): Coding {
  const asked = new Set(protocols);
  return CODINGS.find(({ protocol }) => asked.has(protocol)) ?? RAW;
}

export class Client extends BaseLink {
  override readonly isDistant = true;
  readonly identity: Identity;
  readonly coding: Coding;
  readonly refused: Refused = { rate: 0, macs: 0, size: 0, unfit: 0 };
  /** Frames and octets that it sent, and that were let in. */
  frames = 0;
  octets = 0;
  /** Whether anything came since this was last set to false. */
  isHeard = true;
  hasRoom?: (octets: number) => boolean;
  /** Runs where it sends from an address that it had not before. */
  onaddress: (address: number) => void = () => {};
  onforget: (address: number) => void = () => {};
  readonly addresses: ClientAddresses | undefined;
  readonly #ws: WebSocket;
  readonly #limits: ClientLimits;
  readonly #pool: Pool;
  readonly #bucket: Bucket;
  readonly #reader: MessageReader;
  readonly #inbox: Inbox;
  readonly #outbox: Outbox;
  #pooled = 0;

  constructor(ws: WebSocket, stream: Duplex, { identity, limits, pool, log }: ClientOptions) {
    super(`ws ${identity.from}`);
    this.identity = identity;
    this.coding = codingOf([ws.protocol]);
    this.#ws = ws;
    this.#limits = limits;
    this.#pool = pool;
    this.#bucket = new Bucket(limits.rate, limits.burst, performance.now());
    if (limits.macs > 0) this.addresses = new ClientAddresses(limits.macs, (address) => this.onforget(address));
    this.#reader = new MessageReader(this.coding);
    this.#inbox = new Inbox({ link: this, clock: nodeClock, pause: () => ws.pause(), resume: () => ws.resume() });
    const { framing } = this.coding;
    const write = framing === undefined ? stream.write.bind(stream) : ws.send.bind(ws);
    this.#outbox = new Outbox({
      sink: new ClientSink(write, () => this.#drain()),
      lead: framing === undefined ? MESSAGE_HEADS : lengths(framing),
      limit: () => pool.share,
      allocate: Buffer.allocUnsafe,
    });
    ws.on("message", (data: Buffer, isBinary) => guard(this, log, () => this.#hear(data, isBinary)));
    for (const sign of ["ping", "pong"] as const) ws.on(sign, () => this.#sign());
    ws.on("error", () => {}); // "close" comes after it
    ws.on("close", () => this.end());
  }

  /** What waits for it, in octets, and the frames that were lost because too much did. */
  get waiting(): number {
    return this.#outbox.waiting;
  }

  get sent(): number {
    return this.#outbox.taken;
  }

  get lost(): number {
    return this.#outbox.lost;
  }

  get unfit(): number {
    return this.refused.unfit + this.#reader.unfit;
  }

  send(frame: Frame): boolean {
    const isTaken = this.#outbox.add(frame);
    this.#account();
    return isTaken;
  }

  /** Asks for a sign of life. */
  ping(): void {
    if (this.#ws.readyState === this.#ws.OPEN) this.#ws.ping();
  }

  /** Says why, as far as it still hears it, and is gone. */
  override close(code = 1001, why = ""): void {
    this.#ws.close(code, Buffer.from(why).subarray(0, REASON_MAX));
    super.close();
  }

  /** Says why, and waits until it has gone, but no longer than this. */
  async farewell(code: number, why: string, ms: number): Promise<void> {
    const gone = new Promise<void>((done) => this.#ws.once("close", () => done()));
    this.close(code, why);
    const timer = setTimeout(() => this.#ws.terminate(), ms);
    await gone;
    clearTimeout(timer);
  }

  /** Cuts it off. */
  terminate(): void {
    this.#ws.terminate();
    this.end();
  }

  #drain(): void {
    this.#outbox.flush();
    this.#account();
  }

  #account(): void {
    const waiting = this.isOpen ? this.#outbox.waiting : 0;
    this.#pool.used += waiting - this.#pooled;
    this.#pooled = waiting;
  }

  #sign(): void {
    this.isHeard = true;
  }

  #hear(data: Buffer, isBinary: boolean): void {
    this.isHeard = true;
    if (!this.isOpen) return;
    const nowMs = performance.now();
    if (isBinary) this.#read(data, nowMs);
    else this.#hearText(data, nowMs);
  }

  #read(message: Buffer, nowMs: number): void {
    try {
      this.#reader.read(message, (frame) => this.#take(frame, nowMs));
    } catch (error) {
      this.close(PROTOCOL_ERROR, reason(error));
    }
  }

  /** jor1k asks in words how long the way is. Nobody else says anything in words. */
  #hearText(data: Buffer, nowMs: number): void {
    if (data.length > PING_MAX || !data.toString("latin1").startsWith("ping:")) {
      this.refused.unfit++;
      return;
    }
    if (!this.#bucket.take(FRAME_MIN, nowMs)) this.refused.rate++;
    else if (this.#ws.bufferedAmount < PONGS_MAX) this.#ws.send(`pong:${data.toString("utf8", 5)}`);
  }

  #take(frame: Frame, nowMs: number): void {
    const { refused } = this;
    if (!this.isOpen) return;
    if (frame.length > this.#limits.frame) refused.size++;
    else if (!this.#bucket.take(Math.max(FRAME_MIN, frame.length), nowMs)) refused.rate++;
    else if (!this.#mayBe(frame, nowMs)) refused.macs++;
    else {
      this.frames++;
      this.octets += frame.length;
      this.#inbox.give(frame);
    }
  }

  /** Whether it may send from where the frame says it is from. A group is nobody's address: the switch sees to that. */
  #mayBe(frame: Frame, nowMs: number): boolean {
    if (this.addresses === undefined || (frame[6]! & 1) === 1) return true;
    const address = sourceOf(frame);
    const seen = this.addresses.see(address, nowMs);
    if (seen === "new") this.onaddress(address);
    return seen !== "refused";
  }

  protected shut(): void {
    this.#outbox.close();
    this.#inbox.close();
    this.#account();
  }
}
