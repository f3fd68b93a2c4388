// What VDE's wirefilter has: its parameters, and the commands of any console.

import { type Action, command, listing, type Menu, SILENT } from "../../console/command.js";
import { offering, optional } from "../../console/kinds.js";
import type { WireConsole } from "../console.js";
import { onOff, state, unlabelled } from "../kinds.js";
import { PARAMETER_LIST, type Parameter } from "../parameters.js";
import { load } from "../script.js";
import { help, showInfo } from "../showinfo.js";

/** A command for each name of a parameter. Other names have no line of their own in the help. */
export function setters(which: (parameter: Parameter) => boolean): Action<WireConsole>[] {
  return PARAMETER_LIST.filter(([, parameter]) => which(parameter)).flatMap(([name, { help: text, aka = [] }]) =>
    [name, ...aka].map((path, i) =>
      command(path, [unlabelled()], i === 0 ? text : "", ({ filter }: WireConsole, value) => filter.set(name, value)),
    ),
  );
}

const script = offering(unlabelled(), ({ system }: WireConsole, { word }) => system.offers?.("script", word) ?? []);

export const parameterMenu: Menu<WireConsole> = {
  name: "",
  title: "parameters",
  commands: [
    listing("help", [], "print a summary of mgmt commands", (wire) => help(wire)),
    listing("load", [script], "load a configuration file", (wire, path, caller) => load(wire, path, caller)),
    listing("showinfo", [{ ...optional(state), label: "" }], "show status and parameter values", (wire, number) =>
      showInfo(wire, number),
    ),
    ...setters(({ added }) => !added),
    command("fifo", [{ ...unlabelled(), words: () => ["0", "1"] }], "set channel fifoness", ({ filter }, text) => {
      filter.isFifo = onOff(text);
    }),
    command("shutdown", [], "shut the channel down", ({ system }, { leave, scripts }) => {
      if (scripts.length > 0) return SILENT;
      leave?.("");
      system.shutdown();
      return SILENT;
    }),
    command("logout", [], "log out from this mgmt session", (_, { leave }) => {
      leave?.();
      return SILENT;
    }),
  ],
};
