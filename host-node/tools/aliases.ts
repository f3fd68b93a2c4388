// Every tool by its names. A tool is loaded only when it is started.

import type { Tool } from "../cli/tool.js";

interface Entry {
  readonly name: string;
  /** Names under which VDE users know it. */
  readonly aka: readonly string[];
  readonly summary: string;
  load(): Promise<Tool>;
}

export const TOOLS: readonly Entry[] = [
  {
    name: "switch",
    aka: ["vde_switch"],
    summary: "a virtual Ethernet switch, with VDE's sockets and console",
    load: async () => (await import("./switch.js")).vdeSwitch,
  },
  {
    name: "plug",
    aka: ["vde_plug"],
    summary: "a cable: two links joined, or a link and standard input and output",
    load: async () => (await import("./plug.js")).plug,
  },
  {
    name: "pipe",
    aka: ["dpipe"],
    summary: "commands joined by their standard input and output, both ways",
    load: async () => (await import("./pipe.js")).pipe,
  },
  {
    name: "plug2tap",
    aka: ["vde_plug2tap"],
    summary: "a tap interface, joined to a switch or to standard input and output",
    load: async () => (await import("./interface-plug.js")).plug2tap,
  },
  {
    name: "pcapplug",
    aka: ["vde_pcapplug"],
    summary: "a network interface of this machine, joined to a switch or to standard input and output",
    load: async () => (await import("./interface-plug.js")).pcapplug,
  },
  {
    name: "wire",
    aka: ["wirefilter"],
    summary: "a cable with faults: frames lost, late, doubled, damaged, queued",
    load: async () => (await import("./wire.js")).wire,
  },
  {
    name: "crypt",
    aka: ["vde_cryptcab"],
    summary: "encrypted cables over UDP between switches",
    load: async () => (await import("./crypt.js")).crypt,
  },
  {
    name: "term",
    aka: ["vdeterm"],
    summary: "a management console with editing, history and completion",
    load: async () => (await import("./term.js")).term,
  },
  {
    name: "rawterm",
    aka: ["unixterm"],
    summary: "standard input and output on a Unix socket",
    load: async () => (await import("./term.js")).rawterm,
  },
  {
    name: "ctl",
    aka: ["unixcmd", "vdecmd"],
    summary: "one command to a management console, for scripts",
    load: async () => (await import("./ctl.js")).ctl,
  },
  {
    name: "qemu",
    aka: ["vdeq", "vdeqemu", "vdekvm"],
    summary: "QEMU with its adapters on switches",
    load: async () => (await import("./vdeq.js")).vdeq,
  },
  {
    name: "slirp",
    aka: ["slirpvde"],
    summary: "a gateway: leads a network's guests outside, by this user's own connections",
    load: async () => (await import("./slirpvde.js")).slirpvde,
  },
  {
    name: "slirp6",
    aka: ["slirpvde6"],
    summary: "the same for both families, with IPv4 hosts for guests that have only IPv6",
    load: async () => (await import("./slirpvde6.js")).slirpvde6,
  },
];
