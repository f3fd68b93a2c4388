// Names without a resolver: each is given an address that stands for it, of those that are nobody's (198.18.0.0/15, RFC 2544), and
// what is sent there goes to the name. Whoever connects in the end looks it up.

import { type Address, addressText, plus } from "./address.js";
import { readMessage, TYPE_A, withAddresses } from "./dns-message.js";

const FIRST: Address = Uint8Array.of(198, 18, 0, 0);
/** The number of the last that is no network's end. */
const LAST = 0x1fffe;
const NAMES_MAX = 4_096;
/** Seconds that a guest may keep one. */
const TTL = 60;
/** As far as RFC 1123 goes, and underscores. */
const NAME = /^(?=.{1,253}$)[a-z\d_-]{1,63}(?:\.[a-z\d_-]{1,63})*$/i;

export class StandIns {
  /** By either, the one that was used last at the end. */
  readonly #addresses = new Map<string, Address>();
  readonly #names = new Map<string, string>();
  #count = 0;

  /** Answers a question for a name. */
  answer(query: Uint8Array): Uint8Array | undefined {
    const question = readMessage(query);
    if (question === undefined) return undefined;
    const name = question.name();
    const addresses =
      question.type === TYPE_A && NAME.test(name) ? [{ ttl: TTL, address: this.#addressOf(name.toLowerCase()) }] : [];
    return withAddresses(query, addresses);
  }

  /** What an address stands for; itself where it stands for nothing. Undefined for one that does no more. */
  hostOf(host: string): string | undefined {
    const name = this.#names.get(host);
    if (name === undefined) return /^198\.1[89]\./.test(host) ? undefined : host;
    this.#use(name, this.#addresses.get(name)!);
    return name;
  }

  #addressOf(name: string): Address {
    const known = this.#addresses.get(name);
    if (known !== undefined) return this.#use(name, known);
    if (this.#addresses.size >= NAMES_MAX) this.#forget([...this.#addresses.keys()][0]!);
    let address: Address;
    do {
      this.#count = (this.#count % LAST) + 1;
      address = plus(FIRST, this.#count);
    } while (this.#names.has(addressText(address)));
    return this.#use(name, address);
  }

  #use(name: string, address: Address): Address {
    this.#addresses.delete(name);
    this.#addresses.set(name, address);
    this.#names.set(addressText(address), name);
    return address;
  }

  #forget(name: string): void {
    this.#names.delete(addressText(this.#addresses.get(name)!));
    this.#addresses.delete(name);
  }
}
