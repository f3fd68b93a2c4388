// What some transcripts need of the machine: scripts that they load, and the plugins that come with us.

import { refuse } from "../../host/errors.js";
import { importPlugin } from "../../host-node/plugins.js";
import type { Machine } from "../host/console-bench.js";

const outer = "# nested 1\nport/create 11\nload /run/vde/n2.rc\nshowinfo\n";

const scripts: Readonly<Record<string, string>> = {
  "/run/vde/n1.rc": outer,
  "n1.rc": outer,
  "/run/vde/n2.rc": "port/create 12\nlogout\nbogus\n\n   # indented comment\nport/create 12",
};

/** By the name of the transcript. */
export const machines: Readonly<Record<string, Machine>> = {
  plugins: { system: { importPlugin: (name) => importPlugin(name) } },
  load: {
    system: {
      readScript: (path) => scripts[path] ?? refuse(path === "/tmp" ? "EISDIR" : "ENOENT", path),
    },
  },
};
