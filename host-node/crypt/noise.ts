// Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s and Noise_IKpsk2_25519_AESGCM_BLAKE2s, as the Noise Protocol Framework, revision
// 34, describes them: the handshake alone. What it agrees on is used in session.ts.

import {
  type CipherName,
  hash,
  hmac,
  KEY_SIZE,
  type KeyPair,
  keyPair,
  nonce,
  open,
  seal,
  sharedSecret,
  TAG_SIZE,
} from "./primitives.js";

type Token = "e" | "s" | "es" | "ee" | "se" | "ss" | "psk";

/** 7.5 and 9.4. Before the first message the initiator knows the responder's static key. */
const IKPSK2: readonly (readonly Token[])[] = [
  ["e", "es", "s", "ss"],
  ["e", "ee", "se", "psk"],
];

const NAMES: Readonly<Record<CipherName, string>> = {
  "chacha20-poly1305": "Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s",
  "aes-256-gcm": "Noise_IKpsk2_25519_AESGCM_BLAKE2s",
};
const NOTHING = new Uint8Array();

/** A message that is not what it should be: damaged, forged, or sealed with another key. */
export class NoiseError extends Error {}

/** 5.2: the chaining key, the hash of all that was said, and a key as soon as there is one. */
class SymmetricState {
  readonly #cipher: CipherName;
  #chainingKey: Uint8Array;
  #key: Uint8Array | undefined;
  #counter = 0;
  hash: Uint8Array;

  constructor(cipher: CipherName, prologue: Uint8Array) {
    this.#cipher = cipher;
    this.hash = hash(Buffer.from(NAMES[cipher])); // both names are longer than a hash
    this.#chainingKey = this.hash;
    this.mixHash(prologue);
  }

  /** Another in the same state. */
  clone(): SymmetricState {
    const other = new SymmetricState(this.#cipher, NOTHING);
    other.#chainingKey = this.#chainingKey;
    other.#key = this.#key;
    other.#counter = this.#counter;
    other.hash = this.hash;
    return other;
  }

  mixHash(octets: Uint8Array): void {
    this.hash = hash(this.hash, octets);
  }

  mixKey(material: Uint8Array): void {
    const [next, key] = this.#derive(material);
    this.#chainingKey = next;
    this.#useKey(key);
  }

  mixKeyAndHash(material: Uint8Array): void {
    const [next, toHash, key] = this.#derive(material);
    this.#chainingKey = next;
    this.mixHash(toHash);
    this.#useKey(key);
  }

  encryptAndHash(text: Uint8Array): Uint8Array {
    const sealed = this.#key === undefined ? text : seal(this.#cipher, this.#key, this.#nextNonce(), this.hash, text);
    this.mixHash(sealed);
    return sealed;
  }

  decryptAndHash(sealed: Uint8Array): Uint8Array {
    const text = this.#key === undefined ? sealed : open(this.#cipher, this.#key, this.#nextNonce(), this.hash, sealed);
    if (text === undefined) throw new NoiseError("the message does not open");
    this.mixHash(sealed);
    return text;
  }

  get hasKey(): boolean {
    return this.#key !== undefined;
  }

  /** 5.2: the key of the initiator's messages, and of the responder's. */
  split(): [Uint8Array, Uint8Array] {
    const [first, second] = this.#derive(NOTHING);
    return [first, second];
  }

  #useKey(key: Uint8Array): void {
    this.#key = key;
    this.#counter = 0;
  }

  #nextNonce(): Uint8Array {
    return nonce(this.#cipher, this.#counter++);
  }

  /** 4.3: HKDF with three outputs. */
  #derive(material: Uint8Array): [Uint8Array, Uint8Array, Uint8Array] {
    const secret = hmac(this.#chainingKey, material);
    const first = hmac(secret, Uint8Array.of(1));
    const second = hmac(secret, first, Uint8Array.of(2));
    return [first, second, hmac(secret, second, Uint8Array.of(3))];
  }
}

export interface HandshakeOptions {
  readonly cipher: CipherName;
  readonly isInitiator: boolean;
  readonly prologue: Uint8Array;
  readonly own: KeyPair;
  /** The responder's static key, which its initiator knows. */
  readonly remote?: Uint8Array;
  /** For test vectors: any other is made anew. */
  readonly ephemeral?: KeyPair;
}

/** 5.3. */
export class Handshake {
  #state: SymmetricState;
  readonly #isInitiator: boolean;
  readonly #own: KeyPair;
  readonly #ephemeral: KeyPair;
  #remote: Uint8Array | undefined;
  #remoteEphemeral: Uint8Array | undefined;
  #message = 0;
  /** The pre-shared key: a responder sets it when it knows who asks. */
  psk: Uint8Array | undefined;

  constructor({ cipher, isInitiator, prologue, own, remote, ephemeral = keyPair() }: HandshakeOptions) {
    this.#state = new SymmetricState(cipher, prologue);
    this.#isInitiator = isInitiator;
    this.#own = own;
    this.#ephemeral = ephemeral;
    this.#remote = remote;
    this.#state.mixHash(isInitiator ? this.remote : own.publicKey);
  }

  /** The other's static key, as soon as it is known. */
  get remote(): Uint8Array {
    return known(this.#remote);
  }

  get hash(): Uint8Array {
    return this.#state.hash;
  }

  write(payload: Uint8Array): Uint8Array {
    const parts = this.#tokens().map((token) => this.#say(token));
    return Buffer.concat([...parts, this.#state.encryptAndHash(payload)]);
  }

  /**
   * The payload. Throws a NoiseError where the message is not one that was written by who has the right keys, or its payload
   * is not right, and is then where it was before: the true message may still come.
   */
  read(message: Uint8Array, isRight: (payload: Uint8Array) => boolean = () => true): Uint8Array {
    const [state, count] = [this.#state.clone(), this.#message];
    try {
      let rest = message;
      for (const token of this.#tokens()) rest = rest.subarray(this.#hear(token, rest));
      const payload = this.#state.decryptAndHash(rest);
      if (!isRight(payload)) throw new NoiseError("the payload is not right");
      return payload;
    } catch (error) {
      this.#state = state;
      this.#message = count;
      throw error;
    }
  }

  /** The keys to send with and to receive with. */
  split(): { send: Uint8Array; receive: Uint8Array } {
    const [first, second] = this.#state.split();
    return this.#isInitiator ? { send: first, receive: second } : { send: second, receive: first };
  }

  #tokens(): readonly Token[] {
    return known(IKPSK2[this.#message++]);
  }

  #say(token: Token): Uint8Array {
    if (token === "s") return this.#state.encryptAndHash(this.#own.publicKey);
    if (token !== "e") return this.#mix(token);
    this.#mixEphemeral(this.#ephemeral.publicKey);
    return this.#ephemeral.publicKey;
  }

  /** Returns how many octets of the message it took. */
  #hear(token: Token, rest: Uint8Array): number {
    if (token !== "e" && token !== "s") return this.#mix(token).length;
    const size = KEY_SIZE + (token === "s" && this.#state.hasKey ? TAG_SIZE : 0);
    if (rest.length < size) throw new NoiseError("the message is too short");
    const octets = rest.slice(0, size);
    if (token === "s") this.#remote = this.#state.decryptAndHash(octets);
    else {
      this.#remoteEphemeral = octets;
      this.#mixEphemeral(octets);
    }
    return size;
  }

  /** 9.2: with a pre-shared key the ephemeral keys are mixed in as well. */
  #mixEphemeral(key: Uint8Array): void {
    this.#state.mixHash(key);
    this.#state.mixKey(key);
  }

  #mix(token: Exclude<Token, "e" | "s">): Uint8Array {
    if (token === "psk") this.#state.mixKeyAndHash(known(this.psk));
    else this.#state.mixKey(this.#agree(token));
    return NOTHING;
  }

  /** The letters are the initiator's key and the responder's. */
  #agree(token: "es" | "ee" | "se" | "ss"): Uint8Array {
    const [mine, theirs] = this.#isInitiator ? [token[0], token[1]] : [token[1], token[0]];
    const own = mine === "e" ? this.#ephemeral : this.#own;
    const other = known(theirs === "e" ? this.#remoteEphemeral : this.#remote);
    try {
      return sharedSecret(own, other);
    } catch {
      throw new NoiseError("a key that is none");
    }
  }
}

function known<T>(value: T | undefined): T {
  if (value === undefined) throw new NoiseError("the handshake is not that far");
  return value;
}
