// DHCP for IPv4, RFC 2131: gives guests an address, the router, the resolver, and what they boot. A guest is who sent the
// frame, whatever its message says; so there are no relays.

import {
  type Address,
  addressText,
  isIn,
  isV4,
  macText,
  numberOf,
  parseAddress,
  parseMac,
  plus,
  sameAddress,
} from "./address.js";
import { DhcpMessage, type Given, reply, TYPE } from "./dhcp-message.js";
import { type Client, type Lease, Leases } from "./leases.js";
import type { Settings } from "./options.js";
import type { Packet } from "./packet.js";
import type { Stack } from "./stack.js";
import type { Service, Udp } from "./udp.js";

export const DHCP_PORT = 67;
const CLIENT_PORT = 68;
const LEASE_S = 86_400;
const OFFER_MS = 60_000;
const DECLINED_MS = 600_000;
const EVERYBODY = parseAddress("255.255.255.255")!;
const NONE = parseAddress("0.0.0.0")!;

/** A lease as it is shown. */
export interface Shown {
  readonly address: string;
  readonly owner: string;
  readonly name: string;
  readonly seconds: number;
}

/** A client's message, and who sent it. */
interface Asked extends Client {
  readonly message: DhcpMessage;
}

export class Dhcp implements Service {
  readonly width = 4;
  readonly hearsGroups = true;
  readonly #stack: Stack;
  readonly #udp: Udp;
  readonly #start: Address;
  readonly #host: Address;
  readonly #leases: Leases;
  readonly #settings: Settings;

  constructor(stack: Stack, udp: Udp, pool: { start: Address; count: number }) {
    this.#stack = stack;
    this.#udp = udp;
    this.#settings = stack.settings;
    this.#start = pool.start;
    this.#host = stack.settings.host4!.address;
    const reserved = stack.settings.own.filter(isV4).map((address) => this.#numberOf(address));
    this.#leases = new Leases(pool.count, reserved);
  }

  list(): readonly Shown[] {
    const now = this.#stack.clock.now();
    return this.#leases.list(now).map(({ number, source, id, name, untilMs }) => ({
      address: addressText(plus(this.#start, number)),
      owner: source === id ? source : `${id} by ${source}`,
      name,
      seconds: Math.round((untilMs - now) / 1000),
    }));
  }

  /** The hardware address that an address is leased to. */
  holder(address: Address): string | undefined {
    return isV4(address) ? this.#leases.holder(this.#numberOf(address), this.#stack.clock.now()) : undefined;
  }

  input(packet: Packet, at: number, size: number): void {
    const { memory, frame } = packet;
    const message = DhcpMessage.read(memory.slice(at, size));
    if (message === undefined) {
      this.#stack.drop("a header that is cut or wrong");
      return;
    }
    if (message.isRelayed) {
      this.#stack.drop("a protocol or option that is not known");
      return;
    }
    const server = message.address(54);
    if (server !== undefined && !sameAddress(server, this.#host)) return; // another one was chosen
    const asked = { source: macText(memory.slice(frame + 6, 6)), id: macText(message.mac), message };
    switch (message.type) {
      case TYPE.discover:
        this.#discover(asked);
        return;
      case TYPE.request:
        this.#request(asked);
        return;
      case TYPE.inform:
        if (message.clientAddress !== undefined) this.#send(asked, TYPE.ack, NONE);
        return;
      case TYPE.decline:
        this.#decline(asked);
        return;
      case TYPE.release:
        this.#release(asked);
        return;
      case undefined:
        this.#bootp(asked);
        return;
    }
  }

  #discover(asked: Asked): void {
    const lease = this.#offer(asked, asked.message.address(50));
    if (lease === undefined) {
      this.#stack.drop("a limit was reached");
      return;
    }
    lease.untilMs = Math.max(lease.untilMs, this.#stack.clock.now() + OFFER_MS);
    this.#send(asked, TYPE.offer, this.#addressOf(lease));
  }

  /** A guest that asks for another address than it can have is told so, and begins anew. */
  #request(asked: Asked): void {
    const { message } = asked;
    const wanted = message.address(50) ?? message.clientAddress;
    const lease = this.#offer(asked, wanted);
    const address = lease && this.#addressOf(lease);
    if (address === undefined || (wanted !== undefined && !sameAddress(wanted, address))) {
      this.#send(asked, TYPE.nak, NONE);
      return;
    }
    this.#grant(asked, lease!);
    this.#send(asked, TYPE.ack, address);
  }

  #bootp(asked: Asked): void {
    const lease = this.#offer(asked, asked.message.clientAddress);
    if (lease === undefined) {
      this.#stack.drop("a limit was reached");
      return;
    }
    this.#grant(asked, lease);
    this.#send(asked, undefined, this.#addressOf(lease));
  }

  /** Of the address that it was given, and no other: RFC 2131 has it in option 50. */
  #decline(asked: Asked): void {
    const address = asked.message.address(50);
    const until = this.#stack.clock.now() + DECLINED_MS;
    if (address !== undefined) this.#leases.decline(asked, this.#numberOf(address), until);
  }

  #release(asked: Asked): void {
    const { message } = asked;
    const address = message.clientAddress ?? message.address(50);
    const lease = this.#leases.release(asked, address && this.#numberOf(address));
    if (lease !== undefined) this.#stack.neighbours.release(this.#addressOf(lease), asked.source);
  }

  #offer(asked: Asked, wanted: Address | undefined): Lease | undefined {
    const isOurs = wanted !== undefined && isV4(wanted) && isIn(wanted, this.#settings.host4!);
    const { clock, neighbours } = this.#stack;
    const userOf = (number: number) => neighbours.userBeside(asked.source, plus(this.#start, number));
    return this.#leases.offer(asked, isOurs ? this.#numberOf(wanted) : undefined, clock.now(), userOf);
  }

  #grant({ source, message }: Asked, lease: Lease): void {
    lease.name = message.text(12);
    lease.untilMs = this.#stack.clock.now() + 1000 * LEASE_S;
    lease.isTaken = true;
    this.#stack.neighbours.give(this.#addressOf(lease), parseMac(source));
  }

  #numberOf(address: Address): number {
    return numberOf(address) - numberOf(this.#start);
  }

  #addressOf({ number }: Lease): Address {
    return plus(this.#start, number);
  }

  /** To the guest itself where it has said that it hears that, else to everybody: it has no address yet. */
  #send({ source, message }: Asked, type: number | undefined, address: Address): void {
    const isInform = message.type === TYPE.inform;
    const given: Given = { type, address, leaseS: isInform ? undefined : LEASE_S, settings: this.#settings };
    const to = isInform ? message.clientAddress! : EVERYBODY;
    const isForAll = message.wantsBroadcast || type === TYPE.nak;
    const neighbour = { address: to, mac: isForAll ? new Uint8Array(6).fill(0xff) : parseMac(source) };
    const heading = { from: this.#host, port: DHCP_PORT, to, toPort: CLIENT_PORT };
    this.#udp.send(heading, reply(message, given), neighbour);
  }
}
