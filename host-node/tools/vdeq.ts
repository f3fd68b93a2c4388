// vdeq, vdeqemu, vdekvm: QEMU with its adapters on VDE switches, by the command line that VDE's users know.

import type { Options } from "../cli/options.js";
import { Failure, tool } from "../cli/tool.js";
import { rewrite } from "../qemu/rewrite.js";

const MISUSE = 255;

export const vdeq = tool({
  name: "qemu",
  aka: ["vdeq", "vdeqemu", "vdekvm"],
  summary: "Runs QEMU with `-net nic -net vde,sock=URL` in today's words; vdeq wants QEMU's name first.",
  operands: "[QEMU] [-net nic] [-net vde[,sock=URL][,port=N]] [WORD]...",
  options: {} as const satisfies Options,
  stopsAt: /^(?!-h$|--help$)/,
  misuse: MISUSE,
  isFilter: true,
  check(_values, operands) {
    rewrite(operands, () => "");
  },
  async run(_values, operands, run) {
    const { runQemu, programOf } = await import("./vdeq-run.js");
    const [program, words] = programOf(run.program, operands);
    if (program === undefined) throw new Failure("the name of QEMU's program is wanted first", MISUSE);
    await runQemu(program, words, run);
  },
});
