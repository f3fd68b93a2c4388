// How VDE's own vde_cryptcab wraps frames: not at all, in ChaCha20 as its present source does, and in Blowfish as its
// releases do. None of them is safe; docs/protocols/cryptcab.md says how.

import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { crc32 } from "./crc.js";

export const CHALLENGE_SIZE = 128;
/** The files of keys have these sizes, and so tell which format they are for. */
export const BLOWFISH_FILE = 24;
export const CHACHA_FILE = 44;

export interface OldFormat {
  readonly name: string;
  /** What it does not protect, for people. */
  readonly warning: string;
  /** The answer to a challenge that a build of that format takes, and what is wrapped later is for that build: the likeliest first. */
  answer(challenge: Uint8Array, attempt: number): Uint8Array;
  /** Whether an answer is right. What was learned of the peer's build from it is kept. */
  isAnswer(answer: Uint8Array, challenge: Uint8Array): boolean;
  wrap(frame: Uint8Array): Uint8Array;
  /** undefined where it is damaged. */
  unwrap(body: Uint8Array): Uint8Array | undefined;
}

/** The present source wants twelve octets more than there are in an answer, and does not look at them. */
const TRAILER = 12;

export class PlainFormat implements OldFormat {
  readonly name = "no encryption";
  readonly warning = "nothing is encrypted: whoever is on the way can read, change, repeat and forge frames";

  answer(challenge: Uint8Array, attempt: number): Uint8Array {
    return attempt % 2 === 0 ? challenge : Buffer.concat([challenge, new Uint8Array(TRAILER)]);
  }

  isAnswer(answer: Uint8Array, challenge: Uint8Array): boolean {
    const isSize = answer.length === CHALLENGE_SIZE || answer.length === CHALLENGE_SIZE + TRAILER;
    return isSize && Buffer.compare(answer.subarray(0, CHALLENGE_SIZE), challenge) === 0;
  }

  wrap(frame: Uint8Array): Uint8Array {
    return frame;
  }

  unwrap(body: Uint8Array): Uint8Array {
    return body;
  }
}

/** Two builds of the present source begin to count blocks at different numbers, and so cannot talk to each other. */
const FIRST_BLOCKS = [0, 12];

/** The body is the ciphertext, the CRC of the text, and a counter; the last two are the nonce. */
export class ChaChaFormat implements OldFormat {
  readonly name = "ChaCha20";
  readonly warning =
    "VDE's ChaCha20 has no authentication: whoever is on the way can change frames, and repeat them; nothing is kept secret for good";
  readonly #key: Uint8Array;
  #firstBlock = FIRST_BLOCKS[0]!;
  /** Anything but 1, at which every VDE begins: the same nonce twice shows both texts. No receiver looks at it. */
  #counter = randomBytes(8).readBigUInt64LE() >> 1n;

  constructor(file: Uint8Array) {
    this.#key = file.subarray(0, 32);
  }

  answer(challenge: Uint8Array, attempt: number): Uint8Array {
    this.#firstBlock = FIRST_BLOCKS[attempt % FIRST_BLOCKS.length]!;
    return this.wrap(challenge);
  }

  isAnswer(answer: Uint8Array, challenge: Uint8Array): boolean {
    const text = this.unwrap(answer);
    return text !== undefined && Buffer.compare(text, challenge) === 0;
  }

  wrap(frame: Uint8Array): Uint8Array {
    const nonce = Buffer.alloc(TRAILER);
    nonce.writeUInt32LE(crc32(frame));
    nonce.writeBigUInt64LE(BigInt.asUintN(64, this.#counter++), 4);
    return Buffer.concat([this.#crypt(frame, nonce, this.#firstBlock), nonce]);
  }

  unwrap(body: Uint8Array): Uint8Array | undefined {
    if (body.length <= TRAILER) return undefined;
    const nonce = Buffer.from(body.subarray(-TRAILER));
    for (const block of [this.#firstBlock, ...FIRST_BLOCKS]) {
      const text = this.#crypt(body.subarray(0, -TRAILER), nonce, block);
      if (crc32(text) !== nonce.readUInt32LE()) continue;
      this.#firstBlock = block;
      return text;
    }
    return undefined;
  }

  /** RFC 8439 2.4, with OpenSSL's IV: the number of the first block, and the nonce. */
  #crypt(text: Uint8Array, nonce: Uint8Array, block: number): Uint8Array {
    const iv = Buffer.concat([Buffer.alloc(4), nonce]);
    iv.writeUInt32LE(block);
    return createCipheriv("chacha20", this.#key, iv).update(text);
  }
}

/** CBC with the same IV for every datagram: frame, counter, CRC of both. */
export class BlowfishFormat implements OldFormat {
  readonly name = "Blowfish";
  readonly warning =
    "VDE's Blowfish has one IV for all frames and no authentication: equal beginnings show, and frames can be changed and repeated";
  readonly #key: Uint8Array;
  readonly #iv: Uint8Array;
  #counter = 1n;

  constructor(file: Uint8Array) {
    this.#key = file.subarray(0, 16);
    this.#iv = file.subarray(16, 24);
  }

  answer(challenge: Uint8Array): Uint8Array {
    return this.#encrypt(challenge);
  }

  isAnswer(answer: Uint8Array, challenge: Uint8Array): boolean {
    const text = this.#decrypt(answer);
    return text !== undefined && Buffer.compare(text, challenge) === 0;
  }

  wrap(frame: Uint8Array): Uint8Array {
    const trailer = Buffer.alloc(TRAILER);
    trailer.writeBigUInt64LE(this.#counter++);
    trailer.writeUInt32LE(crc32(Buffer.concat([frame, trailer.subarray(0, 8)])), 8);
    return this.#encrypt(Buffer.concat([frame, trailer]));
  }

  /** VDE's own neither looks at the CRC nor takes it off. */
  unwrap(body: Uint8Array): Uint8Array | undefined {
    const text = this.#decrypt(body);
    if (text === undefined || text.length <= TRAILER) return undefined;
    const code = text.readUInt32LE(text.length - 4);
    return crc32(text.subarray(0, -4)) === code ? text.subarray(0, -TRAILER) : undefined;
  }

  #encrypt(text: Uint8Array): Uint8Array {
    const cipher = createCipheriv("bf-cbc", this.#key, this.#iv);
    return Buffer.concat([cipher.update(text), cipher.final()]);
  }

  #decrypt(body: Uint8Array): Buffer | undefined {
    try {
      const cipher = createDecipheriv("bf-cbc", this.#key, this.#iv);
      return Buffer.concat([cipher.update(body), cipher.final()]);
    } catch {
      return undefined; // its padding is wrong
    }
  }
}
