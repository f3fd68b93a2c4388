// What the Noise framework is built of, from node:crypto: X25519, BLAKE2s, HMAC, and the two AEADs as Noise has them.

import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  type KeyObject,
  randomBytes,
} from "node:crypto";

export const KEY_SIZE = 32;
export const TAG_SIZE = 16;

export type CipherName = "chacha20-poly1305" | "aes-256-gcm";

/** Which ciphers there are, by the number that the first message of a handshake has. */
export const SUITES: ReadonlyMap<number, CipherName> = new Map([
  [1, "chacha20-poly1305"],
  [2, "aes-256-gcm"],
]);

/** RFC 8410 7: what stands before the 32 octets of a key in its ASN.1. */
const PRIVATE_PREFIX = Buffer.from("302e020100300506032b656e04220420", "hex");
const PUBLIC_PREFIX = Buffer.from("302a300506032b656e032100", "hex");

export interface KeyPair {
  readonly publicKey: Uint8Array;
  readonly privateKey: KeyObject;
}

/** A pair from the 32 octets of its private key, which may be any. */
export function keyPair(secret: Uint8Array = randomBytes(KEY_SIZE)): KeyPair {
  const key = Buffer.concat([PRIVATE_PREFIX, secret]);
  const privateKey = createPrivateKey({ key, format: "der", type: "pkcs8" });
  const der = createPublicKey(privateKey).export({ format: "der", type: "spki" });
  return { privateKey, publicKey: der.subarray(PUBLIC_PREFIX.length) };
}

/** X25519. Throws where the other key is one that gives the same secret to everybody. */
export function sharedSecret({ privateKey }: KeyPair, other: Uint8Array): Uint8Array {
  const key = Buffer.concat([PUBLIC_PREFIX, other]);
  return diffieHellman({ privateKey, publicKey: createPublicKey({ key, format: "der", type: "spki" }) });
}

export function hash(...parts: readonly Uint8Array[]): Uint8Array {
  const state = createHash("blake2s256");
  for (const part of parts) state.update(part);
  return state.digest();
}

export function hmac(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  const state = createHmac("blake2s256", key);
  for (const part of parts) state.update(part);
  return state.digest();
}

/** The nonce of a message by its number: Noise counts in little-endian for ChaChaPoly and in big-endian for AESGCM. */
export function nonce(cipher: CipherName, counter: number): Uint8Array {
  const octets = new Uint8Array(12);
  new DataView(octets.buffer).setBigUint64(4, BigInt(counter), cipher === "chacha20-poly1305");
  return octets;
}

export function seal(
  cipher: CipherName,
  key: Uint8Array,
  iv: Uint8Array,
  associated: Uint8Array,
  text: Uint8Array,
): Uint8Array {
  const state = createCipheriv(cipher as "aes-256-gcm", key, iv, { authTagLength: TAG_SIZE });
  state.setAAD(associated);
  return Buffer.concat([state.update(text), state.final(), state.getAuthTag()]);
}

/** The text, or undefined where it is not what was sealed. */
export function open(
  cipher: CipherName,
  key: Uint8Array,
  iv: Uint8Array,
  associated: Uint8Array,
  sealed: Uint8Array,
): Uint8Array | undefined {
  if (sealed.length < TAG_SIZE) return undefined;
  const end = sealed.length - TAG_SIZE;
  const state = createDecipheriv(cipher as "aes-256-gcm", key, iv, { authTagLength: TAG_SIZE });
  state.setAAD(associated);
  state.setAuthTag(sealed.subarray(end));
  try {
    return Buffer.concat([state.update(sealed.subarray(0, end)), state.final()]);
  } catch {
    return undefined;
  }
}
