// Gateways in the switch: who is there, what they do, and the ways in.

import { parseForward } from "../../slirp/forward.js";
import type { Switch } from "../../switch.js";
import { command, listing, type Menu } from "../command.js";
import { decimal, optional, rest } from "../kinds.js";
import { flows, gateways, leases, list } from "../slirp.js";

interface Target {
  readonly switch: Switch;
}

const only = optional(decimal("N"));

/** "3 tcp:2222:10.0.2.15:22": a port of the switch, where there are several gateways, and a forward. */
function read(text: string): { port: number | undefined; forward: string } {
  const [, port, forward = text] = /^(\d+)\s+(.*)$/s.exec(text) ?? [];
  return { port: port === undefined ? undefined : Number(port), forward: forward.trim() };
}

export const slirpMenu: Menu<Target> = {
  name: "slirp",
  title: "GATEWAY MENU",
  commands: [
    listing("slirp/list", [only], "list gateways, their forwards, and what they dropped", ({ switch: sw }, port) =>
      list(sw, port),
    ),
    listing("slirp/leases", [only], "list the addresses that guests were given", ({ switch: sw }, port) =>
      leases(sw, port),
    ),
    listing("slirp/flows", [only], "list connections and UDP ports of guests", ({ switch: sw }, port) =>
      flows(sw, port),
    ),
    command(
      "slirp/add",
      [rest("[N] FORWARD")],
      "open a way in: tcp:8080:10.0.2.15:80",
      async ({ switch: sw }, text) => {
        const { port, forward } = read(text);
        await gateways(sw, port)[0]!.gateway.forwards.add(parseForward(forward));
      },
    ),
    command("slirp/remove", [rest("[N] FORWARD")], "close a way in, as slirp/list shows it", ({ switch: sw }, text) => {
      const { port, forward } = read(text);
      gateways(sw, port)[0]!.gateway.forwards.remove(forward);
    }),
  ],
};
