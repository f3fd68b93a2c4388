// A stream of TCP by Wisp, as the gateway wants it.

import { BaseStream } from "../slirp/base-stream.js";
import { type Member, WINDOW, type WispClient } from "./client.js";
import { EXTENSION } from "./info.js";
import { closePacket, codeOf, connectPacket, continuePacket, dataPacket, type Packet, TCP, WHY } from "./packets.js";

const PACKET_MAX = 1 << 14;
/** A server may send this much beyond what it was granted: the rest of what it had read. */
const BEYOND = 1 << 16;
/** What is held for a slow guest of a server that grants do not bind, and that cannot be paused. */
const HELD_MAX = 1 << 23;
/** Wisp has no half of a stream. Whoever has sent all is given the answer, as long as it comes. */
const ANSWER_MS = 5_000;
/** So many pieces are held as they came. */
const PIECES_MAX = 256;
const END = new Uint8Array();

export class WispStream extends BaseStream implements Member {
  queued = 0;
  readonly #client: WispClient;
  readonly #host: string;
  readonly #port: number;
  #id = 0;
  /** Whether the server waits for grants. */
  #hasGrants = false;
  #isConnected = false;
  #isOver = false;
  /** Packets that may be sent. */
  #credit = 0;
  #toSend: Uint8Array[] = [];
  /** Ours: no more will be written; and that has been said. */
  #isEnding = false;
  #hasEnded = false;
  #isPaused = false;
  /** Came, and waits for the guest. */
  readonly #held: Uint8Array[] = [];
  #heldSize = 0;
  /** Theirs: there is no more behind what is held; and whether the stream is gone altogether. */
  #isLast = false;
  #isGone = false;
  #hasTold = false;
  /** What the server may send, and what the guest has taken of it since it was granted more. */
  #window = WINDOW;
  #taken = 0;
  #heardMs = 0;

  constructor(client: WispClient, host: string, port: number) {
    super();
    this.#client = client;
    this.#host = host;
    this.#port = port;
    if (!client.add(this)) void Promise.resolve().then(() => this.#fail("ENETUNREACH"));
  }

  begin(id: number): void {
    const { credit } = this.#client;
    this.#id = id;
    this.#credit = credit;
    this.#hasGrants = this.#client.has(EXTENSION.grants);
    this.#client.send(connectPacket(id, TCP, this.#host, this.#port));
    if (!this.#client.has(EXTENSION.confirmation)) this.#connected();
    this.flush();
  }

  #connected(): void {
    if (this.#isConnected) return;
    this.#isConnected = true;
    this.onconnect();
  }

  hear(packet: Packet): void {
    if (packet.kind === "close") this.#closed(packet.why);
    else this.#connected();
    if (packet.kind === "data") this.#take(packet.octets);
    if (packet.kind !== "continue") return;
    this.#credit = packet.count;
    this.flush();
  }

  write(octets: Uint8Array): void {
    if (this.#isGone) this.#fail("ECONNRESET");
    if (this.#isOver) return;
    this.#toSend.push(octets);
    this.queued += octets.length;
    this.#send();
  }

  end(): void {
    this.#isEnding = true;
    this.#finish();
  }

  flush(): void {
    if (this.#send()) this.ondrain();
    this.#finish();
  }

  /** Sends what may be sent. Whether that was anything. */
  #send(): boolean {
    const before = this.queued;
    while (this.#toSend.length > 0 && this.#credit > 0 && !this.#isOver && this.#client.hasRoom()) {
      const octets = this.#next();
      this.#credit--;
      this.queued -= octets.length;
      this.#client.send(dataPacket(this.#id, octets));
    }
    return this.queued < before;
  }

  /** As much as goes into a packet: they are counted, whatever they carry. */
  #next(): Uint8Array {
    const [first = END, ...rest] = this.#toSend;
    if (first.length > PACKET_MAX) {
      this.#toSend[0] = first.subarray(PACKET_MAX);
      return first.subarray(0, PACKET_MAX);
    }
    let size = first.length;
    let count = 1;
    for (const { length } of rest) {
      if (size + length > PACKET_MAX) break;
      size += length;
      count++;
    }
    return joined(this.#toSend.splice(0, count));
  }

  /** All is sent that will ever be. */
  #finish(): void {
    if (!this.#isEnding || this.#toSend.length > 0 || this.#hasEnded || this.#isOver || this.#id === 0) return;
    this.#hasEnded = true;
    if (this.#hasGrants) {
      this.#client.send(dataPacket(this.#id, END));
      if (this.#hasTold) this.#leave();
    } else if (this.#isLast) this.#leave();
    else this.#awaitAnswer();
  }

  #awaitAnswer(): void {
    const { clock } = this.#client;
    clock.after(ANSWER_MS, () => {
      if (this.#isOver || this.#isLast) return;
      if (this.#heldSize > 0 || clock.now() - this.#heardMs < ANSWER_MS) return this.#awaitAnswer();
      this.#client.send(closePacket(this.#id, WHY.ended));
      this.#isLast = true;
      this.#deliver();
    });
  }

  #take(octets: Uint8Array): void {
    if (this.#isOver || this.#isLast) return;
    this.#heardMs = this.#client.clock.now();
    if (octets.length === 0) {
      this.#isLast = this.#hasGrants;
      this.#deliver();
      return;
    }
    this.#window -= octets.length;
    this.#hold(octets);
    const isBounded = this.#hasGrants ? this.#window >= -BEYOND : this.#client.hold(this, octets.length);
    this.#deliver();
    if (!isBounded && (this.#hasGrants || this.#heldSize > HELD_MAX)) this.#breakOff(WHY.overrun, "ECONNRESET");
  }

  /** Small pieces cost more than they hold, and so are joined. */
  #hold(octets: Uint8Array): void {
    this.#held.push(octets);
    this.#heldSize += octets.length;
    if (this.#held.length > PIECES_MAX) this.#held.splice(0, PIECES_MAX + 1, joined(this.#held));
  }

  /** Hands on what is held, as long as the guest takes it, and the end after it. */
  #deliver(): void {
    while (!this.#isPaused && !this.#isOver && this.#held.length > 0) {
      const octets = this.#held.shift()!;
      this.#heldSize -= octets.length;
      this.#tookOne(octets.length);
      this.ondata(octets);
    }
    if (this.#held.length > 0 || !this.#isLast || this.#hasTold || this.#isOver) return;
    this.#hasTold = true;
    this.onend();
    if (this.#hasEnded || this.#isGone) this.#leave();
  }

  #tookOne(size: number): void {
    if (!this.#hasGrants) {
      this.#client.hold(this, -size);
      return;
    }
    this.#taken += size;
    if (this.#taken < WINDOW / 2 || this.#isLast) return;
    this.#client.send(continuePacket(this.#id, this.#taken));
    this.#window += this.#taken;
    this.#taken = 0;
  }

  #closed(why: number): void {
    this.#client.remove(this, this.#id);
    if (!this.#isConnected || why !== WHY.ended) {
      this.#fail(codeOf(why));
      return;
    }
    this.#isGone = true;
    this.#isLast = true;
    this.#toSend = [];
    this.queued = 0;
    this.#deliver();
  }

  giveUp(): void {
    this.#breakOff(WHY.overrun, "ECONNRESET");
  }

  lose(): void {
    this.#fail(this.#isConnected ? "ECONNRESET" : "ENETUNREACH");
  }

  destroy(): void {
    if (!this.#isOver && this.#id !== 0 && !this.#isGone) this.#client.send(closePacket(this.#id, WHY.failed));
    this.#leave();
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#deliver();
  }

  #breakOff(why: number, code: string): void {
    this.#client.send(closePacket(this.#id, why));
    this.#fail(code);
  }

  #fail(code: string): void {
    if (this.#isOver) return;
    this.#leave();
    this.onerror(code);
  }

  #leave(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#client.remove(this, this.#id);
    if (this.#heldSize > 0 && !this.#hasGrants) this.#client.hold(this, -this.#heldSize);
    this.#toSend = [];
    this.#held.length = 0;
    this.#heldSize = 0;
  }
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  if (pieces.length === 1) return pieces[0]!;
  const octets = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    octets.set(piece, at);
    at += piece.length;
  }
  return octets;
}
