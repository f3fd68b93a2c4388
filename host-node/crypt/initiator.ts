// A client: it asks for a session, asks again until it gets one, and for the next one in time. It sends and hears through
// what it is given, and knows no sockets.

import type { Batch } from "../cable/batch.js";
import type { Arena } from "./arena.js";
import { Channel } from "./channel.js";
import type { Memory } from "./cipher.js";
import { answers, handshake, readCookie, readSealed, suiteOf, writeInit } from "./greeting.js";
import {
  COOKIE,
  COOKIE_RECEIVER,
  COOKIE_SIZE,
  DATA,
  DATA_COUNTER,
  DATA_OVERHEAD,
  DATA_RECEIVER,
  RESET,
  RESET_ECHO,
  RESET_REASON,
  RESET_SIZE,
  RESPONSE,
  RESPONSE_RECEIVER,
  RESPONSE_SENDER,
  RESPONSE_SIZE,
  UNKNOWN_CLIENT,
  UNKNOWN_SESSION,
  VERSION,
} from "./layout.js";
import type { Handshake } from "./noise.js";
import { type CipherName, type KeyPair, SUITES } from "./primitives.js";
import { long, PENDING_MAX, Session } from "./session.js";
import type { Train } from "./train.js";

/** What a client knows of its server. */
export interface ServerKeys {
  readonly publicKey: Uint8Array;
  readonly psk: Uint8Array;
}

export interface InitiatorOptions {
  readonly own: KeyPair;
  readonly cipher: CipherName;
  readonly keepAliveMs: number;
  readonly send: (message: Uint8Array) => void;
  readonly give: (train: Train) => boolean;
  /** A session has begun. */
  readonly onup: () => void;
  /** The server ended the session, or does not answer. */
  readonly ondown: (why: string) => void;
  /** The server says that it does not know these keys. Anybody on the way may say so. */
  readonly onunknown: () => void;
  readonly random: () => number;
  /** Microseconds since 1970. */
  readonly wallClock: () => bigint;
}

/** How long an answer is waited for. The last is for good, so that a server that is back is found within a second. */
const RETRY_MS = [200, 400, 800];
/** After so many tries without an answer somebody is told. */
const SILENT_TRIES = 3;
/** A RESET leads to a new handshake no more often than this. */
const RESET_MS = 400;
const COOKIE_MS = 120_000;
/** How far behind the newest the datagram may be that a RESET names. */
const RESET_REACH = 1 << 16;

interface Pending {
  readonly noise: Handshake;
  readonly index: number;
  readonly message: Uint8Array;
  readonly keys: ServerKeys;
}

export class Initiator {
  readonly #options: InitiatorOptions;
  readonly #channel: Channel;
  #keys: ServerKeys | undefined;
  /** The newest first. */
  #pending: readonly Pending[] = [];
  #tries = 0;
  #startedMs = Number.NEGATIVE_INFINITY;
  #cookie: Uint8Array | undefined;
  #cookieMs = Number.NEGATIVE_INFINITY;
  #stamp = 0n;
  /** Whose frames came last into the arena: while keys change there are two. */
  #open: Session | undefined;

  constructor(options: InitiatorOptions) {
    this.#options = options;
    const onbye = () => this.#lost("the server went");
    this.#channel = new Channel({ give: options.give, onbye });
  }

  get isUp(): boolean {
    return this.#channel.current !== undefined;
  }

  /** Octets of a datagram on this path. */
  get pathSize(): number {
    return this.#channel.path.size;
  }

  /** Begins, or begins anew with other keys. */
  connect(keys: ServerKeys, nowMs: number): void {
    this.#keys = keys;
    this.#pending = [];
    this.#tries = 0;
    this.#begin(nowMs);
  }

  send(batch: Batch, nowMs: number): void {
    this.#channel.send(batch, nowMs);
  }

  /** Does what is due, and says when it wants to be asked again. */
  tick(nowMs: number): number {
    this.#channel.expire(nowMs);
    const { current } = this.#channel;
    const isWanted = current === undefined || current.isDue(nowMs) || this.#pending.length > 0;
    if (this.#keys !== undefined && isWanted && nowMs >= this.#retryAt()) this.#begin(nowMs);
    const { keepAliveMs } = this.#options;
    if (current !== undefined && nowMs - this.#channel.sentMs >= keepAliveMs) this.#channel.keepAlive(nowMs);
    this.#channel.probe(nowMs);
    return this.#nextMs(nowMs);
  }

  /** Takes a datagram. Its frames are in the arena. */
  hear(memory: Memory, at: number, size: number, arena: Arena, nowMs: number): void {
    const { octets } = memory;
    if (size < RESET_SIZE || octets[at + 1] !== VERSION) return;
    if (octets[at] === DATA) this.#hearData(memory, at, size, arena, nowMs);
    else this.#hearMessage(octets.slice(at, at + size), nowMs);
  }

  #hearMessage(message: Uint8Array, nowMs: number): void {
    const size = message.length;
    if (message[0] === RESPONSE && size === RESPONSE_SIZE) this.#hearResponse(message, nowMs);
    else if (message[0] === COOKIE && size === COOKIE_SIZE) this.#hearCookie(message, nowMs);
    else if (message[0] === RESET && size === RESET_SIZE) this.#hearReset(message, nowMs);
  }

  /** Keeps what is cut while the arena is used for something else. */
  hold(arena: Arena): void {
    for (const session of this.#channel.sessions) session.reassembly.hold(arena);
  }

  close(nowMs: number): void {
    this.#keys = undefined;
    this.#pending = [];
    this.#channel.close(nowMs);
  }

  #retryAt(): number {
    if (this.#pending.length === 0) return Number.NEGATIVE_INFINITY;
    return this.#startedMs + RETRY_MS[Math.min(this.#tries, RETRY_MS.length) - 1]!;
  }

  #nextMs(nowMs: number): number {
    const { current } = this.#channel;
    if (this.#pending.length > 0) return this.#retryAt();
    if (current === undefined) return Number.POSITIVE_INFINITY;
    const due = current.isDue(nowMs) ? nowMs : nowMs + 1_000;
    return Math.min(due, this.#channel.path.dueMs(), this.#channel.sentMs + this.#options.keepAliveMs);
  }

  #begin(nowMs: number): void {
    const keys = this.#keys!;
    const suite = suiteOf(this.#options.cipher);
    const noise = handshake(suite, this.#options.own, keys.publicKey);
    noise.psk = keys.psk;
    const index = this.#options.random();
    const cookie = nowMs - this.#cookieMs < COOKIE_MS ? this.#cookie : undefined;
    this.#stamp = later(this.#options.wallClock(), this.#stamp);
    const message = writeInit(noise, { suite, sender: index, stamp: this.#stamp, serverKey: keys.publicKey, cookie });
    this.#pending = [{ noise, index, message, keys }, ...this.#pending].slice(0, PENDING_MAX);
    this.#startedMs = nowMs;
    if (++this.#tries === SILENT_TRIES) this.#options.ondown("the server does not answer");
    this.#options.send(message);
  }

  #hearResponse(message: Uint8Array, nowMs: number): void {
    const receiver = long(message, RESPONSE_RECEIVER);
    const pending = this.#pending.find(({ index }) => index === receiver);
    const { cipher } = this.#options;
    if (pending === undefined || SUITES.get(message[2]!) !== cipher) return;
    if (readSealed(pending.noise, message) === undefined) return;
    this.#pending = [];
    this.#tries = 0;
    const session = new Session(
      { cipher, ...pending.noise.split() },
      pending.index,
      long(message, RESPONSE_SENDER),
      nowMs,
    );
    this.#channel.adopt(session, nowMs);
    this.#channel.keepAlive(nowMs); // by which the server knows that it was understood
    this.#options.onup();
  }

  #hearCookie(message: Uint8Array, nowMs: number): void {
    const receiver = long(message, COOKIE_RECEIVER);
    const pending = this.#pending.find(({ index }) => index === receiver);
    if (pending === undefined) return;
    const cookie = readCookie(pending.keys.publicKey, pending.message, message);
    if (cookie === undefined) return;
    this.#cookie = cookie;
    this.#cookieMs = nowMs;
  }

  #hearReset(message: Uint8Array, nowMs: number): void {
    if (message[RESET_REASON] === UNKNOWN_CLIENT) {
      if (this.#pending.some((pending) => answers(message, pending.message))) this.#options.onunknown();
      return;
    }
    const { current } = this.#channel;
    if (message[RESET_REASON] !== UNKNOWN_SESSION || current === undefined || this.#pending.length > 0) return;
    const behind = current.counter - long(message, RESET_ECHO + DATA_COUNTER - DATA_RECEIVER);
    const isOurs = long(message, RESET_ECHO) === current.receiver && behind > 0 && behind < RESET_REACH;
    if (isOurs && nowMs - this.#startedMs >= RESET_MS) this.#begin(nowMs);
  }

  #hearData(memory: Memory, at: number, size: number, arena: Arena, nowMs: number): void {
    if (size < DATA_OVERHEAD) return;
    const index = long(memory.octets, at + DATA_RECEIVER);
    const session = this.#channel.sessions.find((each) => each.index === index);
    if (session === undefined) return;
    if (session !== this.#open) this.#open?.reassembly.hold(arena);
    this.#open = session;
    this.#channel.take(session, memory, at, size, arena, nowMs);
  }

  #lost(why: string): void {
    this.#pending = [];
    this.#tries = 0;
    this.#options.ondown(why);
    for (const session of this.#channel.sessions) session.close();
  }
}

/** Never the same twice, even where the clock goes back. */
function later(now: bigint, last: bigint): bigint {
  return now > last ? now : last + 1n;
}
