// Gateways: who is there, what they do, the ways in, and how much guests may take.

import type { Gateway } from "../../slirp/gateway.js";
import { addForward, removeForward, setLimit } from "../../slirp/manage.js";
import { command, listing, type Menu } from "../command.js";
import { decimal, optional, rest } from "../kinds.js";
import { flows, type Gateways, leases, limits, list } from "../slirp.js";

const only = optional(decimal("N"));

/** "3 tcp:2222:10.0.2.15:22": a port of the switch, where there are several gateways, and what is meant for it. */
function read(gateways: Gateways, text: string): [gateway: Gateway, words: string] {
  const [, port, words = text] = /^(\d+)\s+(.*)$/s.exec(text) ?? [];
  const [found] = gateways.find(port === undefined ? undefined : Number(port));
  return [found!.gateway, words];
}

export const slirpMenu: Menu<Gateways> = {
  name: "slirp",
  title: "GATEWAY MENU",
  commands: [
    listing("slirp/list", [only], "list gateways, their forwards and rules, and what they dropped", list),
    listing("slirp/leases", [only], "list the addresses that guests were given", leases),
    listing("slirp/flows", [only], "list connections and UDP ports of guests", flows),
    listing("slirp/limits", [only], "list what may be taken, what is, and by whom", limits),
    command("slirp/setlimit", [rest("[N] NAME NUMBER")], "let more or less be taken: guestflows 100", (all, text) =>
      setLimit(...read(all, text)),
    ),
    command("slirp/add", [rest("[N] FORWARD")], "open a way in: tcp:8080:10.0.2.15:80", (all, text) =>
      addForward(...read(all, text)),
    ),
    command("slirp/remove", [rest("[N] FORWARD")], "close a way in, as slirp/list shows it", (all, text) =>
      removeForward(...read(all, text)),
    ),
  ],
};
