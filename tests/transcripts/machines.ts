// What some transcripts need of the machine: scripts that they load, and a plugin.

import type { Plugin, PluginContext } from "../../host/plugin.js";
import { command } from "../../host/console/command.js";
import { flag } from "../../host/console/kinds.js";
import { refuse } from "../../host/errors.js";
import type { Capture } from "../../host/captures.js";
import type { Machine } from "../host/console-bench.js";

/** Does what VDE's dump does, to show that what a plugin adds comes and goes. */
function standIn(): Plugin {
  let stop: (() => void) | undefined;
  const show =
    (context: PluginContext) =>
    ({ port, outgoing, frame }: Capture) => {
      const octets = Array.from(frame, (octet) => `${octet.toString(16).padStart(2, "0")} `).join("");
      const size = String(frame.length).padStart(4, "0");
      context.emit(
        `dump/packet${outgoing ? "out" : "in"}`,
        `Pkt: Port ${String(port).padStart(4, "0")} len=${size} ${octets}`,
      );
    };
  return {
    name: "dump",
    help: "dump packets",
    start(context) {
      context.category({ path: "dump/packetin", tag: 0o101, help: "dump incoming packet" });
      context.category({ path: "dump/packetout", tag: 0o102, help: "dump outgoing packet" });
      const active = command("dump/active", [flag()], "start dumping data", (_: unknown, on) => {
        stop?.();
        stop = on ? context.tap(show(context)) : undefined;
      });
      context.menu({ name: "dump", title: "DUMP Packets", commands: [active] }, undefined);
    },
  };
}

const dump = standIn();

const outer = "# nested 1\nport/create 11\nload /run/vde/n2.rc\nshowinfo\n";

const scripts: Readonly<Record<string, string>> = {
  "/run/vde/n1.rc": outer,
  "n1.rc": outer,
  "/run/vde/n2.rc": "port/create 12\nlogout\nbogus\n\n   # indented comment\nport/create 12",
};

/** By the name of the transcript. */
export const machines: Readonly<Record<string, Machine>> = {
  plugins: {
    system: {
      async importPlugin(name) {
        if (/^(.*\/)?dump(\.so)?$/.test(name)) return dump;
        return name.startsWith("libc") ? refuse("EINVAL", `${name} is no plugin`) : refuse("ENOENT", name);
      },
    },
  },
  load: {
    system: {
      readScript: (path) => scripts[path] ?? refuse(path === "/tmp" ? "EISDIR" : "ENOENT", path),
    },
  },
};
