// dpipe: commands joined by their standard input and output, both ways. Its command line.

import type { Options, Values } from "../cli/options.js";
import { SERVICE_OPTIONS, tool } from "../cli/tool.js";
import { path } from "../cli/values.js";
import { readPipeline } from "../pipeline/grammar.js";

export const PIPE_OPTIONS = {
  ...SERVICE_OPTIONS,
  pgrpfile: {
    short: "P",
    aka: ["grppidfile"],
    value: path,
    help: "write the group's id to a file, for kill -- $(cat FILE)",
  },
  nowrapproc: { short: "n", help: "become the last command; a helper removes the pidfiles when it has ended" },
  nowrapnoclean: { short: "N", help: "become the last command; the pidfiles stay" },
} as const satisfies Options;

export type PipeSettings = Values<typeof PIPE_OPTIONS>;

export const pipe = tool({
  name: "pipe",
  aka: ["dpipe"],
  summary: "Joins commands by their standard input and output, both ways.",
  operands: "COMMAND... = COMMAND... [= COMMAND...]",
  options: PIPE_OPTIONS,
  stopsAt: /^[^-]/,
  isFilter: true,
  check(_settings, operands) {
    readPipeline(operands);
  },
  async run(settings, operands, run) {
    const { runPipe } = await import("./pipe-run.js");
    await runPipe(settings, readPipeline(operands), run);
  },
});
