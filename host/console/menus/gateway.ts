// Commands of a gateway that is a program of its own, beside the menu slirp.

import { command, listing, type Menu, SILENT } from "../command.js";
import type { GatewayConsole } from "../gateway.js";
import { help, logout } from "./common.js";

export const gatewayMenu: Menu<GatewayConsole> = {
  name: "",
  title: "general",
  commands: [
    help,
    listing("showinfo", [], "show what it is", function* ({ banner }) {
      yield* banner.trim().split("\n");
    }),
    logout,
    command("shutdown", [], "shutdown of the gateway", ({ system }, { leave }) => {
      leave?.();
      system.shutdown();
      return SILENT;
    }),
  ],
};
