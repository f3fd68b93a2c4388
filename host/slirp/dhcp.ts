// DHCP for IPv4, RFC 2131: gives guests an address, the router, the resolver, and what they boot.

import { type Address, addressText, isIn, isV4, numberOf, parseAddress, plus } from "./address.js";
import { DhcpMessage, type Given, reply, TYPE } from "./dhcp-message.js";
import { type Lease, Leases } from "./leases.js";
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
    this.#leases = new Leases(pool.count);
  }

  list(): readonly Shown[] {
    const now = this.#stack.clock.now();
    return this.#leases.list(now).map(({ number, owner, name, untilMs }) => ({
      address: addressText(plus(this.#start, number)),
      owner,
      name,
      seconds: Math.round((untilMs - now) / 1000),
    }));
  }

  input(packet: Packet, at: number, size: number): void {
    const message = DhcpMessage.read(packet.memory.slice(at, size));
    if (message === undefined) {
      this.#stack.drop("a header that is cut or wrong");
      return;
    }
    const server = message.address(54);
    if (server !== undefined && addressText(server) !== addressText(this.#host)) return; // another one was chosen
    switch (message.type) {
      case TYPE.discover:
        this.#discover(message);
        return;
      case TYPE.request:
        this.#request(message);
        return;
      case TYPE.inform:
        this.#inform(message);
        return;
      case TYPE.decline:
        this.#leases.decline(message.owner, this.#stack.clock.now() + DECLINED_MS);
        return;
      case TYPE.release:
        this.#leases.release(message.owner);
        return;
      case undefined:
        this.#bootp(message);
        return;
    }
  }

  #discover(message: DhcpMessage): void {
    const lease = this.#offer(message, message.address(50));
    if (lease === undefined) {
      this.#stack.drop("a limit was reached");
      return;
    }
    lease.untilMs = Math.max(lease.untilMs, this.#stack.clock.now() + OFFER_MS);
    this.#send(message, TYPE.offer, this.#addressOf(lease));
  }

  /** A guest that asks for another address than it can have is told so, and begins anew. */
  #request(message: DhcpMessage): void {
    const wanted = message.address(50) ?? message.clientAddress;
    const lease = this.#offer(message, wanted);
    const address = lease && this.#addressOf(lease);
    if (address === undefined || (wanted !== undefined && addressText(wanted) !== addressText(address))) {
      this.#send(message, TYPE.nak, NONE);
      return;
    }
    this.#grant(message, lease!);
    this.#send(message, TYPE.ack, address);
  }

  #bootp(message: DhcpMessage): void {
    const lease = this.#offer(message, message.clientAddress);
    if (lease === undefined) {
      this.#stack.drop("a limit was reached");
      return;
    }
    this.#grant(message, lease);
    this.#send(message, undefined, this.#addressOf(lease));
  }

  #inform(message: DhcpMessage): void {
    if (message.clientAddress !== undefined) this.#send(message, TYPE.ack, NONE);
  }

  #offer(message: DhcpMessage, wanted: Address | undefined): Lease | undefined {
    const isOurs = wanted !== undefined && isV4(wanted) && isIn(wanted, this.#settings.host4!);
    const number = isOurs ? numberOf(wanted) - numberOf(this.#start) : undefined;
    const now = this.#stack.clock.now();
    for (let tries = 0; tries < 8; tries++) {
      const lease = this.#leases.offer(message.owner, number, now);
      if (lease === undefined || !this.#stack.isOwn(this.#addressOf(lease))) return lease;
      this.#leases.decline(message.owner, Number.POSITIVE_INFINITY); // one of the gateway's own lies in the pool
    }
    return undefined;
  }

  #grant(message: DhcpMessage, lease: Lease): void {
    lease.name = message.text(12);
    lease.untilMs = this.#stack.clock.now() + 1000 * LEASE_S;
  }

  #addressOf({ number }: Lease): Address {
    return plus(this.#start, number);
  }

  /** To the guest itself where it has said that it hears that, else to everybody: it has no address yet. */
  #send(message: DhcpMessage, type: number | undefined, address: Address): void {
    const isInform = message.type === TYPE.inform;
    const given: Given = { type, address, leaseS: isInform ? undefined : LEASE_S, settings: this.#settings };
    const to = isInform ? message.clientAddress! : EVERYBODY;
    const mac = message.wantsBroadcast || type === TYPE.nak ? EVERYBODY.slice(0, 1) : message.mac;
    const neighbour = { address: to, mac: mac.length === 6 ? mac : new Uint8Array(6).fill(0xff) };
    const heading = { from: this.#host, port: DHCP_PORT, to, toPort: CLIENT_PORT };
    this.#udp.send(heading, reply(message, given), neighbour);
  }
}
