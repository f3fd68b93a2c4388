// Which events a session hears of.

import { refuse } from "../../errors.js";
import type { Category, Events, Listener } from "../../events.js";
import { type Caller, command, listing, type Menu } from "../command.js";
import { offering, rest } from "../kinds.js";

interface Target {
  readonly switch: { readonly events: Events };
}

const prefixOf = (label: string) =>
  offering(rest(label), ({ switch: { events } }: Target) => [...events.list()].map(({ path }) => path));

export const debugMenu: Menu<Target> = {
  name: "debug",
  title: "DEBUG MENU",
  commands: [
    listing(
      "debug/list",
      [prefixOf("")],
      "list debug categories",
      function* ({ switch: { events } }, prefix, caller) {
        yield row("CATEGORY", "TAG", "STATUS", "HELP");
        yield row("------------", "---", "------", "----");
        for (const { path, tag, help } of some(events, prefix, "ENOENT")) {
          const heard = caller.listener !== undefined && events.has(path, caller.listener);
          yield row(path, tag.toString(8).padStart(3, "0"), heard ? "ON" : "OFF", help);
        }
      },
      ({ switch: { events } }, prefix, { listener }) => ({
        head: ["CATEGORY", "TAG", "STATUS", "HELP"],
        none: "there is none",
        rows: some(events, prefix, "ENOENT").map(({ path, tag, help }) => {
          const heard = listener !== undefined && events.has(path, listener);
          return [path, tag.toString(8).padStart(3, "0"), heard ? "on" : "off", help];
        }),
      }),
    ),
    command(
      "debug/add",
      [prefixOf("dbgpath")],
      "enable debug info for a given category",
      ({ switch: { events } }, prefix, caller) => {
        const listener = listenerOf(caller);
        const found = some(events, prefix, "EINVAL").filter(({ path }) => !events.has(path, listener));
        if (found.length === 0) refuse("EEXIST", "all of them are on already");
        for (const { path } of found) events.add(path, listener);
      },
    ),
    command(
      "debug/del",
      [prefixOf("dbgpath")],
      "disable debug info for a given category",
      ({ switch: { events } }, prefix, caller) => {
        const listener = listenerOf(caller);
        const found = some(events, prefix, "EINVAL").filter(({ path }) => events.has(path, listener));
        if (found.length === 0) refuse("ENOENT", "none of them is on");
        for (const { path } of found) events.remove(path, listener);
      },
    ),
  ],
};

function some(events: Events, prefix: string, otherwise: "ENOENT" | "EINVAL"): Category[] {
  const found = [...events.list(prefix)];
  return found.length > 0 ? found : refuse(otherwise, `no category begins with ${prefix}, see debug/list`);
}

function listenerOf({ listener }: Caller): Listener {
  return listener ?? refuse("EBADF", "there is no console to show events on");
}

function row(path: string, tag: string, status: string, help: string): string {
  return `${path.padEnd(22)} ${tag.padEnd(3)} ${status.padEnd(6)} ${help}`;
}
