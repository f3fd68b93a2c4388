// vde_plug2tap and vde_pcapplug: an interface of this machine, joined to a switch or to standard input and output.

import { type Options, UsageError } from "../cli/options.js";
import { SERVICE_OPTIONS, type Tool, tool } from "../cli/tool.js";
import { group, path, permissions, text } from "../cli/values.js";
import { RECONNECT_OPTIONS, reconnects } from "./reconnect.js";
import { switchPort } from "./switch-port.js";

const options = {
  sock: {
    short: "s",
    aka: ["vdesock", "unix"],
    value: text,
    help: "the switch, by a URL; - for standard input and output",
  },
  port: { short: "p", value: switchPort, help: "port of the switch" },
  group: { short: "g", value: group, help: "group of the plug's own socket" },
  mod: { short: "m", aka: ["mode"], value: permissions, help: "permissions of the plug's own socket" },
  daemon: SERVICE_OPTIONS.daemon,
  pidfile: { short: "P", value: path, help: SERVICE_OPTIONS.pidfile.help },
  ...RECONNECT_OPTIONS,
} as const satisfies Options;

interface Kind {
  readonly name: string;
  /** As VDE names it, and as it shows in port/print. */
  readonly aka: string;
  readonly summary: string;
  readonly operands: string;
  readonly scheme: string;
  /** What its one operand is. */
  readonly what: string;
}

function interfacePlug({ name, aka, summary, operands, scheme, what }: Kind): Tool {
  return tool({
    name,
    aka: [aka],
    summary,
    operands,
    options,
    misuse: 255,
    isFilter: true,
    check(_settings, operands) {
      if (operands.length !== 1) throw new UsageError(`the name of one ${what} is wanted (--help)`);
    },
    async run(settings, [device = ""], run) {
      const { sock = "", port, group, mod: mode } = settings;
      const { join } = await import("../cable/join.js");
      const { openCable } = await import("../transports/open-cable.js");
      const warn = (text: string) => run.log(text);
      const reconnect = reconnects(settings);
      const plug = { description: `${aka}:`, port, group, mode, warn, stop: run.stop, reconnect };
      const own = await openCable(`${scheme}://${device}`, plug);
      const other = await openCable(sock === "-" ? "stdio://" : sock, plug);
      run.ready();
      await join(own, other, run.stop);
    },
  });
}

export const plug2tap = interfacePlug({
  name: "plug2tap",
  aka: "vde_plug2tap",
  summary: "Joins a tap interface to a switch, or to standard input and output.",
  operands: "TAP",
  scheme: "tap",
  what: "tap interface",
});

export const pcapplug = interfacePlug({
  name: "pcapplug",
  aka: "vde_pcapplug",
  summary: "Joins a network interface of this machine to a switch, or to standard input and output.",
  operands: "INTERFACE",
  scheme: "pcap",
  what: "network interface",
});
