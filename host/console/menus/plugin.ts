// What was added to the switch as it ran.

import { refuse } from "../../errors.js";
import type { Plugins } from "../../plugins.js";
import type { System } from "../../system.js";
import { command, listing, type Menu } from "../command.js";
import { offering, rest } from "../kinds.js";
import { offeredBy } from "../offers.js";

interface Target {
  readonly plugins: Pick<Plugins, "list" | "add" | "remove">;
  readonly system: Pick<System, "offers">;
}

const loaded = (label: string) =>
  offering(rest(label), ({ plugins }: Target) => plugins.list("").map(({ name }) => name));

export const pluginMenu: Menu<Target> = {
  name: "plugin",
  title: "PLUGINS MENU",
  commands: [
    listing(
      "plugin/list",
      [loaded("")],
      "list plugins",
      function* ({ plugins }, prefix) {
        yield row("NAME", "HELP");
        yield row("------------", "----");
        const found = plugins.list(prefix);
        for (const { name, help } of found) yield row(name, help);
        if (found.length === 0) refuse("ENOENT", prefix === "" ? "there are none" : `none begins with ${prefix}`);
      },
      ({ plugins }, prefix) => ({
        head: ["NAME", "HELP"],
        none: prefix === "" ? "no plugin is loaded" : `no plugin begins with ${prefix}`,
        rows: plugins.list(prefix).map(({ name, help }) => [name, help]),
      }),
    ),
    command("plugin/add", [offeredBy("plugin", "library")], "load a plugin", ({ plugins }, name) => plugins.add(name)),
    command("plugin/del", [loaded("name")], "unload a plugin", ({ plugins }, prefix) => plugins.remove(prefix)),
  ],
};

function row(name: string, help: string): string {
  return `${name.padEnd(22)} ${help}`;
}
