// vde_plug2tap: a tap interface, joined to a switch or to standard input and output.

import { type Options, UsageError } from "../cli/options.js";
import { SERVICE_OPTIONS, tool } from "../cli/tool.js";
import { group, path, permissions, text, whole } from "../cli/values.js";

const PORT_MAX = 0x7f_ffff;

const options = {
  sock: {
    short: "s",
    aka: ["vdesock", "unix"],
    value: text,
    help: "the switch, by a URL; - for standard input and output",
  },
  port: { short: "p", value: whole("N", "a port", 1, PORT_MAX), help: "port of the switch" },
  group: { short: "g", value: group, help: "group of the plug's own socket" },
  mod: { short: "m", aka: ["mode"], value: permissions, help: "permissions of the plug's own socket" },
  daemon: SERVICE_OPTIONS.daemon,
  pidfile: { short: "P", value: path, help: SERVICE_OPTIONS.pidfile.help },
} as const satisfies Options;

export const plug2tap = tool({
  name: "plug2tap",
  aka: ["vde_plug2tap"],
  summary: "Joins a tap interface to a switch, or to standard input and output.",
  operands: "TAP",
  options,
  misuse: 255,
  isFilter: true,
  check(_settings, operands) {
    if (operands.length !== 1) throw new UsageError("the name of one tap interface is wanted (--help)");
  },
  async run({ sock = "", port, group, mod: mode }, [name = ""], run) {
    const { join } = await import("../cable/join.js");
    const { openCable } = await import("../transports/open-cable.js");
    const plug = { description: "vde_plug2tap:", port, group, mode, warn: (text: string) => run.log(text) };
    const tap = await openCable(`tap://${name}`, plug);
    const other = await openCable(sock === "-" ? "stdio://" : sock, plug);
    run.ready();
    await join(tap, other, run.stop);
  },
});
