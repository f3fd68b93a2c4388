// What a gateway says of itself, for those who show it: a console, a program.

import { addressText } from "./address.js";
import { forwardText } from "./forward.js";
import type { Gateway } from "./gateway.js";
import { LIMIT_LIST } from "./limits.js";
import { ruleText } from "./rule.js";

export interface FlowReport {
  readonly protocol: "tcp" | "udp";
  /** ADDRESS:PORT, as the guest has it. */
  readonly guest: string;
  /** The other end, of a connection. */
  readonly far?: string;
  readonly state?: string;
  /** Hosts that a UDP port has sent to. */
  readonly peers?: number;
}

export interface LimitReport {
  readonly name: string;
  readonly limit: number;
  /** How much is taken, where there is one number for that. */
  readonly used?: number | undefined;
  readonly help: string;
}

export interface GuestReport {
  readonly guest: string;
  readonly flows: number;
  readonly ports: number;
  /** Octets that wait. */
  readonly held: number;
  readonly refused: number;
}

export function forwardsOf({ forwards }: Gateway): readonly string[] {
  return forwards.list().map(forwardText);
}

export function flowsOf({ tcp, udp }: Gateway): readonly FlowReport[] {
  const connections = tcp.list().map(({ ends, state }): FlowReport => {
    const [guest, far] = [place(addressText(ends.guest), ends.guestPort), place(addressText(ends.far), ends.farPort)];
    return { protocol: "tcp", guest, far, state };
  });
  const ports = udp.list().map(({ guest, port, peers }): FlowReport => {
    return { protocol: "udp", guest: place(guest, port), peers };
  });
  return [...connections, ...ports];
}

export function limitsOf(gateway: Gateway): readonly LimitReport[] {
  const used = gateway.used();
  const { limits } = gateway.settings;
  return LIMIT_LIST.map(([key, { name, help }]) => ({ name, limit: limits[key], used: used[key], help }));
}

/** Those that have something here, or were refused something. */
export function guestsOf({ guests }: Gateway): readonly GuestReport[] {
  return guests
    .list()
    .filter(({ isIdle, refused }) => !isIdle || refused > 0)
    .map(({ name, flows, sockets, held, refused }) => ({ guest: name, flows, ports: sockets, held, refused }));
}

/** Where guests may go, as far as that was said. */
export interface RulesReport {
  readonly allow: readonly string[];
  readonly deny: readonly string[];
  readonly isolated: boolean;
  readonly restricted: boolean;
}

export function rulesOf({ settings }: Gateway): RulesReport {
  const { allow = [], deny = [], hostLoopback = true, restricted = false } = settings;
  return { allow: allow.map(ruleText), deny: deny.map(ruleText), isolated: !hostLoopback, restricted };
}

export function dropsOf({ drops }: Gateway): Readonly<Record<string, number>> {
  return Object.fromEntries(drops);
}

function place(address: string, port: number): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}
