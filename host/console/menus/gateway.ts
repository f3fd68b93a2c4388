// Commands of a gateway that is a program of its own, beside the menu slirp.

import { command, listing, type Menu, SILENT } from "../command.js";
import type { GatewayConsole } from "../gateway.js";
import { helpTable, topic } from "../offers.js";

export const gatewayMenu: Menu<GatewayConsole> = {
  name: "",
  title: "general",
  commands: [
    listing(
      "help",
      [topic],
      "Help (limited to arg when specified)",
      ({ commands }, prefix) => commands.help(prefix),
      ({ commands }, prefix) => helpTable(commands, prefix),
    ),
    listing("showinfo", [], "show what it is", function* ({ banner }) {
      yield* banner.trim().split("\n");
    }),
    command("logout", [], "logout from this mgmt terminal", (_, { leave }) => {
      leave?.();
      return SILENT;
    }),
    command("shutdown", [], "shutdown of the gateway", ({ system }, { leave }) => {
      leave?.();
      system.shutdown();
      return SILENT;
    }),
  ],
};
