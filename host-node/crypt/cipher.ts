// The AEAD of a session: one key for one direction, on memory that does not move. OpenSSL itself where Node shows it, and
// node:crypto where it does not.

import { hasNativeAead, NativeAead } from "../native/aead.js";
import { addressOf } from "../native/libc.js";
import { type CipherName, nonce, open, seal, TAG_SIZE } from "./primitives.js";

/** Octets, and where they are in this process. */
export interface Memory {
  readonly octets: Uint8Array;
  readonly base: number;
}

export interface Cipher {
  /** Seals octets where they are; the tag comes behind them. */
  seal(memory: Memory, at: number, size: number, counter: number): void;
  /** Opens `size` octets, the tag among them, to another place. What is there where it says false is worth nothing. */
  open(memory: Memory, at: number, size: number, to: Memory, toAt: number, counter: number): boolean;
  /** Forgets the key. */
  close(): void;
}

/** A cipher for one direction: a key is used to seal, or to open. */
export function cipherFor(name: CipherName, key: Uint8Array, seals: boolean, native = hasNativeAead()): Cipher {
  return native ? new NativeCipher(name, key, seals) : new NodeCipher(name, key);
}

const NONCE_SIZE = 12;

class NativeCipher implements Cipher {
  readonly #numbers = new DataView(new ArrayBuffer(16));
  readonly #nonce = addressOf(this.#numbers.buffer);
  readonly #isLittle: boolean;
  readonly #aead: NativeAead;

  constructor(name: CipherName, key: Uint8Array, seals: boolean) {
    this.#isLittle = name === "chacha20-poly1305";
    this.#aead = new NativeAead(name, key, seals, this.#nonce + NONCE_SIZE);
  }

  seal({ base }: Memory, at: number, size: number, counter: number): void {
    this.#count(counter);
    this.#aead.seal(this.#nonce, base + at, size);
  }

  open({ base }: Memory, at: number, size: number, to: Memory, toAt: number, counter: number): boolean {
    this.#count(counter);
    return this.#aead.open(this.#nonce, base + at, size - TAG_SIZE, to.base + toAt);
  }

  close(): void {
    this.#aead.close();
  }

  /** Counters have 32 bits: a session ends long before they do. */
  #count(counter: number): void {
    this.#numbers.setUint32(this.#isLittle ? 4 : 8, counter, this.#isLittle);
  }
}

const NOTHING = new Uint8Array();

class NodeCipher implements Cipher {
  readonly #name: CipherName;
  readonly #key: Uint8Array;

  constructor(name: CipherName, key: Uint8Array) {
    this.#name = name;
    this.#key = key;
  }

  seal({ octets }: Memory, at: number, size: number, counter: number): void {
    const text = octets.subarray(at, at + size);
    octets.set(seal(this.#name, this.#key, nonce(this.#name, counter), NOTHING, text), at);
  }

  open({ octets }: Memory, at: number, size: number, to: Memory, toAt: number, counter: number): boolean {
    const sealed = octets.subarray(at, at + size);
    const text = open(this.#name, this.#key, nonce(this.#name, counter), NOTHING, sealed);
    if (text !== undefined) to.octets.set(text, toAt);
    return text !== undefined;
  }

  close(): void {
    this.#key.fill(0);
  }
}
