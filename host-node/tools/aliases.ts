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
];
