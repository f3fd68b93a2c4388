// A network's way out, as a link: what guests send there goes on by connections and datagrams of the host, as any program
// has them. It also tells guests who they are, by DHCP, and who others are, by DNS. All of it is put together here.

import { BaseLink } from "../base-link.js";
import type { Clock, Frame, Link } from "../link.js";
import { type Address, addressText, isV4, sameAddress } from "./address.js";
import { Alarm } from "./alarm.js";
import { Arp } from "./arp.js";
import type { GatewayBackend } from "./backend.js";
import type { Shown } from "./dhcp.js";
import { Forwards } from "./forwards.js";
import { Fragments } from "./fragments.js";
import { Guests, type Neighbour } from "./guests.js";
import { Icmp } from "./icmp.js";
import { IcmpErrors } from "./icmp-errors.js";
import { IcmpHeard } from "./icmp-heard.js";
import { Icmpv6 } from "./icmpv6.js";
import { Ipv4 } from "./ipv4.js";
import { Ipv6 } from "./ipv6.js";
import type { SomeLimits } from "./limits.js";
import { Memory } from "./memory.js";
import { Ndp } from "./ndp.js";
import { Neighbours } from "./neighbours.js";
import { type GatewayOptions, type Settings, settle } from "./options.js";
import { INPUT, MEMORY_SIZE, Output } from "./output.js";
import { ICMP, ICMPV6, Packet, TCP, UDP } from "./packet.js";
import { Policy } from "./policy.js";
import { RouterAdvertisements } from "./ra.js";
import { Services } from "./services.js";
import type { Drop, Protocol, Stack, Timed } from "./stack.js";
import { Tcp } from "./tcp/tcp.js";
import { Udp } from "./udp.js";
import { type Visiting, Visitors } from "./visitors.js";

const ETHERNET = 14;
const TYPE_ARP = 0x0806;
const TYPE_V4 = 0x0800;
const TYPE_V6 = 0x86dd;
/** Frames that came while one was handed over, and are taken later. */
const WAITING_MAX = 256;

/** What broke is tried again so much later. */
const AGAIN_MS = 1_000;

export class Gateway extends BaseLink implements Stack {
  /** A console knows it by this, and need not load what gateways are made of. */
  readonly isGateway = true;
  hasRoom: NonNullable<Link["hasRoom"]> = () => true;
  readonly clock: Clock;
  readonly backend: GatewayBackend;
  readonly settings: Settings;
  readonly memory = new Memory(MEMORY_SIZE);
  readonly neighbours: Neighbours;
  readonly output: Output;
  readonly policy: Policy;
  readonly errors: IcmpErrors;
  readonly guests: Guests;
  readonly visitors: Visitors;
  readonly forwards: Forwards;
  readonly drops = new Map<Drop, number>();
  /** What is let go when it closes. */
  readonly closers: (() => void)[] = [];
  /** Runs where a packet or a timer broke something, which is a fault of the gateway. */
  onfault: (error: unknown) => void = () => {};
  readonly tcp: Tcp;
  readonly udp: Udp;
  readonly #services: Services;
  readonly #router: RouterAdvertisements | undefined;
  readonly #arp: Arp;
  readonly #ipv4: Ipv4;
  readonly #ipv6: Ipv6;
  readonly #packet: Packet;
  readonly #alarm: Alarm;
  readonly #waiting: Uint8Array[] = [];
  #isHanding = false;
  #isFlushDue = false;

  constructor(options: GatewayOptions, backend: GatewayBackend, clock: Clock) {
    const settings = settle(options);
    super(`slirp ${settings.hosts.map(({ address }) => addressText(address)).join(" ")}`);
    this.clock = clock;
    this.backend = backend;
    this.settings = settings;
    this.#packet = new Packet(this.memory);
    this.neighbours = new Neighbours(() => clock.now());
    this.output = new Output(this.memory, this.neighbours, settings, backend.random());
    this.policy = new Policy(settings, (address) => backend.isHost?.(address) ?? false);
    this.guests = new Guests(settings.limits, clock);
    this.errors = new IcmpErrors(this);
    this.tcp = new Tcp(this);
    this.udp = new Udp(this);
    const used = (what: Visiting) => (what === "flows" ? this.tcp : this.udp).list().length;
    this.visitors = new Visitors(this.guests, settings.limits, () => clock.now(), used);
    this.forwards = new Forwards(this, this.tcp, this.udp);
    this.#services = new Services(this, this.udp);
    this.#arp = new Arp(this);
    const ndp = new Ndp(this);
    const fragments = new Fragments(this);
    const timed: Timed[] = [this.tcp, this.udp, fragments, this.#services];
    this.#alarm = new Alarm(clock, (nowMs) =>
      Math.min(...timed.map((each) => this.#attempt(() => each.tick(nowMs)) ?? nowMs + AGAIN_MS)),
    );
    if (settings.router !== undefined) this.#router = new RouterAdvertisements(this, settings.router);
    if (this.#router !== undefined) timed.push(this.#router);
    const echo = new Icmp(this, new IcmpHeard(this.tcp, this.udp));
    const protocols = (number: number, icmp: Protocol) =>
      new Map<number, Protocol>([
        [TCP, this.tcp],
        [UDP, this.udp],
        [number, icmp],
      ]);
    this.#ipv4 = new Ipv4(this, fragments, protocols(ICMP, echo));
    this.#ipv6 = new Ipv6(this, fragments, protocols(ICMPV6, new Icmpv6(ndp, echo, this.#router)));
    this.output.admits = (to, size) => this.admits(to, "down", size);
    this.output.onframe = (at, size) => this.#hand(this.memory.octets.subarray(at, at + size));
    this.neighbours.onready = (frame) => this.#hand(frame);
    this.neighbours.holder = (address) => this.#services.holder(address);
    this.neighbours.onask = (address) => (isV4(address) ? this.#arp.ask(address) : ndp.ask(address));
  }

  /** Whatever a guest's packet breaks, that packet goes no further, and others do. */
  #attempt<T>(task: () => T): T | undefined {
    try {
      return task();
    } catch (error) {
      this.drop("it broke what it came to");
      this.onfault(error);
      return undefined;
    }
  }

  /** Takes a frame of a guest. */
  send(frame: Frame): boolean {
    if (!this.isOpen) return false;
    if (this.#isHanding) return this.#postpone(frame);
    this.#attempt(() => this.#take(frame));
    return true;
  }

  /** A guest that answers while it is told something is heard a little later. */
  #postpone(frame: Frame): boolean {
    if (this.#waiting.length >= WAITING_MAX) return false;
    this.#waiting.push(frame.slice());
    this.soon();
    return true;
  }

  #take(frame: Frame): void {
    const { memory } = this;
    const size = frame.length;
    if (size < ETHERNET || size > ETHERNET + this.settings.mru) {
      this.drop("a header that is cut or wrong");
      return;
    }
    memory.octets.set(frame, INPUT);
    if ((frame[6]! & 1) === 1) {
      this.drop("a source outside of the network"); // nobody is a group
      return;
    }
    if ((frame[0]! & 1) === 0 && !memory.is(INPUT, this.settings.mac)) {
      this.drop("not for the gateway");
      return;
    }
    const type = memory.u16(INPUT + 12);
    const packet = this.#packet;
    packet.frame = INPUT;
    packet.ip = INPUT + ETHERNET;
    packet.size = size - ETHERNET;
    if (type === TYPE_V4 && this.settings.host4 !== undefined) this.#ipv4.input(packet);
    else if (type === TYPE_V6 && this.settings.host6 !== undefined) this.#ipv6.input(packet);
    else if (type === TYPE_ARP) this.#arp.input(packet.ip, packet.size);
    else this.drop("a protocol or option that is not known");
  }

  #hand(frame: Frame): void {
    if (!this.isOpen) return;
    const before = this.#isHanding;
    this.#isHanding = true;
    this.take(frame);
    this.#isHanding = before;
  }

  isOwn(address: Address): boolean {
    return this.settings.own.some((own) => sameAddress(own, address));
  }

  drop(why: Drop): void {
    this.drops.set(why, (this.drops.get(why) ?? 0) + 1);
  }

  admits(neighbour: Neighbour, direction: "up" | "down", octets: number): boolean {
    if (this.settings.limits.ratePerGuest === 0) return true;
    if (this.guests.admits(this.guests.of(neighbour), direction, octets)) return true;
    this.drop("faster than its rate");
    return false;
  }

  /** Other limits hold from now on. What is there already stays. */
  limit(limits: SomeLimits): void {
    this.settings.limits.set(limits);
    this.guests.renew();
  }

  takesMore(): boolean {
    return this.hasRoom(ETHERNET + this.settings.mtu);
  }

  due(atMs: number): void {
    this.#alarm.by(atMs);
  }

  soon(): void {
    if (this.#isFlushDue) return;
    this.#isFlushDue = true;
    this.clock.after(0, () => this.#flush());
  }

  #flush(): void {
    this.#isFlushDue = false;
    if (!this.isOpen) return;
    for (const frame of this.#waiting.splice(0)) this.#attempt(() => this.#take(frame));
    this.#attempt(() => this.tcp.flush());
  }

  /** How much is taken of what has a limit in all. */
  used(): SomeLimits {
    const { visiting, held } = this.guests;
    const [flows, sockets] = [this.tcp.list().length + visiting.flows, this.udp.list().length + visiting.sockets];
    return { flows, sockets, memory: held };
  }

  leases(): readonly Shown[] {
    return this.#services.leases();
  }

  override close(): void {
    if (!this.isOpen) return;
    this.#router?.close();
    this.forwards.close();
    this.tcp.close();
    this.udp.close();
    this.#alarm.close();
    super.close();
  }

  protected shut(): void {
    for (const close of this.closers.splice(0)) close();
  }
}
