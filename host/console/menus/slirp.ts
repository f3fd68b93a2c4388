// Gateways: who is there, what they do, the ways in, and how much guests may take.

import type { Gateway } from "../../slirp/gateway.js";
import { addForward, removeForward, setLimit } from "../../slirp/manage.js";
import { forwardsOf, limitsOf } from "../../slirp/report.js";
import { command, listing, type Menu } from "../command.js";
import { decimal, offering, optional, rest } from "../kinds.js";
import {
  flows,
  flowTable,
  type Gateways,
  leases,
  leaseTable,
  limits,
  limitTable,
  list,
  type Plugged,
} from "../slirp.js";

const only = optional(offering(decimal("N"), ({ plugged }: Gateways) => [...plugged()].flatMap(portIn)));

function portIn({ port }: Plugged): string[] {
  return port === undefined ? [] : [String(port)];
}

/** Words for a gateway, behind the number of its port where that is typed. */
function about(label: string, words: (gateway: Gateway) => readonly string[]) {
  return offering(rest(label), ({ plugged }: Gateways, { word }) => {
    const [, port = ""] = /^(\d+\s+)/.exec(word) ?? [];
    const found = [...plugged()].find((each) => port === "" || each.port === Number(port));
    return found === undefined ? [] : words(found.gateway).map((each) => `${port}${each}`);
  });
}

const limitNames = (gateway: Gateway) => limitsOf(gateway).map(({ name }) => name);

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
    listing("slirp/leases", [only], "list the addresses that guests were given", leases, leaseTable),
    listing("slirp/flows", [only], "list connections and UDP ports of guests", flows, flowTable),
    listing("slirp/limits", [only], "list what may be taken, what is, and by whom", limits, limitTable),
    command(
      "slirp/setlimit",
      [about("[N] NAME NUMBER", limitNames)],
      "let more or less be taken: guestflows 100",
      (all, text) => setLimit(...read(all, text)),
    ),
    command("slirp/add", [rest("[N] FORWARD")], "open a way in: tcp:8080:10.0.2.15:80", (all, text) =>
      addForward(...read(all, text)),
    ),
    command("slirp/remove", [about("[N] FORWARD", forwardsOf)], "close a way in, as slirp/list shows it", (all, text) =>
      removeForward(...read(all, text)),
    ),
  ],
};
