// What a manager may see of what is scarce: the menu resource of the console.

import { listing, type Menu } from "../../host/console/command.js";
import { offering, optional, rest } from "../../host/console/kinds.js";
import { refuse } from "../../host/errors.js";
import type { accounts } from "./process.js";

type Accounts = typeof accounts;

const named = optional(offering(rest("NAME"), (all: Accounts) => Object.keys(all)));

export const resourceMenu: Menu<Accounts> = {
  name: "resource",
  title: "RESOURCE MENU",
  commands: [
    listing("resource/print", [named], "print who uses descriptors, sessions, lookups, files", function* (all, name) {
      for (const account of chosen(all, name)) yield* account.report();
      if (!name) yield `timers used=${process.getActiveResourcesInfo().filter((each) => each === "Timeout").length}`;
    }),
  ],
};

function chosen(all: Accounts, name = ""): Accounts[keyof Accounts][] {
  if (name === "") return Object.values(all);
  if (!Object.hasOwn(all, name)) refuse("ENOENT", `${name}: there are ${Object.keys(all).join(", ")}`);
  return [all[name as keyof Accounts]];
}
