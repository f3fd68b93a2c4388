// Pings, of both families: answered for the gateway's own addresses, and led outside where the host lets us.

import type { Address } from "./address.js";
import type { Fault } from "./backend.js";
import { giveShare, type Neighbour, takeShare } from "./guests.js";
import type { IcmpHeard } from "./icmp-heard.js";
import { PAYLOAD } from "./output.js";
import { ICMP, ICMPV6, type Packet } from "./packet.js";
import type { Protocol, Stack } from "./stack.js";

const HEADER = 8;
const REQUEST_V4 = 8;
const REPLY_V4 = 0;
const REQUEST_V6 = 128;
const REPLY_V6 = 129;
/** Pings that are under way. A guest that sends more is not answered. */
const WAITING_MAX = 128;

interface Echo {
  readonly from: Address;
  readonly to: Address;
  readonly body: Uint8Array;
  readonly neighbour: Neighbour | undefined;
}

export class Icmp implements Protocol {
  readonly #stack: Stack;
  readonly #heard: IcmpHeard;
  #waiting = 0;

  constructor(stack: Stack, heard: IcmpHeard) {
    this.#stack = stack;
    this.#heard = heard;
  }

  /** Takes pings, and hands on what is none. */
  input(packet: Packet): void {
    const { memory, at, width } = packet;
    if (memory.octets[at] !== (width === 4 ? REQUEST_V4 : REQUEST_V6)) {
      this.#heard.input(packet);
      return;
    }
    const [to, from] = [packet.source(), packet.destination()];
    const echo: Echo = { from, to, body: memory.slice(at, packet.size), neighbour: packet.neighbour };
    if (this.#stack.isOwn(from)) this.#answer(echo);
    else this.#ask(packet, echo);
  }

  #ask(packet: Packet, echo: Echo): void {
    const { backend, policy, errors, guests } = this.#stack;
    const target = policy.target(echo.from, 0);
    if (target === undefined) {
      errors.refuse(packet, "forbidden");
      this.#stack.drop("forbidden");
      return;
    }
    const guest = guests.of(packet.neighbour!);
    if (backend.ping === undefined || this.#waiting >= WAITING_MAX || !takeShare(guest, "pings")) {
      this.#stack.drop("a limit was reached");
      return;
    }
    this.#waiting++;
    const complaint = errors.complaint(packet);
    const answered = (outcome: boolean | Fault) => {
      this.#waiting--;
      giveShare(guest, "pings");
      if (outcome === true) this.#answer(echo);
      else if (outcome !== false && complaint !== undefined) errors.report(complaint, outcome, echo.from);
    };
    backend.ping(target.host, echo.body.slice(HEADER), answered, Math.max(1, packet.hops - 1), guest.name);
  }

  #answer({ from, to, body, neighbour }: Echo): void {
    const { memory, output } = this.#stack;
    const v4 = to.length === 4;
    memory.octets.set(body, PAYLOAD);
    memory.octets[PAYLOAD] = v4 ? REPLY_V4 : REPLY_V6;
    output.send({ from, to, protocol: v4 ? ICMP : ICMPV6, sumAt: 2 }, body.length, neighbour);
  }
}
