// Commands that are in no menu.

import { memoryLines } from "../../memory.js";
import { command, listing, type Menu, SILENT } from "../command.js";
import { bannerLines, type Console } from "../console.js";
import { offeredBy } from "../offers.js";
import { load } from "../script.js";
import { permissions } from "../text.js";
import { help, logout } from "./common.js";

export const generalMenu: Menu<Console> = {
  name: "",
  title: "general",
  commands: [
    help,
    logout,
    command("shutdown", [], "shutdown of the switch", ({ system }, { leave, scripts }) => {
      if (scripts.length > 0) return SILENT;
      leave?.();
      system.shutdown();
      return SILENT;
    }),
    listing("showinfo", [], "show switch version and info", function* ({ switch: sw, system }) {
      yield* bannerLines(system.version);
      yield "";
      yield `pid ${system.pid} MAC ${sw.mac} uptime ${Math.floor(sw.uptimeMs / 1000)}`;
      if (system.management) yield `mgmt ${system.management.path} perm ${permissions(system.management.mode)}`;
      const { queued } = sw.memory;
      if (queued > 0) yield `unsent frames ${queued}`;
    }),
    command("load", [offeredBy("script", "path")], "load a configuration script", (console, path, caller) =>
      load(console, path, caller),
    ),
    listing("memory", [], "print what frames that wait take, and what a port can cost", ({ switch: sw }) =>
      memoryLines(sw.memory),
    ),
  ],
};
