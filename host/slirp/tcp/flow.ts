// A connection of a guest, which ends in the gateway: its two halves, the stream to the outside, and its states.
//
//    state         | the guest sees  | what may happen
//    --------------+-----------------+---------------------------------------------------------------
//    connecting    | SYN-SENT        | the outside accepts: syn-received; refuses: closed
//    syn-received  | SYN-SENT        | the guest acknowledges: open
//    syn-sent      | LISTEN          | a forward came in; the guest accepts: open; refuses: closed
//    open          | ESTABLISHED to  | data; either half ends by itself
//                  | LAST-ACK        |
//    waiting       | CLOSED, or      | both have ended, and what the guest sends again is acknowledged
//                  | LAST-ACK        | (TIME-WAIT)

import type { Address } from "../address.js";
import type { Stream } from "../backend.js";
import type { Guest, Neighbour } from "../guests.js";
import type { Complaint } from "../icmp-errors.js";
import type { Memory } from "../memory.js";
import { PAYLOAD } from "../output.js";
import { TCP } from "../packet.js";
import type { Stack } from "../stack.js";
import { Receiver } from "./receiver.js";
import { ACK, FIN, HEADER, PSH, RST, type Segment, SYN, writeSacks, writeSynOptions } from "./segment.js";
import { type Heard, Sender } from "./sender.js";

export type State = "connecting" | "syn-received" | "syn-sent" | "open" | "waiting" | "closed";

const HANDSHAKE_MS = 1_000;
const HANDSHAKE_TRIES = 6;
const MSS_MIN = 88;
const NO_BLOCKS: Heard["blocks"] = [];

/** What a connection is told from the others by. */
export interface Ends {
  readonly guest: Address;
  readonly guestPort: number;
  /** The other end, as the guest sees it. */
  readonly far: Address;
  readonly farPort: number;
}

export class Flow {
  readonly ends: Ends;
  readonly owner: Guest;
  neighbour: Neighbour | undefined;
  state: State;
  stream: Stream | undefined;
  /** While it is not known whether the outside accepts. */
  complaint: Complaint | undefined;
  readonly sender: Sender;
  receiver: Receiver;
  /** When something was last heard of the guest. */
  heardMs: number;
  /** When the handshake is tried again, or the connection let go. */
  dueMs = 0;
  /** Whether an acknowledgement is owed. */
  owesAck = false;
  probes = 0;
  /** Octets that wait here, as they were counted last. */
  held = 0;
  /** Whether no more is read from outside for now. */
  isPaused = false;
  readonly #stack: Stack;
  readonly #iss: number;
  #irs = 0;
  #shift = 0;
  #guestShift = 0;
  #mayShift: boolean;
  #maySack: boolean;
  #tries = 0;
  #isStreamEnded = false;
  readonly #heading;

  constructor(stack: Stack, ends: Ends, state: State, neighbour: Neighbour | undefined) {
    this.#stack = stack;
    this.ends = ends;
    this.state = state;
    this.neighbour = neighbour;
    this.owner = neighbour === undefined ? stack.guests.unknown(ends.guest) : stack.guests.of(neighbour);
    this.heardMs = stack.clock.now();
    this.#iss = stack.backend.random() >>> 0;
    this.#heading = { from: ends.far, to: ends.guest, protocol: TCP, sumAt: 16 };
    const { window } = stack.settings.limits;
    while (window >>> this.#shift > 0xffff) this.#shift++;
    this.#mayShift = true;
    this.#maySack = true;
    this.receiver = new Receiver(window);
    const transmit = (place: number, size: number) => this.#data(place, size);
    this.sender = new Sender(this.#mssMax, window, transmit, () => stack.takesMore());
  }

  get #mssMax(): number {
    return this.#stack.settings.mtu - HEADER - (this.ends.guest.length === 4 ? 20 : 40);
  }

  /** Takes what the guest's SYN says. */
  meet(segment: Segment): void {
    const { window } = this.#stack.settings.limits;
    this.#irs = segment.sequence;
    this.#mayShift = segment.scale >= 0;
    this.#guestShift = Math.max(0, segment.scale);
    this.#maySack = segment.maySack;
    if (!this.#mayShift) {
      this.#shift = 0;
      this.receiver = new Receiver(Math.min(window, 0xffff));
    }
    this.sender.begin(Math.max(MSS_MIN, Math.min(segment.mss, this.#mssMax)), segment.maySack);
    this.sender.window = segment.window; // in a SYN it is never shifted
  }

  /** The place of a sequence number in the guest's stream. */
  place(sequence: number): number {
    const { next } = this.receiver;
    return next + ((sequence - this.#wire(next)) | 0);
  }

  #wire(place: number): number {
    return (this.#irs + 1 + place) >>> 0;
  }

  /** The place in our stream that a number acknowledges. */
  ackPlace(acknowledged: number): number {
    const { una } = this.sender;
    return una + ((acknowledged - ((this.#iss + 1 + una) >>> 0)) | 0);
  }

  /**
   * Takes in that a segment did not arrive, where it is on its way: others anybody could name (RFC 5927). One that was too
   * long is sent again in time, and shorter. Whether there is nobody to send to.
   */
  isRefused(sequence: number, mtu: number | undefined): boolean {
    const place = this.ackPlace(sequence);
    const isShaking = this.state === "syn-sent";
    if (place < this.sender.una - (isShaking ? 1 : 0) || place > this.sender.nxt) return false;
    if (mtu === undefined) return isShaking;
    const mss = mtu - HEADER - (this.ends.guest.length === 4 ? 20 : 40);
    this.sender.mss = Math.min(this.sender.mss, Math.max(MSS_MIN, mss));
    return false;
  }

  /** Takes an acknowledgement of a segment. */
  hear(segment: Segment, nowMs: number): void {
    const blocks = segment.sackCount === 0 || !this.#maySack ? NO_BLOCKS : this.#blocks(segment);
    this.sender.hear(
      {
        place: this.ackPlace(segment.acknowledged),
        window: segment.window << this.#guestShift,
        isBare: segment.size === 0 && !segment.has(FIN | SYN),
        blocks,
      },
      nowMs,
    );
  }

  #blocks({ sacks, sackCount }: Segment): Heard["blocks"] {
    return Array.from({ length: sackCount }, (_, i) => [
      this.ackPlace(sacks[2 * i]!),
      this.ackPlace(sacks[2 * i + 1]!),
    ]);
  }

  /** Sends the handshake's segment, and does so again for a while. False where there is no use in that. */
  shake(nowMs: number): boolean {
    if (this.#tries >= HANDSHAKE_TRIES) return false;
    this.dueMs = nowMs + (HANDSHAKE_MS << this.#tries++);
    this.sendSyn();
    return true;
  }

  sendSyn(): void {
    const { memory } = this.#stack;
    const answers = this.state === "syn-received";
    const shift = this.#mayShift ? this.#shift : -1;
    const { mtu, mru } = this.#stack.settings;
    const mss = this.#mssMax + Math.min(0, mru - mtu);
    const options = writeSynOptions(memory, PAYLOAD + HEADER, mss, shift, this.#maySack);
    const window = Math.min(0xffff, this.receiver.edge);
    this.#write(memory, answers ? SYN | ACK : SYN, -1, HEADER + options, window);
    this.#send(HEADER + options);
  }

  /** Acknowledges all that has come, and tells of what came too early. */
  acknowledge(): void {
    const { memory } = this.#stack;
    let size = HEADER;
    if (this.receiver.hasGap && this.#maySack) {
      const blocks = this.receiver
        .blocks()
        .flat()
        .map((place) => this.#wire(place));
      size += writeSacks(memory, PAYLOAD + HEADER, blocks);
    }
    this.#write(memory, ACK, this.sender.nxt, size, this.#window());
    this.#send(size);
  }

  /** A segment that any guest answers, and that changes nothing: it is before what is expected (RFC 1122, 4.2.3.6). */
  keepAlive(): void {
    this.#write(this.#stack.memory, ACK, this.sender.una - 1, HEADER, this.#window());
    this.#send(HEADER);
  }

  reset(): void {
    const refuses = this.state === "connecting";
    this.#write(this.#stack.memory, RST | ACK, refuses ? -1 : this.sender.nxt, HEADER, 0);
    this.#send(HEADER);
  }

  #data(place: number, size: number): void {
    const { memory } = this.#stack;
    const { buffer } = this.sender;
    const octets = Math.min(place + size, buffer.end) - place;
    const flags = ACK | (place + size > buffer.end ? FIN : 0) | (place + octets === buffer.end ? PSH : 0);
    this.#write(memory, flags, place, HEADER, this.#window());
    if (octets > 0) buffer.copy(place, octets, memory.octets, PAYLOAD + HEADER);
    this.#send(HEADER + Math.max(0, octets));
  }

  #window(): number {
    return Math.min(0xffff, this.receiver.open(this.stream?.queued ?? 0, this.sender.mss) >>> this.#shift);
  }

  #write(memory: Memory, flags: number, place: number, header: number, window: number): void {
    memory.setU32(PAYLOAD, (this.ends.farPort << 16) | this.ends.guestPort);
    memory.setU32(PAYLOAD + 4, (this.#iss + 1 + place) >>> 0);
    memory.setU32(PAYLOAD + 8, (flags & ACK) === 0 ? 0 : this.#wire(this.receiver.next));
    memory.setU32(PAYLOAD + 12, (header << 26) | (flags << 16) | window);
    memory.setU16(PAYLOAD + 18, 0);
    if ((flags & SYN) === 0) this.owesAck = false;
  }

  #send(size: number): void {
    this.#stack.output.send(this.#heading, size, this.neighbour);
  }

  /** Octets that wait: for the guest, to be in order, and for the outside. */
  get waiting(): number {
    return this.sender.waiting + this.receiver.waiting + (this.stream?.queued ?? 0);
  }

  pause(isPaused: boolean): void {
    this.isPaused = isPaused;
    if (isPaused) this.stream?.pause();
    else this.stream?.resume();
  }

  /** Hands on what came in order, and the end of it. */
  pass(): void {
    const { stream, receiver } = this;
    if (stream === undefined) return;
    const octets = receiver.drain();
    if (octets !== undefined) stream.write(octets);
    if (!receiver.isEnded || this.#isStreamEnded) return;
    this.#isStreamEnded = true;
    stream.end();
  }
}
