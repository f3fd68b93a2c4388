// What a handshake agreed on: a key for each direction, for so long and so many datagrams and no more.

import type { Batch } from "../cable/batch.js";
import { type Arena, DATAGRAM_MAX } from "./arena.js";
import { type Cipher, cipherFor, type Memory } from "./cipher.js";
import { DATA_COUNTER, DATA_HEADER, DATA_OVERHEAD } from "./layout.js";
import type { CipherName } from "./primitives.js";
import { Reassembly } from "./reassembly.js";
import { Train } from "./train.js";
import { ReplayWindow } from "./window.js";

/** A new handshake is due after it. */
export const REKEY_MS = 90_000;
/** Nothing is sent or taken after it. */
export const EXPIRE_MS = 120_000;
/** RFC 9001 6.6: AES-GCM is not to seal more than 2^23 datagrams with one key. A new handshake is due long before. */
export const REKEY_COUNT = 1 << 22;
export const EXPIRE_COUNT = 1 << 23;
/** A client's last few tries may still be answered and used, where the way is longer than it waits before the next. */
export const PENDING_MAX = 4;

export interface SessionKeys {
  readonly cipher: CipherName;
  readonly send: Uint8Array;
  readonly receive: Uint8Array;
}

/** One train serves all: it is filled and sent at once. Only a frame that is cut between two is of a session. */
const train = new Train();

export class Session {
  /** By which the other end names it, and by which this end does. */
  readonly receiver: number;
  readonly index: number;
  readonly createdMs: number;
  readonly reassembly = new Reassembly();
  readonly #seal: Cipher;
  readonly #open: Cipher;
  readonly #window = new ReplayWindow();
  counter = 0;
  #isOpen = true;

  constructor(keys: SessionKeys, index: number, receiver: number, nowMs: number) {
    this.index = index;
    this.receiver = receiver;
    this.createdMs = nowMs;
    this.#seal = cipherFor(keys.cipher, keys.send, true);
    this.#open = cipherFor(keys.cipher, keys.receive, false);
  }

  get cipher(): Cipher {
    return this.#seal;
  }

  /** The highest counter that was taken. */
  get newest(): number {
    return this.#window.newest;
  }

  isDue(nowMs: number): boolean {
    return nowMs - this.createdMs >= REKEY_MS || Math.max(this.counter, this.#window.newest) >= REKEY_COUNT;
  }

  isUsable(nowMs: number): boolean {
    return this.#isOpen && nowMs - this.createdMs < EXPIRE_MS && this.counter < EXPIRE_COUNT;
  }

  /** Seals a batch into trains, and gives each of them away. */
  send(batch: Batch, size: number, give: (train: Train) => void): void {
    train.reset();
    while (this.counter < EXPIRE_COUNT && train.fill(batch, size, this)) give(train);
  }

  /** Seals one datagram that has no frame. */
  say(words: readonly number[], size: number, give: (train: Train) => void): void {
    train.say(words, size, this);
    give(train);
  }

  /** Opens a datagram. True where it is one of this session that has not been here before; its frames are in the arena. */
  take(memory: Memory, at: number, size: number, arena: Arena): boolean {
    const { octets } = memory;
    if (!this.#isOpen || size < DATA_OVERHEAD || size > DATAGRAM_MAX) return false;
    if (((octets[at + 2]! << 8) | octets[at + 3]!) !== 0) return false;
    const counter = long(octets, at + DATA_COUNTER);
    if (counter >= EXPIRE_COUNT || !this.#window.isNew(counter)) return false;
    const sealed = size - DATA_HEADER;
    if (!this.#open.open(memory, at + DATA_HEADER, sealed, arena, arena.end, counter)) return false;
    return this.#accept(arena, counter, size - DATA_OVERHEAD);
  }

  #accept(arena: Arena, counter: number, size: number): boolean {
    this.#window.take(counter);
    const from = arena.end;
    const begins = (arena.octets[from + size]! << 8) | arena.octets[from + size + 1]!;
    this.reassembly.take(arena, counter, size, begins);
    return true;
  }

  /** Forgets the keys. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#seal.close();
    this.#open.close();
  }
}

/** 32 bits, the high octet first. */
export function long(octets: Uint8Array, at: number): number {
  return ((octets[at]! << 24) | (octets[at + 1]! << 16) | (octets[at + 2]! << 8) | octets[at + 3]!) >>> 0;
}
