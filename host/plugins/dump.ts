// VDE's plugin dump: every frame that comes in or goes out, in hexadecimal, to whoever has asked for it with debug/add.

import type { Capture } from "../captures.js";
import { command, type Menu } from "../console/command.js";
import { flag } from "../console/kinds.js";
import type { Plugin, PluginContext } from "../plugin.js";
import { packetText } from "./packet-text.js";

const IN = "dump/packetin";
const OUT = "dump/packetout";

/** Watches frames while it is active and somebody listens, and only then: each costs a copy. */
class Dump {
  readonly #context: PluginContext;
  #isActive = false;
  #stop: (() => void) | undefined;

  constructor(context: PluginContext) {
    this.#context = context;
  }

  set active(on: boolean) {
    this.#isActive = on;
    this.update();
  }

  update(): void {
    const wanted = this.#isActive && (this.#context.watched(IN) || this.#context.watched(OUT));
    if (wanted === (this.#stop !== undefined)) return;
    this.#stop?.();
    this.#stop = wanted ? this.#context.tap((capture) => this.#show(capture)) : undefined;
  }

  #show(capture: Capture): void {
    this.#context.emit(capture.outgoing ? OUT : IN, () => packetText(capture));
  }
}

const menu: Menu<Dump> = {
  name: "dump",
  title: "DUMP Packets",
  commands: [
    command("dump/active", [flag()], "start dumping data", (dump, on) => {
      dump.active = on;
    }),
  ],
};

const plugin: Plugin = {
  name: "dump",
  help: "dump packets",
  start(context) {
    const dump = new Dump(context);
    const onwatch = () => dump.update();
    context.category({ path: IN, tag: 0o101, help: "dump incoming packet", onwatch });
    context.category({ path: OUT, tag: 0o102, help: "dump outgoing packet", onwatch });
    context.menu(menu, dump);
  },
};

export default plugin;
