// The messages of the handshake: who writes what where, and the codes by which a server tells that a message comes from
// somebody who knows its key (mac1), and from the address that it says (mac2), before it computes anything that is dear.

import { randomBytes, timingSafeEqual } from "node:crypto";
import {
  COOKIE,
  COOKIE_NONCE,
  COOKIE_RECEIVER,
  COOKIE_SEALED,
  COOKIE_SIZE,
  INIT,
  INIT_MAC1,
  INIT_MAC2,
  INIT_NOISE,
  INIT_PAYLOAD_SIZE,
  INIT_SENDER,
  INIT_SIZE,
  RESET,
  RESET_ECHO,
  RESET_REASON,
  RESET_SIZE,
  RESPONSE,
  RESPONSE_NOISE,
  RESPONSE_PAYLOAD_SIZE,
  RESPONSE_RECEIVER,
  RESPONSE_SENDER,
  RESPONSE_SIZE,
  VERSION,
} from "./layout.js";
import { Handshake, NoiseError } from "./noise.js";
import { type CipherName, hash, hmac, type KeyPair, open, SUITES, seal } from "./primitives.js";

const MAC_SIZE = 16;
export const COOKIE_OCTETS = 16;
const LABEL_MAC = Buffer.from("Etherloom cable mac1");
const LABEL_COOKIE = Buffer.from("Etherloom cable cookie");

/** What both ends must agree on before anything else, so that nobody between them can change it. */
function prologue(suite: number): Uint8Array {
  return Buffer.concat([Buffer.from("Etherloom cable"), Uint8Array.of(VERSION, suite)]);
}

export function handshake(suite: number, own: KeyPair, remote?: Uint8Array): Handshake {
  const cipher = SUITES.get(suite)!;
  const isInitiator = remote !== undefined;
  return new Handshake({ cipher, isInitiator, prologue: prologue(suite), own, ...(isInitiator && { remote }) });
}

export function suiteOf(cipher: CipherName): number {
  for (const [suite, name] of SUITES) if (name === cipher) return suite;
  throw new RangeError(cipher);
}

/** The code of a message by who knows a server's key. */
export function mac1(serverKey: Uint8Array, message: Uint8Array): Uint8Array {
  return hmac(hash(LABEL_MAC, serverKey), message).subarray(0, MAC_SIZE);
}

export function mac2(cookie: Uint8Array, message: Uint8Array): Uint8Array {
  return hmac(cookie, message).subarray(0, MAC_SIZE);
}

/** Compares without telling by the time that it takes how far two codes are the same. */
export function isSame(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && timingSafeEqual(left, right);
}

export interface Init {
  readonly suite: number;
  readonly sender: number;
  /** Microseconds since 1970, by the client's clock; each is greater than the one before. */
  readonly stamp: bigint;
  readonly serverKey: Uint8Array;
  readonly cookie: Uint8Array | undefined;
}

export function writeInit(noise: Handshake, { suite, sender, stamp, serverKey, cookie }: Init): Uint8Array {
  const message = new Uint8Array(INIT_SIZE);
  const view = new DataView(message.buffer);
  message.set([INIT, VERSION, suite, 0]);
  view.setUint32(INIT_SENDER, sender);
  const payload = new Uint8Array(INIT_PAYLOAD_SIZE);
  new DataView(payload.buffer).setBigUint64(0, stamp);
  payload[8] = VERSION;
  new DataView(payload.buffer).setUint32(12, sender);
  message.set(noise.write(payload), INIT_NOISE);
  message.set(mac1(serverKey, message.subarray(0, INIT_MAC1)), INIT_MAC1);
  if (cookie !== undefined) message.set(mac2(cookie, message.subarray(0, INIT_MAC2)), INIT_MAC2);
  return message;
}

export function writeResponse(noise: Handshake, suite: number, sender: number, receiver: number): Uint8Array {
  const message = new Uint8Array(RESPONSE_SIZE);
  const view = new DataView(message.buffer);
  message.set([RESPONSE, VERSION, suite, 0]);
  view.setUint32(RESPONSE_SENDER, sender);
  view.setUint32(RESPONSE_RECEIVER, receiver);
  const payload = new Uint8Array(RESPONSE_PAYLOAD_SIZE);
  payload[0] = VERSION;
  new DataView(payload.buffer).setUint32(4, sender);
  message.set(noise.write(payload), RESPONSE_NOISE);
  return message;
}

/**
 * What a message of the handshake says under its seal: undefined where it is not what was sealed, where its head was
 * changed, and where both ends know a newer version than the one that is spoken.
 */
export function readSealed(noise: Handshake, message: Uint8Array): Uint8Array | undefined {
  const isInit = message[0] === INIT;
  const [start, end, version] = isInit ? [INIT_NOISE, INIT_MAC1, 8] : [RESPONSE_NOISE, RESPONSE_SIZE, 0];
  const sender = message.subarray(4, 8);
  const isRight = (payload: Uint8Array) =>
    message[3] === 0 && Math.min(payload[version]!, VERSION) === VERSION && isSame(sender, payload.subarray(-4));
  try {
    return noise.read(message.subarray(start, end), isRight);
  } catch (error) {
    if (error instanceof NoiseError) return undefined;
    throw error;
  }
}

/** A cookie, which only who knows the server's key and has seen that very message can read. */
export function writeCookie(serverKey: Uint8Array, init: Uint8Array, cookie: Uint8Array): Uint8Array {
  const message = new Uint8Array(COOKIE_SIZE);
  message.set([COOKIE, VERSION, 0, 0]);
  message.set(init.subarray(INIT_SENDER, INIT_SENDER + 4), COOKIE_RECEIVER);
  const iv = randomBytes(COOKIE_SEALED - COOKIE_NONCE);
  message.set(iv, COOKIE_NONCE);
  const code = init.subarray(INIT_MAC1, INIT_MAC2);
  message.set(seal("chacha20-poly1305", hash(LABEL_COOKIE, serverKey), iv, code, cookie), COOKIE_SEALED);
  return message;
}

export function readCookie(serverKey: Uint8Array, init: Uint8Array, message: Uint8Array): Uint8Array | undefined {
  const iv = message.subarray(COOKIE_NONCE, COOKIE_SEALED);
  const code = init.subarray(INIT_MAC1, INIT_MAC2);
  return open("chacha20-poly1305", hash(LABEL_COOKIE, serverKey), iv, code, message.subarray(COOKIE_SEALED));
}

/** The twelve octets of a message that a RESET shows it has seen. */
function echo(message: Uint8Array): Uint8Array {
  return message[0] === INIT
    ? Buffer.concat([message.subarray(INIT_SENDER, INIT_NOISE), message.subarray(INIT_MAC1, INIT_MAC1 + 8)])
    : message.subarray(4, 16);
}

export function writeReset(reason: number, message: Uint8Array): Uint8Array {
  const answer = new Uint8Array(RESET_SIZE);
  answer.set([RESET, VERSION, 0, 0]);
  answer[RESET_REASON] = reason;
  answer.set(echo(message), RESET_ECHO);
  return answer;
}

/** Whether a RESET answers a message. */
export function answers(reset: Uint8Array, message: Uint8Array): boolean {
  return isSame(reset.subarray(RESET_ECHO), echo(message));
}
