// What a server does for who has not shown yet that they may come in: as little as possible, and no more of it the more
// they are. Nothing is kept for them, and no answer is longer than what it answers.

import { randomBytes } from "node:crypto";
import { COOKIE_OCTETS, isSame, mac1, mac2 } from "./greeting.js";
import { INIT_MAC1, INIT_MAC2 } from "./layout.js";
import { hmac } from "./primitives.js";

/** So many handshakes a second are computed without asking for a cookie, and with one. */
const FREE_RATE = 30;
const COOKIE_RATE = 500;
const RESET_RATE = 50;
const SECRET_MS = 120_000;
/** So many clients' last stamps are remembered; beyond it, those that were seen longest ago are not. */
const STAMPS_MAX = 8_192;

/** So many a second and no more. */
class Allowance {
  readonly #rate: number;
  #left: number;
  #ms = Number.NEGATIVE_INFINITY;

  constructor(rate: number) {
    this.#rate = rate;
    this.#left = rate;
  }

  take(nowMs: number): boolean {
    const passed = Math.max(0, nowMs - this.#ms);
    this.#left = Math.min(this.#rate, this.#left + (passed * this.#rate) / 1_000);
    this.#ms = nowMs;
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }
}

export type Verdict = "stranger" | "needs cookie" | "too many" | "welcome";

export class Gate {
  readonly #key: Uint8Array;
  readonly #free = new Allowance(FREE_RATE);
  readonly #cookied = new Allowance(COOKIE_RATE);
  readonly #resets = new Allowance(RESET_RATE);
  readonly #stamps = new Map<string, bigint>();
  #secret = randomBytes(32);
  #oldSecret = randomBytes(32);
  #secretMs = Number.NEGATIVE_INFINITY;

  constructor(publicKey: Uint8Array) {
    this.#key = publicKey;
  }

  /** What is to become of an INIT. */
  judge(init: Uint8Array, address: Uint8Array, nowMs: number): Verdict {
    const code = init.subarray(INIT_MAC1, INIT_MAC2);
    if (!isSame(code, mac1(this.#key, init.subarray(0, INIT_MAC1)))) return "stranger";
    if (this.#free.take(nowMs)) return "welcome";
    if (!this.#hasCookie(init, address, nowMs)) return "needs cookie";
    return this.#cookied.take(nowMs) ? "welcome" : "too many";
  }

  /** A code for an address, which only this server can make, and not for long. */
  cookie(address: Uint8Array, nowMs: number): Uint8Array {
    if (nowMs - this.#secretMs >= SECRET_MS) {
      this.#oldSecret = this.#secret;
      this.#secret = randomBytes(32);
      this.#secretMs = nowMs;
    }
    return cookieOf(this.#secret, address);
  }

  /** Whether one more RESET may be sent. */
  mayReset(nowMs: number): boolean {
    return this.#resets.take(nowMs);
  }

  /** Whether a client's message is newer than its last one: a handshake that somebody recorded is not played again. */
  isNew(client: string, stamp: bigint): boolean {
    const last = this.#stamps.get(client);
    if (last !== undefined && stamp <= last) return false;
    this.#stamps.delete(client);
    this.#stamps.set(client, stamp);
    if (this.#stamps.size > STAMPS_MAX) this.#stamps.delete(this.#stamps.keys().next().value!);
    return true;
  }

  #hasCookie(init: Uint8Array, address: Uint8Array, nowMs: number): boolean {
    const now = this.cookie(address, nowMs);
    const said = init.subarray(INIT_MAC2);
    const message = init.subarray(0, INIT_MAC2);
    return isSame(said, mac2(now, message)) || isSame(said, mac2(cookieOf(this.#oldSecret, address), message));
  }
}

function cookieOf(secret: Uint8Array, address: Uint8Array): Uint8Array {
  return hmac(secret, address).subarray(0, COOKIE_OCTETS);
}
