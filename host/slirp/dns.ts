// Names: guests' questions are put to the host's own resolvers. What was answered is kept as long as it may be, and hosts
// with IPv4 alone get an IPv6 address where guests may have nothing else (DNS64, RFC 6147).

import type { Address } from "./address.js";
import { type Record, readMessage, TYPE_A, TYPE_AAAA, withAddresses, withAge, withType } from "./dns-message.js";
import { giveShare, takeShare } from "./guests.js";
import { outside } from "./nat64.js";
import type { Packet } from "./packet.js";
import { refusalOf } from "./questions.js";
import type { Stack } from "./stack.js";
import type { Service, Udp } from "./udp.js";

export const DNS_PORT = 53;
/** Without options a guest takes no longer answer over UDP than this (RFC 1035). */
const KEPT_MAX = 512;
const KEPT_OCTETS_MAX = 4_096;
const KEPT_MS_MAX = 3_600_000;
/** Questions that are under way. */
const WAITING_MAX = 256;

interface Kept {
  readonly answer: Uint8Array;
  readonly atMs: number;
  readonly untilMs: number;
}

/** Who asked, and so is answered. */
interface Asker {
  readonly from: Address;
  readonly port: number;
  readonly to: Address;
  readonly toPort: number;
}

export class Dns implements Service {
  readonly #stack: Stack;
  readonly #udp: Udp;
  readonly #kept = new Map<string, Kept>();
  #waiting = 0;

  constructor(stack: Stack, udp: Udp) {
    this.#stack = stack;
    this.#udp = udp;
  }

  input(packet: Packet, at: number, size: number): void {
    const query = packet.memory.slice(at, size);
    const asker = { from: packet.destination(), port: DNS_PORT, to: packet.source(), toPort: packet.sourcePort };
    const refusal = refusalOf(query);
    const question = readMessage(query);
    if (refusal === "nothing") this.#stack.drop("a header that is cut or wrong");
    else if (refusal !== undefined) this.#answer(asker, query, refusal);
    if (refusal !== undefined || question === undefined) return;
    const kept = this.#find(question.key);
    if (kept !== undefined) {
      this.#answer(asker, query, kept);
      return;
    }
    const guest = packet.neighbour && this.#stack.guests.of(packet.neighbour);
    if (guest === undefined || this.#waiting >= WAITING_MAX || !takeShare(guest, "questions")) {
      this.#stack.drop("a limit was reached");
      return;
    }
    this.#resolve(query, (answer) => {
      giveShare(guest, "questions");
      if (answer === undefined) return;
      this.#complete(query, answer, (whole) => {
        this.#keep(question.key, whole);
        this.#answer(asker, query, whole);
      });
    });
  }

  /** Asks under a number of our own, which nobody can guess, and believes only what answers that question. */
  #resolve(query: Uint8Array, answered: (answer: Uint8Array | undefined) => void): void {
    const { backend } = this.#stack;
    const own = query.slice();
    const number = backend.random();
    own.set([(number >>> 8) & 255, number & 255]);
    this.#waiting++;
    backend.resolve(own, (answer) => {
      this.#waiting--;
      const isAnswer = answer !== undefined && answer[0] === own[0] && answer[1] === own[1];
      const found = isAnswer ? readMessage(answer) : undefined;
      const fits = found?.isAnswer === true && found.question === readMessage(own)?.question;
      answered(fits ? new Uint8Array(answer!) : undefined); // a copy, whose buffer is its own
    });
  }

  /** Where a name has no IPv6 address, its IPv4 addresses are asked for, and told as IPv6. */
  #complete(query: Uint8Array, answer: Uint8Array, done: (answer: Uint8Array) => void): void {
    const { settings } = this.#stack;
    const found = readMessage(answer);
    const lacks =
      found?.type === TYPE_AAAA && found.code === 0 && !found.records().some(({ type }) => type === TYPE_AAAA);
    if (!settings.nat64 || settings.host6 === undefined || !lacks) {
      done(answer);
      return;
    }
    this.#resolve(withType(query, TYPE_A), (v4) => {
      const records = (v4 === undefined ? [] : (readMessage(v4)?.records() ?? [])).filter(isV4Record);
      done(records.length === 0 ? answer : withAddresses(query, records.map(translated)));
    });
  }

  #answer({ to, toPort, from, port }: Asker, query: Uint8Array, answer: Uint8Array): void {
    const own = answer.slice();
    own.set(query.subarray(0, 2)); // its number, which is the asker's
    this.#udp.send({ from, port, to, toPort }, own);
  }

  #find(key: string): Uint8Array | undefined {
    const kept = this.#kept.get(key);
    const now = this.#stack.clock.now();
    if (kept === undefined) return undefined;
    if (now < kept.untilMs) return withAge(kept.answer, Math.floor((now - kept.atMs) / 1000));
    this.#kept.delete(key);
    return undefined;
  }

  #keep(key: string, answer: Uint8Array): void {
    const found = readMessage(answer);
    const ages = found?.records().map(({ ttl }) => ttl) ?? [];
    if (found === undefined || found.code !== 0 || found.isCut || ages.length === 0) return;
    if (answer.length > KEPT_OCTETS_MAX) return;
    if (this.#kept.size >= KEPT_MAX) this.#kept.delete([...this.#kept.keys()][0]!);
    const now = this.#stack.clock.now();
    this.#kept.set(key, { answer, atMs: now, untilMs: now + Math.min(KEPT_MS_MAX, 1000 * Math.min(...ages)) });
  }
}

function isV4Record({ type, data }: Record): boolean {
  return type === TYPE_A && data.length === 4;
}

function translated({ ttl, data }: Record): { ttl: number; address: Address } {
  return { ttl, address: outside(data) };
}
