// DHCPv6, RFC 8415: what a guest wants to know beside its address, and an address for those that ask for one.

import {
  type Address,
  addressText,
  isIn,
  isV4,
  macText,
  nth,
  numberOf,
  parseMac,
  plus,
  sameAddress,
} from "./address.js";
import type { Shown } from "./dhcp.js";
import { names } from "./dhcp-message.js";
import { type Client, Leases } from "./leases.js";
import type { Packet } from "./packet.js";
import type { Stack } from "./stack.js";
import type { Service, Udp } from "./udp.js";

export const DHCPV6_PORT = 547;
const CLIENT_PORT = 546;
const TYPE = {
  solicit: 1,
  advertise: 2,
  request: 3,
  confirm: 4,
  renew: 5,
  rebind: 6,
  reply: 7,
  release: 8,
  decline: 9,
  information: 11,
};
const OPTION = { client: 1, server: 2, address: 3, one: 5, status: 13, rapid: 14, resolvers: 23, domains: 24 };
/** Codes of status: there is no address left, and it is not the client's. */
const NO_ADDRESS = 2;
const NO_BINDING = 3;
const LEASE_S = 86_400;
const OFFER_MS = 60_000;
const DECLINED_MS = 600_000;
const COUNT = 4_096;
/** Far from what guests make of a network's prefix and themselves. */
const FIRST = 0x1000;
const DUID_MAX = 130;
/** An association for addresses begins with its number and two times. */
const ASSOCIATION = 12;

interface Message extends Client {
  readonly type: number;
  readonly number: Uint8Array;
  readonly options: ReadonlyMap<number, Uint8Array>;
}

export class Dhcpv6 implements Service {
  readonly width = 16;
  readonly hearsGroups = true;
  readonly #stack: Stack;
  readonly #udp: Udp;
  readonly #leases: Leases;
  readonly #start: Address;
  /** A DUID of the kind that is made of a hardware address. */
  readonly #duid: Uint8Array;

  constructor(stack: Stack, udp: Udp) {
    this.#stack = stack;
    this.#udp = udp;
    this.#start = nth(stack.settings.host6!, FIRST);
    const own = stack.settings.own.map((address) => (isV4(address) ? undefined : this.#numberOf(address)));
    this.#leases = new Leases(
      COUNT,
      own.filter((number) => number !== undefined),
    );
    this.#duid = Uint8Array.of(0, 3, 0, 1, ...stack.settings.mac);
  }

  list(): readonly Shown[] {
    const now = this.#stack.clock.now();
    return this.#leases.list(now).map(({ number, source, id, untilMs }) => ({
      address: addressText(plus(this.#start, number)),
      owner: `${id} by ${source}`,
      name: "",
      seconds: Math.round((untilMs - now) / 1000),
    }));
  }

  /** The hardware address that an address is leased to. */
  holder(address: Address): string | undefined {
    const number = isV4(address) ? undefined : this.#numberOf(address);
    return number === undefined ? undefined : this.#leases.holder(number, this.#stack.clock.now());
  }

  #numberOf(address: Address): number | undefined {
    const isOurs = isIn(address, { address: this.#start, bits: 96 });
    return isOurs ? numberOf(address.subarray(12)) - numberOf(this.#start.subarray(12)) : undefined;
  }

  input(packet: Packet, at: number, size: number): void {
    const { memory, frame } = packet;
    const message = read(memory.slice(at, size), macText(memory.slice(frame + 6, 6)));
    const { linkLocal } = this.#stack.settings;
    if (message === undefined || linkLocal === undefined) {
      this.#stack.drop("a header that is cut or wrong");
      return;
    }
    const answer = this.#isForUs(message) ? this.#answer(message) : undefined;
    if (answer === undefined) return;
    const heading = { from: linkLocal, port: DHCPV6_PORT, to: packet.source(), toPort: CLIENT_PORT };
    this.#udp.send(heading, answer, packet.neighbour);
  }

  #isForUs({ options }: Message): boolean {
    const server = options.get(OPTION.server);
    return server === undefined || sameAddress(server, this.#duid);
  }

  #answer(message: Message): Uint8Array | undefined {
    const { type, options } = message;
    const client = options.get(OPTION.client);
    if (type === TYPE.information) return this.#write(TYPE.reply, message, []);
    if (client === undefined || client.length > DUID_MAX) return undefined;
    switch (type) {
      case TYPE.solicit: {
        const isRapid = options.has(OPTION.rapid);
        const rapid: Option[] = isRapid ? [[OPTION.rapid, new Uint8Array()]] : [];
        return this.#write(isRapid ? TYPE.reply : TYPE.advertise, message, [...rapid, ...this.#give(message, isRapid)]);
      }
      case TYPE.request:
      case TYPE.renew:
      case TYPE.rebind:
        return this.#write(TYPE.reply, message, this.#give(message, true));
      case TYPE.confirm:
        return this.#write(TYPE.reply, message, [status(0)]);
      case TYPE.release:
      case TYPE.decline:
        return this.#write(TYPE.reply, message, this.#end(message));
    }
    return undefined;
  }

  /** An address for a client that asks for one: always the same while it holds it. */
  #give(message: Message, isSure: boolean): Option[] {
    const association = message.options.get(OPTION.address);
    if (association === undefined || association.length < ASSOCIATION) return [];
    const { clock, neighbours } = this.#stack;
    const now = clock.now();
    const userOf = (number: number) => neighbours.userBeside(message.source, plus(this.#start, number));
    const lease = this.#leases.offer(message, undefined, now, userOf);
    const head = [...association.subarray(0, 4), ...u32(LEASE_S / 2), ...u32((LEASE_S / 5) * 4)];
    if (lease === undefined) return [[OPTION.address, Uint8Array.of(...head, 0, OPTION.status, 0, 2, 0, NO_ADDRESS)]];
    lease.untilMs = Math.max(lease.untilMs, now + (isSure ? 1000 * LEASE_S : OFFER_MS));
    const given = plus(this.#start, lease.number);
    if (isSure) neighbours.give(given, parseMac(lease.source));
    lease.isTaken ||= isSure;
    const address = [...given, ...u32(LEASE_S), ...u32(LEASE_S)];
    return [[OPTION.address, Uint8Array.of(...head, 0, OPTION.one, 0, address.length, ...address)]];
  }

  /** Ends the lease of an address that the client names and has: it is free, or another was seen with it (RFC 8415, 18.3.8). */
  #end(message: Message): Option[] {
    const association = message.options.get(OPTION.address);
    const named = association === undefined ? undefined : addressIn(association);
    const number = named === undefined ? undefined : this.#numberOf(named);
    if (association === undefined || named === undefined || number === undefined) return [status(0)];
    if (message.type === TYPE.release ? this.#release(message, named, number) : this.#decline(message, number))
      return [status(0)];
    const unbound = Uint8Array.of(...association.subarray(0, ASSOCIATION), 0, OPTION.status, 0, 2, 0, NO_BINDING);
    return [status(0), [OPTION.address, unbound]];
  }

  #release(message: Message, address: Address, number: number): boolean {
    const isDone = this.#leases.release(message, number) !== undefined;
    if (isDone) this.#stack.neighbours.release(address, message.source);
    return isDone;
  }

  #decline(message: Message, number: number): boolean {
    return this.#leases.decline(message, number, this.#stack.clock.now() + DECLINED_MS);
  }

  #write(type: number, { number, options }: Message, own: readonly Option[]): Uint8Array {
    const { dns6, domain, search = [] } = this.#stack.settings;
    const client = options.get(OPTION.client);
    const domains = names(domain === undefined ? search : [domain, ...search]);
    const all: Option[] = [
      ...(client === undefined ? [] : [[OPTION.client, client] as const]),
      [OPTION.server, this.#duid],
      ...own,
      ...(dns6 === undefined ? [] : [[OPTION.resolvers, dns6] as const]),
      ...(domains.length === 0 ? [] : [[OPTION.domains, domains] as const]),
    ];
    return Uint8Array.of(type, ...number, ...all.flatMap(([code, value]) => [0, code, ...u16(value.length), ...value]));
  }
}

type Option = readonly [code: number, value: Uint8Array];

function status(code: number): Option {
  return [OPTION.status, Uint8Array.of(0, code)];
}

/** Reads a client's message. Undefined where it is none. */
function read(octets: Uint8Array, source: string): Message | undefined {
  if (octets.length < 4) return undefined;
  const options = readOptions(octets, 4);
  if (options === undefined) return undefined;
  const id = macText(options.get(OPTION.client) ?? new Uint8Array());
  return { type: octets[0]!, number: octets.subarray(1, 4), options, source, id };
}

function readOptions(octets: Uint8Array, start: number): ReadonlyMap<number, Uint8Array> | undefined {
  const options = new Map<number, Uint8Array>();
  for (let at = start; at + 4 <= octets.length; ) {
    const end = at + 4 + ((octets[at + 2]! << 8) | octets[at + 3]!);
    if (end > octets.length) return undefined;
    options.set((octets[at]! << 8) | octets[at + 1]!, octets.subarray(at + 4, end));
    at = end;
  }
  return options;
}

/** The address that an association has in it. */
function addressIn(association: Uint8Array): Address | undefined {
  const address = readOptions(association, ASSOCIATION)?.get(OPTION.one);
  return address !== undefined && address.length >= 24 ? address.slice(0, 16) : undefined;
}

function u16(value: number): number[] {
  return [value >>> 8, value & 255];
}

function u32(value: number): number[] {
  return [...u16(value >>> 16), ...u16(value & 0xffff)];
}
