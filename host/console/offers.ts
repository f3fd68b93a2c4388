// Arguments that the Tab key knows: what the switch has at the moment.

import type { Ports } from "../ports.js";
import type { System } from "../system.js";
import type { Vlans } from "../vlans.js";
import type { Kind, Table, Typed } from "./command.js";
import type { Commands } from "./commands.js";
import { offering, rest } from "./kinds.js";

interface HasPorts {
  readonly switch: { readonly ports: Pick<Ports, "list"> };
}

interface HasVlans {
  readonly switch: { readonly vlans: Pick<Vlans, "list"> };
}

/** A number that is a port's. */
export function portOf<T>(kind: Kind<T>): Kind<T, HasPorts> {
  return offering(kind, ({ switch: { ports } }: HasPorts) => ports.list().map(({ id }) => String(id)));
}

/** A number that is a VLAN's. */
export function vlanOf<T>(kind: Kind<T>): Kind<T, HasVlans> {
  return offering(kind, ({ switch: { vlans } }: HasVlans) => [...vlans.list()].map(String));
}

/** The number of an endpoint of the port in the argument before it. */
export function endpointOf<T>(kind: Kind<T>): Kind<T, HasPorts> {
  return offering(kind, ({ switch: { ports } }: HasPorts, { before }: Typed) => {
    const port = ports.list().find(({ id }) => id === Number(before.at(-1)));
    return (port?.endpoints ?? []).map(({ id }) => String(id));
  });
}

/** What `help` may be limited to. */
export const topic = offering(rest("[arg]"), ({ commands }: { readonly commands: Commands }) => commands.topics());

export function helpTable(commands: Commands, prefix: string): Table {
  return {
    head: ["COMMAND", "ARGUMENTS", "HELP"],
    none: `nothing begins with ${prefix}`,
    rows: commands.helpRows(prefix),
  };
}

interface HasOffers {
  readonly system: Pick<System, "offers">;
}

/** A script, a plugin or a link, as the machine has them. */
export function offeredBy(what: Parameters<NonNullable<System["offers"]>>[0], label: string) {
  return offering(rest(label), ({ system }: HasOffers, { word }: Typed) => {
    const [, port = "", typed = word] = what === "link" ? (/^(\d+\s+)(.*)$/s.exec(word) ?? []) : [];
    return (system.offers?.(what, typed) ?? []).map((offer) => `${port}${offer}`);
  });
}
