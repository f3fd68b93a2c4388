// A program that serves a directory until it is ended, for tests that kill it or leave it few descriptors.

import { Switch } from "../../host/switch.js";
import { openDataPlane } from "../../host-node/dataplane/engine.js";
import { serveVde } from "../../host-node/servers/vde.js";

const [, , dir = ""] = process.argv;
const sw = new Switch(await openDataPlane(), { mac: Uint8Array.of(2, 0, 0, 0, 0xee, 0), ports: 100 });
const server = await serveVde(sw, { dir, log: (text) => console.error(text) });
process.once("SIGTERM", () => void server.close().then(() => sw.close()));
console.log(`serves ${server.dir}`);
