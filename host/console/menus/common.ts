// Commands of the switch's console and of the gateway's, each of which has a general menu of its own.

import { command, listing, SILENT } from "../command.js";
import type { Commands } from "../commands.js";
import { helpTable, topic } from "../offers.js";

interface Target {
  readonly commands: Commands;
}

export const help = listing(
  "help",
  [topic],
  "Help (limited to arg when specified)",
  ({ commands }: Target, prefix) => commands.help(prefix),
  ({ commands }, prefix) => helpTable(commands, prefix),
);

export const logout = command("logout", [], "logout from this mgmt terminal", (_: unknown, { leave }) => {
  leave?.();
  return SILENT;
});
