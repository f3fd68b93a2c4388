// The demo's command line: `npm run demo -- --port 8086`.

import { end } from "../../host-node/cli/ending.js";
import { startTool } from "../../host-node/cli/start.js";
import { tool } from "../../host-node/cli/tool.js";
import { networkInterface, path, whole } from "../../host-node/cli/values.js";
import { DEFAULTS, runDemo } from "./run.js";

export const demo = tool({
  name: "demo",
  aka: [],
  summary: "A page with two guests and a switch, on a switch of this computer.",
  operands: "",
  options: {
    port: {
      short: "p",
      value: whole("N", "the port", 0, 65_535),
      default: String(DEFAULTS.port),
      help: "serve the page on this port of 127.0.0.1",
    },
    sock: { short: "s", value: path, default: DEFAULTS.sock, help: "the directory where plugs connect" },
    tap: { short: "t", value: networkInterface, many: true, help: "plug in a tap interface, made where there is none" },
  },
  run: runDemo,
});

end(await startTool(demo, "npm run demo --", process.argv.slice(2)));
