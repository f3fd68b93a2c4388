// What the commands for gateways print, and which gateway they mean.

import { refuse } from "../errors.js";
import type { Link } from "../link.js";
import { addressText } from "../slirp/address.js";
import { forwardText } from "../slirp/forward.js";
import type { Gateway } from "../slirp/gateway.js";
import type { Switch } from "../switch.js";
import { four } from "./text.js";

interface Plugged {
  readonly port: number;
  readonly gateway: Gateway;
}

function isGateway(link: Link): link is Gateway {
  return "isGateway" in link;
}

/** The gateways that are plugged into the switch itself, or the one in a port. */
export function gateways(sw: Switch, only?: number): readonly Plugged[] {
  const found = sw
    .plugged()
    .flatMap(({ port, link }: { port: number; link: Link }) => (isGateway(link) ? [{ port, gateway: link }] : []))
    .filter(({ port }) => only === undefined || port === only)
    .sort((a, b) => a.port - b.port);
  if (found.length > 0) return found;
  return refuse(
    "ENOENT",
    only === undefined ? "there is no gateway in this switch: see --slirp" : `none in port ${only}`,
  );
}

export function* list(sw: Switch, only: number | undefined): Generator<string> {
  for (const { port, gateway } of gateways(sw, only)) {
    const flows = gateway.tcp.list().length;
    const sockets = gateway.udp.list().length;
    yield `Port ${four(port)} ${gateway.name} tcp=${flows} udp=${sockets} leases=${gateway.leases().length}`;
    for (const forward of gateway.forwards.list()) yield ` forward ${forwardText(forward)}`;
    for (const [reason, count] of gateway.drops) yield ` drop ${reason} ${count}`;
  }
}

export function* leases(sw: Switch, only: number | undefined): Generator<string> {
  for (const { port, gateway } of gateways(sw, only))
    for (const { address, owner, name, seconds } of gateway.leases())
      yield `Port ${four(port)} ${address} ${owner} ${seconds}s ${name}`.trimEnd();
}

export function* flows(sw: Switch, only: number | undefined): Generator<string> {
  for (const { port, gateway } of gateways(sw, only)) {
    for (const { ends, state } of gateway.tcp.list())
      yield `Port ${four(port)} tcp ${place(ends.guest, ends.guestPort)} ${place(ends.far, ends.farPort)} ${state}`;
    for (const { guest, port: own, peers } of gateway.udp.list())
      yield `Port ${four(port)} udp ${guest.includes(":") ? `[${guest}]` : guest}:${own} peers=${peers}`;
  }
}

function place(address: Uint8Array, port: number): string {
  const text = addressText(address);
  return text.includes(":") ? `[${text}]:${port}` : `${text}:${port}`;
}
