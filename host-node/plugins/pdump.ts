// VDE's plugin pdump: the frames that come in and go out, into a pcap file.

import { command, listing, type Menu } from "../../host/console/command.js";
import { flag, rest } from "../../host/console/kinds.js";
import type { Plugin } from "../../host/plugin.js";
import type { CaptureSink } from "./capture-file.js";
import { openAnew } from "./own-file.js";
import { FILENAME, IN, OUT, Pdump } from "./pdump-capture.js";

const menu: Menu<Pdump> = {
  name: "pdump",
  title: "DUMP Packets to file",
  commands: [
    listing("pdump/active", [flag()], "start dumping data", async function* (pdump, on) {
      if (on) return pdump.start();
      const lost = await pdump.stop();
      if (lost > 0) yield `${lost} frames are missing, see pdump/showinfo`;
    }),
    listing(
      "pdump/filename",
      [rest("<file>")],
      `set/show output filename (default: ${FILENAME})`,
      function* (pdump, name) {
        if (name !== "") pdump.filename = name;
        yield `dumpfile=${pdump.filename}`;
      },
    ),
    command("pdump/buffered", [flag()], "set buffered/unbuffered dump", (pdump, on) => pdump.setBuffered(on)),
    listing("pdump/showinfo", [], "show what was dumped and what is missing", (pdump) => pdump.show()),
  ],
};

/** The plugin over files that `open` opens. */
export function pdumpTo(open: (path: string) => CaptureSink): Plugin {
  return {
    name: "pdump",
    help: "dump packets to file, in pcap format",
    start(context) {
      const pdump = new Pdump(context, open);
      context.onstop(() => pdump.close());
      context.category({ path: IN, tag: 0o101, help: "dump incoming packet to file" });
      context.category({ path: OUT, tag: 0o102, help: "dump outgoing packet to file" });
      context.menu(menu, pdump);
    },
  };
}

export default pdumpTo(openAnew);
