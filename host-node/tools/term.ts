// vdeterm: a management console with editing, history and Tab. unixterm: the same octet for octet, without.

import { type Options, UsageError } from "../cli/options.js";
import { tool } from "../cli/tool.js";

const options = {} as const satisfies Options;

const both = {
  operands: "SOCKET",
  options,
  misuse: 255,
  isFilter: true,
  check(_settings: unknown, operands: readonly string[]) {
    if (operands.length !== 1) throw new UsageError("the management socket is wanted (--help)");
  },
} as const;

export const term = tool({
  ...both,
  name: "term",
  aka: ["vdeterm"],
  summary: "A management console with editing, history and completion; what is piped in runs line by line.",
  async run(_values, [path = ""], run) {
    const { runTerm } = await import("./term-run.js");
    await runTerm(path, run);
  },
});

export const rawterm = tool({
  ...both,
  name: "rawterm",
  aka: ["unixterm"],
  summary: "Copies standard input to a Unix socket, and what comes back to standard output.",
  async run(_values, [path = ""], run) {
    const { runRawTerm } = await import("./rawterm-run.js");
    await runRawTerm(path, run);
  },
});
