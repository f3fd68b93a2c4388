// unixcmd, vdecmd: one command to a management console, for scripts. Its command line.

import { type Options, UsageError, type Values } from "../cli/options.js";
import { tool } from "../cli/tool.js";
import { path } from "../cli/values.js";

export const CTL_OPTIONS = {
  sock: { short: "s", value: path, default: "/var/run/ and the name of the program", help: "the management socket" },
  rcfile: { short: "f", value: path, help: "a program of numbered instructions to run, in place of VDE's protocol" },
  trace: { short: "v", help: "show each step of such a program" },
} as const satisfies Options;

export type CtlSettings = Values<typeof CTL_OPTIONS>;

export const ctl = tool({
  name: "ctl",
  aka: ["unixcmd", "vdecmd"],
  summary: "Gives one command to a management console, prints what it answers, and ends with its errno.",
  operands: "COMMAND [WORD]...",
  options: CTL_OPTIONS,
  stopsAt: /^[^-]/,
  misuse: 255,
  isFilter: true,
  check(_settings, operands) {
    if (operands.length === 0) throw new UsageError("a command is wanted (--help)");
  },
  async run(settings, operands, run) {
    const { runCtl } = await import("./ctl-run.js");
    await runCtl(settings, operands, run);
  },
});
