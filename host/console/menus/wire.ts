// Faults before the links of a switch: which have them, commands for their consoles, and putting them there.

import { ERRORS, type ErrorCode, refuse } from "../../errors.js";
import type { Link } from "../../link.js";
import type { Endpoint } from "../../ports.js";
import type { Switch } from "../../switch.js";
import type { System } from "../../system.js";
import { WireConsole } from "../../wire/console.js";
import { FilteredLink } from "../../wire/link.js";
import { command, listing, type Menu, type Typed } from "../command.js";
import { anyBase, offering, rest } from "../kinds.js";
import { endpointOf, portOf } from "../offers.js";
import { four } from "../text.js";

export interface Target {
  readonly switch: Switch;
  readonly system: Pick<System, "wire" | "version" | "readScript" | "log">;
}

function wireAt(sw: Switch, endpoint: Endpoint): FilteredLink {
  const link = sw.linkOf(endpoint);
  if (link instanceof FilteredLink) return link;
  return refuse("EINVAL", `there is no wire before endpoint ${endpoint.id}: see wire/print and wire/put`);
}

/** The console of a wire, for one command: its listings are this one's. */
function consoleOf({ system }: Target, { filter }: FilteredLink): WireConsole {
  const { version, readScript, log } = system;
  const shutdown = () => refuse("EPERM", "a wire in a switch ends with its endpoint: port/epclose");
  return new WireConsole({ filter, system: { version, readScript: (path) => readScript(path), log, shutdown } });
}

async function* run(target: Target, link: FilteredLink, line: string): AsyncGenerator<string> {
  if (line.trim() === "") refuse("EINVAL", "which command? One of a wirefilter's, as showinfo: see wire/do N ID help");
  const reply = await consoleOf(target, link).run(line, { scripts: [] });
  if (typeof reply !== "string") return;
  const lines = reply.trimEnd().split("\n");
  const [, code, message = ""] = /^1(\d{3}) (.*)$/.exec(lines.at(-1) ?? "") ?? [];
  yield* lines.slice(lines.length > 1 ? 1 : 0, lines.length > 1 ? -2 : -1);
  if (code !== "000") refuse(codeOf(Number(code)), message.replace(/^[^:]*(: |$)/, ""));
}

function codeOf(errno: number): ErrorCode {
  const found = Object.entries(ERRORS).find(([, [number]]) => number === errno);
  return (found?.[0] ?? "EIO") as ErrorCode;
}

/** What the console of that wire offers. */
const wireCommand = offering(rest("COMMAND"), (target: Target, { before: [port, id], word }: Typed) => {
  const endpoints = target.switch.ports.list().find((each) => each.id === Number(port))?.endpoints ?? [];
  const found = endpoints.find((each) => each.id === Number(id));
  const link = found && target.switch.linkOf(found);
  if (!(link instanceof FilteredLink)) return [];
  const typed = word.replace(/\S*$/, "");
  return consoleOf(target, link)
    .commands.complete(word)
    .map((last) => `${typed}${last}`);
});

export const wireMenu: Menu<Target> = {
  name: "wire",
  title: "WIRE MENU",
  commands: [
    listing(
      "wire/print",
      [],
      "list the links with faults before them",
      function* ({ switch: sw }) {
        for (const { id, endpoints } of sw.ports.list()) {
          const all = endpoints.map((endpoint): [Endpoint, Link | undefined] => [endpoint, sw.linkOf(endpoint)]);
          for (const [endpoint, link] of all)
            if (link instanceof FilteredLink) yield `Port ${four(id)} endpoint ID ${four(endpoint.id)} ${link.name}`;
        }
      },
      ({ switch: sw }) => ({
        head: ["PORT", "ID", "LINK"],
        none: "no link has faults before it: see wire/put",
        rows: sw.ports.list().flatMap(({ id, endpoints }) =>
          endpoints.flatMap((endpoint) => {
            const link = sw.linkOf(endpoint);
            return link instanceof FilteredLink ? [[id, endpoint.id, link.name]] : [];
          }),
        ),
      }),
    ),
    command(
      "wire/put",
      [portOf(anyBase("N")), endpointOf(anyBase("ID")), rest("SETTINGS")],
      "put faults before the link of endpoint port N/id ID",
      ({ switch: sw, system }, port, id, settings) => {
        sw.lead(sw.ports.endpoint(port, id), system.wire(settings.trim()));
      },
    ),
    listing(
      "wire/do",
      [portOf(anyBase("N")), endpointOf(anyBase("ID")), wireCommand],
      "give a wirefilter command to the wire of endpoint port N/id ID",
      (target, port, id, line) => run(target, wireAt(target.switch, target.switch.ports.endpoint(port, id)), line),
    ),
  ],
};
