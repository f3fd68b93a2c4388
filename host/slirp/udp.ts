// UDP: a port of a guest has a port of the host, whatever it sends to (RFC 4787: endpoint-independent mapping), and hears
// from addresses that it has sent to (address-dependent filtering). The gateway's own services hear first.

import { type Address, addressText, sameAddress } from "./address.js";
import type { Datagrams, Fault } from "./backend.js";
import type { Guest } from "./guests.js";
import { PAYLOAD } from "./output.js";
import { type Packet, UDP } from "./packet.js";
import type { Protocol, Stack, Timed } from "./stack.js";
import type { Ends } from "./tcp/flow.js";

const HEADER = 8;
const SIZE_MAX = 65_507;
const IDLE_MS = 180_000;
/** Of a port that has had no answer, or one question to a resolver. */
const UNANSWERED_MS = 30_000;
const PEERS_MAX = 256;

/** What answers at an address of the gateway itself. */
export interface Service {
  /** The family that it is for, by the octets of an address; both where it is absent. */
  readonly width?: 4 | 16;
  /** Whether it is asked by those who do not know where it is. */
  readonly hearsGroups?: true;
  /** Takes a datagram whose data begin at `at`. */
  input(packet: Packet, at: number, size: number): void;
}

/** Who a guest has sent to: as it sees them, and the beginning of what it sent last, for errors to quote. */
interface Peer {
  readonly far: Address;
  quote: Uint8Array;
}

interface Binding {
  readonly owner: Guest;
  readonly guest: Address;
  readonly port: number;
  readonly socket: Datagrams;
  /** By the name that the host has for them: those that it has sent to. */
  readonly peers: Map<string, Peer>;
  untilMs: number;
}

export class Udp implements Protocol, Timed {
  readonly #stack: Stack;
  readonly #services = new Map<number, Service>();
  readonly #expected = new Map<string, (octets: Uint8Array) => void>();
  readonly #bindings = new Map<string, Binding>();

  constructor(stack: Stack) {
    this.#stack = stack;
  }

  /** Lets a service hear what comes to a port of the gateway's own addresses, or to everybody. */
  serve(port: number, service: Service): void {
    this.#services.set(port, service);
  }

  /** What a guest's port sends to a port of the gateway goes to `back`, or nowhere any more. */
  expect({ guest, guestPort, far, farPort }: Ends, back: ((octets: Uint8Array) => void) | undefined): void {
    const key = endsText(guest, guestPort, far, farPort);
    if (back === undefined) this.#expected.delete(key);
    else this.#expected.set(key, back);
  }

  list(): readonly { guest: string; port: number; peers: number }[] {
    return [...this.#bindings.values()].map(({ guest, port, peers }) => ({
      guest: addressText(guest),
      port,
      peers: peers.size,
    }));
  }

  input(packet: Packet): void {
    const { memory, at } = packet;
    const size = memory.u16(at + 4);
    if (size < HEADER || size > packet.size) {
      this.#stack.drop("a header that is cut or wrong");
      return;
    }
    const to = packet.destination();
    const isGroup = this.#stack.settings.isGroup(to);
    const service = isGroup || this.#stack.isOwn(to) ? this.#service(packet, isGroup) : undefined;
    const back =
      this.#expected.size > 0 && this.#expected.get(endsText(packet.source(), packet.sourcePort, to, packet.port));
    if (back) back(memory.slice(at + HEADER, size - HEADER));
    else if (service !== undefined) service.input(packet, at + HEADER, size - HEADER);
    else if (isGroup) this.#stack.drop("not for the gateway");
    else this.#forward(packet, to, size - HEADER);
  }

  #service({ port, width }: Packet, isGroup: boolean): Service | undefined {
    const service = this.#services.get(port);
    if (service === undefined || (isGroup && !service.hearsGroups)) return undefined;
    return service.width === undefined || service.width === width ? service : undefined;
  }

  #forward(packet: Packet, to: Address, size: number): void {
    const { policy, errors, backend } = this.#stack;
    const target = backend.hasDatagrams === false ? undefined : policy.target(to, packet.port);
    if (target === undefined || packet.neighbour === undefined) {
      errors.refuse(packet, "forbidden");
      this.#stack.drop("forbidden");
      return;
    }
    const binding = this.#binding(packet, target.family);
    if (binding === undefined) {
      this.#stack.drop("a limit was reached");
      return;
    }
    const quote = errors.quote(packet, HEADER);
    const peer = binding.peers.get(target.host);
    if (peer !== undefined) peer.quote = quote;
    else {
      if (binding.peers.size >= PEERS_MAX) binding.peers.delete(binding.peers.keys().next().value!);
      binding.peers.set(target.host, { far: to, quote });
    }
    binding.untilMs = Math.max(binding.untilMs, this.#stack.clock.now() + UNANSWERED_MS);
    binding.socket.send(
      packet.memory.slice(packet.at + HEADER, size),
      target.host,
      packet.port,
      Math.max(1, packet.hops - 1),
    );
  }

  #binding(packet: Packet, family: 4 | 6): Binding | undefined {
    const key = `${family} ${packet.sourcePort} ${addressText(packet.source())}`;
    return this.#bindings.get(key) ?? this.#bind(key, packet, family);
  }

  #bind(key: string, packet: Packet, family: 4 | 6): Binding | undefined {
    const { clock, settings, guests } = this.#stack;
    const { limits } = settings;
    const owner = guests.of(packet.neighbour!);
    const all = this.#bindings.size + guests.visiting.sockets;
    if (owner.sockets >= limits.socketsPerGuest || all >= limits.sockets) {
      owner.refused++;
      return undefined;
    }
    const untilMs = clock.now() + UNANSWERED_MS;
    const ends = { owner, guest: packet.source(), port: packet.sourcePort };
    const socket = this.#open(family, owner, () => binding);
    if (socket === undefined) return undefined;
    const binding: Binding = { ...ends, socket, peers: new Map(), untilMs };
    this.#bindings.set(key, binding);
    owner.sockets++;
    this.#stack.due(binding.untilMs);
    return binding;
  }

  /** Undefined where the host has no more sockets to give. */
  #open(family: 4 | 6, owner: Guest, binding: () => Binding): Datagrams | undefined {
    try {
      return this.#stack.backend.datagrams(
        family,
        (octets, host, from) => this.#heard(binding(), octets, host, from),
        (fault, host, to) => this.#failed(binding(), fault, host, to),
        owner.name,
      );
    } catch {
      owner.refused++;
      return undefined;
    }
  }

  #heard(binding: Binding, octets: Uint8Array, host: string, port: number): void {
    const from = binding.peers.get(host)?.far;
    if (from === undefined) return;
    binding.untilMs = this.#stack.clock.now() + IDLE_MS;
    this.send({ from, port, to: binding.guest, toPort: binding.port }, octets);
  }

  /** Something that the guest sent did not arrive. It hears of it by what it sent last to that host. */
  #failed({ peers, guest }: Binding, fault: Fault, host: string, port: number): void {
    const { errors, neighbours } = this.#stack;
    const peer = peers.get(host);
    const neighbour = neighbours.find(guest);
    if (peer === undefined || neighbour === undefined) return;
    const quote = peer.quote.slice();
    quote.set([port >>> 8, port & 255], quote.length - HEADER + 2);
    errors.report({ to: guest, neighbour, quote }, fault, peer.far);
  }

  /** A guest does not listen any more where it did: those outside hear that of the host, which has no such port then. */
  refused({ guest, guestPort, far }: Ends): void {
    for (const [key, binding] of this.#bindings) {
      const isMeant = binding.port === guestPort && sameAddress(binding.guest, guest);
      if (isMeant && [...binding.peers.values()].some((peer) => sameAddress(peer.far, far))) this.#unbind(key, binding);
    }
  }

  /** Sends a datagram to a guest. */
  send(
    { from, port, to, toPort }: { from: Address; port: number; to: Address; toPort: number },
    octets: Uint8Array,
    neighbour = this.#stack.neighbours.find(to),
  ): void {
    const { memory, output } = this.#stack;
    if (octets.length > SIZE_MAX) return;
    memory.setU16(PAYLOAD, port);
    memory.setU16(PAYLOAD + 2, toPort);
    memory.setU16(PAYLOAD + 4, HEADER + octets.length);
    memory.octets.set(octets, PAYLOAD + HEADER);
    output.send({ from, to, protocol: UDP, sumAt: 6 }, HEADER + octets.length, neighbour);
  }

  tick(nowMs: number): number {
    let next = Number.POSITIVE_INFINITY;
    for (const [key, binding] of this.#bindings) {
      if (binding.untilMs <= nowMs) this.#unbind(key, binding);
      else next = Math.min(next, binding.untilMs);
    }
    return next;
  }

  #unbind(key: string, { owner, socket }: Binding): void {
    owner.sockets--;
    this.#bindings.delete(key);
    socket.close();
  }

  close(): void {
    for (const [key, binding] of this.#bindings) this.#unbind(key, binding);
  }
}

function endsText(guest: Address, guestPort: number, far: Address, farPort: number): string {
  return `${guestPort} ${farPort} ${addressText(guest)} ${addressText(far)}`;
}
