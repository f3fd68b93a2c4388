// What the commands for gateways print, and which gateway they mean.

import { refuse } from "../errors.js";
import type { Link } from "../link.js";
import type { Gateway } from "../slirp/gateway.js";
import { dropsOf, flowsOf, forwardsOf, guestsOf, limitsOf, rulesOf } from "../slirp/report.js";
import type { Switch } from "../switch.js";
import type { Cell, Table } from "./command.js";
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
  /** All that there are, even if there is none. */
  plugged(): readonly Plugged[];
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
    plugged: all,
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
    plugged: () => [{ port: undefined, gateway }],
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

/** The rows of every gateway, each behind the port that it is in. */
function table(
  gateways: Gateways,
  only: number | undefined,
  head: readonly string[],
  none: string,
  rows: (gateway: Gateway) => readonly Cell[][],
): Table {
  const all = gateways.find(only);
  return {
    head: ["PORT", ...head],
    none,
    rows: all.flatMap((each) => rows(each.gateway).map((row) => [each.port ?? "", ...row])),
  };
}

export function leaseTable(gateways: Gateways, only: number | undefined): Table {
  return table(gateways, only, ["ADDRESS", "GUEST", "LEFT", "NAME"], "no guest has an address", (gateway) =>
    gateway.leases().map(({ address, owner, name, seconds }) => [address, owner, `${seconds} s`, name]),
  );
}

export function flowTable(gateways: Gateways, only: number | undefined): Table {
  return table(gateways, only, ["PROTOCOL", "GUEST", "FAR", "STATE", "PEERS"], "no guest is connected", (gateway) =>
    flowsOf(gateway).map(({ protocol, guest, far = "", state = "", peers = "" }) => [
      protocol,
      guest,
      far,
      state,
      peers,
    ]),
  );
}

export function limitTable(gateways: Gateways, only: number | undefined): Table {
  const head = ["LIMIT", "OF", "USED", "FLOWS", "PORTS", "MEMORY", "REFUSED", "HELP"];
  return table(gateways, only, head, "there is no limit", (gateway) => [
    ...limitsOf(gateway).map(({ name, limit, used = "", help }): Cell[] => [name, limit, used, "", "", "", "", help]),
    ...guestsOf(gateway).map(({ guest, flows: open, ports, held, refused }): Cell[] => {
      return [`guest ${guest}`, "", "", open, ports, held, refused, ""];
    }),
  ]);
}
