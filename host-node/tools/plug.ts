// vde_plug: joins two links, or a link and standard input and output, or a link and a command. Its command line.

import { type Options, UsageError, type Values } from "../cli/options.js";
import { SERVICE_OPTIONS, tool } from "../cli/tool.js";
import { group, permissions, text } from "../cli/values.js";
import { RECONNECT_OPTIONS } from "./reconnect.js";
import { switchPort } from "./switch-port.js";

export const PLUG_OPTIONS = {
  ...SERVICE_OPTIONS,
  log: { short: "l", help: "tell the system's log when it starts and stops, and for whom" },
  iplog: { short: "L", help: "--log, and each address that is first seen from standard input" },
  group: { short: "g", value: group, help: "group of the plug's own socket" },
  group2: { short: "G", value: group, help: "the same, of the second plug" },
  mod: { short: "m", aka: ["mode"], value: permissions, help: "permissions of the plug's own socket" },
  mod2: { short: "M", aka: ["mode2"], value: permissions, help: "the same, of the second plug" },
  port: { value: switchPort, help: "port of the switch; URL[N] says the same" },
  port2: { value: switchPort, help: "the same, of the second plug" },
  descr: { short: "D", value: text, default: "vdeplug:", help: "how it shows in port/print" },
  ...RECONNECT_OPTIONS,
  command: { short: "c", value: text, help: "what sshd asks of a login shell: only vde_plug is run" },
} as const satisfies Options;

export type PlugSettings = Values<typeof PLUG_OPTIONS>;

/** The names of links, and the words of a command, which come after "=". */
export function parts(operands: readonly string[]): { names: readonly string[]; words?: readonly string[] } {
  const at = operands.indexOf("=");
  return at < 0 ? { names: operands } : { names: operands.slice(0, at), words: operands.slice(at + 1) };
}

export const plug = tool({
  name: "plug",
  aka: ["vde_plug"],
  summary: "Joins two links, or a link and standard input and output, or a link and a command.",
  operands: "[URL [URL]] [= COMMAND...]",
  options: PLUG_OPTIONS,
  stopsAt: /^=$/,
  misuse: 255,
  isFilter: true,
  check(_settings, operands) {
    const { names, words } = parts(operands);
    if (names.length > 2) throw new UsageError(`${names[2]}: a cable has two ends (--help)`);
    if (names.length === 2 && words !== undefined) throw new UsageError("=: a cable has two ends, and both are named");
    if (words?.length === 0) throw new UsageError("=: a command is missing");
  },
  async run(settings, operands, run) {
    const { runPlug } = await import("./plug-run.js");
    await runPlug(settings, operands, run);
  },
});
