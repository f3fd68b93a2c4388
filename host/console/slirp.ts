// What the commands for gateways print, and which gateway they mean.

import { refuse } from "../errors.js";
import type { Link } from "../link.js";
import type { Gateway } from "../slirp/gateway.js";
import { dropsOf, flowsOf, forwardsOf, guestsOf, limitsOf, rulesOf } from "../slirp/report.js";
import type { Switch } from "../switch.js";
import { four } from "./text.js";

export interface Plugged {
  /** Of the switch that it is in; none where it is a program of its own. */
  readonly port: number | undefined;
  readonly gateway: Gateway;
}

/** Where gateways are: in a switch, or one alone. */
export interface Gateways {
  /** All that there are, or the one in a port. ENOENT where there is none. */
  find(only?: number): readonly Plugged[];
}

function isGateway(link: Link): link is Gateway {
  return "isGateway" in link;
}

/** The gateways that are plugged into a switch itself. */
export function gatewaysIn(sw: () => Switch): Gateways {
  const all = () =>
    sw()
      .plugged()
      .flatMap(({ port, link }: { port: number; link: Link }) => (isGateway(link) ? [{ port, gateway: link }] : []))
      .sort((a, b) => a.port - b.port);
  return {
    find(only) {
      const found = all().filter(({ port }) => only === undefined || port === only);
      if (found.length > 0) return found;
      const why = only === undefined ? "there is no gateway in this switch: see --slirp" : `none in port ${only}`;
      return refuse("ENOENT", why);
    },
  };
}

/** The one gateway of a program that is nothing else. */
export function oneGateway(gateway: Gateway): Gateways {
  return {
    find(only) {
      if (only !== undefined) refuse("ENOENT", "there is one gateway, and it is in no port here");
      return [{ port: undefined, gateway }];
    },
  };
}

function prefix(port: number | undefined): string {
  return port === undefined ? "" : `Port ${four(port)} `;
}

export function* list(gateways: Gateways, only: number | undefined): Generator<string> {
  for (const { port, gateway } of gateways.find(only)) {
    const { flows, sockets } = gateway.used();
    yield `${prefix(port)}${gateway.name} tcp=${flows} udp=${sockets} leases=${gateway.leases().length}`;
    for (const forward of forwardsOf(gateway)) yield ` forward ${forward}`;
    yield* rules(gateway);
    for (const [reason, count] of Object.entries(dropsOf(gateway))) yield ` drop ${reason} ${count}`;
  }
}

function* rules(gateway: Gateway): Generator<string> {
  const { allow, deny, isolated, restricted } = rulesOf(gateway);
  for (const rule of allow) yield ` allow ${rule}`;
  for (const rule of deny) yield ` deny ${rule}`;
  if (isolated) yield " isolated from this machine";
  if (restricted) yield " restricted to forwards";
}

export function* leases(gateways: Gateways, only: number | undefined): Generator<string> {
  for (const { port, gateway } of gateways.find(only))
    for (const { address, owner, name, seconds } of gateway.leases())
      yield `${prefix(port)}${address} ${owner} ${seconds}s ${name}`.trimEnd();
}

export function* flows(gateways: Gateways, only: number | undefined): Generator<string> {
  for (const { port, gateway } of gateways.find(only))
    for (const { protocol, guest, far, state, peers } of flowsOf(gateway))
      yield `${prefix(port)}${protocol} ${guest} ${far === undefined ? `peers=${peers}` : `${far} ${state}`}`;
}

export function* limits(gateways: Gateways, only: number | undefined): Generator<string> {
  for (const { port, gateway } of gateways.find(only)) {
    for (const { name, limit, used, help } of limitsOf(gateway))
      yield `${prefix(port)}${name}=${limit}${used === undefined ? "" : ` used=${used}`} (${help})`;
    for (const { guest, flows, ports, held, refused } of guestsOf(gateway))
      yield `${prefix(port)}guest ${guest} flows=${flows} ports=${ports} memory=${held} refused=${refused}`;
  }
}
