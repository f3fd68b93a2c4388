// The way to the other end, whichever end this is: the session in use and the one before it, the size of datagrams, and
// what the two say to each other besides frames.

import type { Batch } from "../cable/batch.js";
import type { Arena } from "./arena.js";
import type { Memory } from "./cipher.js";
import { BYE, DATA_OVERHEAD, PROBE, PROBE_SEEN } from "./layout.js";
import { PathSize } from "./path.js";
import type { Session } from "./session.js";
import type { Train } from "./train.js";

export interface ChannelOptions {
  /** Sends a train. False where it is too large for the way out of this machine. */
  readonly give: (train: Train) => boolean;
  /** The other end said that it goes. */
  readonly onbye: () => void;
}

export class Channel {
  readonly path = new PathSize();
  readonly #options: ChannelOptions;
  #current: Session | undefined;
  #previous: Session | undefined;
  sentMs = Number.NEGATIVE_INFINITY;

  constructor(options: ChannelOptions) {
    this.#options = options;
  }

  get current(): Session | undefined {
    return this.#current;
  }

  /** Uses a session from now on. Datagrams of the one before may still be on their way. Returns what is not used any more. */
  adopt(session: Session, nowMs: number): Session | undefined {
    const old = this.#previous;
    old?.close();
    this.#previous = this.#current;
    this.#current = session;
    this.path.start(nowMs);
    return old;
  }

  get sessions(): readonly Session[] {
    return [this.#current, this.#previous].filter((session) => session !== undefined);
  }

  /** Lets what is too old go. Returns it. */
  expire(nowMs: number): readonly Session[] {
    const gone = this.sessions.filter((session) => !session.isUsable(nowMs));
    for (const session of gone) session.close();
    if (this.#previous !== undefined && gone.includes(this.#previous)) this.#previous = undefined;
    if (this.#current !== undefined && gone.includes(this.#current)) this.#current = undefined;
    return gone;
  }

  /** Sends frames. Without a session they are lost, as frames may be. */
  send(batch: Batch, nowMs: number): void {
    const session = this.#current;
    if (session?.isUsable(nowMs)) session.send(batch, this.path.size, (train) => this.#give(train, nowMs));
    batch.first = batch.count;
  }

  /** Sends what is due of probes. */
  probe(nowMs: number): void {
    for (const size of this.path.due(nowMs)) this.#say([PROBE, size], nowMs, size);
  }

  keepAlive(nowMs: number): void {
    this.#say([], nowMs);
  }

  /** Opens a datagram of one of its sessions. */
  take(session: Session, memory: Memory, at: number, size: number, arena: Arena, nowMs: number): boolean {
    session.reassembly.oncontrol = (kind, word, payload) => this.#hear(kind, word, payload + DATA_OVERHEAD, nowMs);
    return session.isUsable(nowMs) && session.take(memory, at, size, arena);
  }

  /** Says that this end goes, and forgets all keys. */
  close(nowMs: number): void {
    this.#say([BYE], nowMs);
    for (const session of this.sessions) session.close();
    this.#current = undefined;
    this.#previous = undefined;
  }

  #hear(kind: number, word: number, size: number, nowMs: number): void {
    if (kind === PROBE && word === size) this.#say([PROBE_SEEN, size], nowMs);
    else if (kind === PROBE_SEEN) this.path.seen(word);
    else if (kind === BYE) this.#options.onbye();
  }

  #say(words: readonly number[], nowMs: number, size = 0): void {
    if (!this.#current?.isUsable(nowMs)) return;
    this.#current.say(words, size, (train) => void this.#options.give(train));
    this.sentMs = nowMs;
  }

  #give(train: Train, nowMs: number): void {
    this.sentMs = nowMs;
    if (!this.#options.give(train)) this.path.tooLarge();
  }
}
