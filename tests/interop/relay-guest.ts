// A program of its own: v86 with a relay_url, as a page would have it, and a script of iPXE. It prints the screen as it
// changes, and runs until it is ended. An adapter of v86 that is destroyed goes on to reconnect, so it is not kept here.
//
//   node relay-guest.js URL virtio|ne2k SCRIPT

import { WebSocket } from "ws";
import { bootIpxe, screen } from "../../guests/node.js";

const [relay_url = "", type = "virtio", script = ""] = process.argv.slice(2);
const LOOK_MS = 100;

Object.assign(globalThis, { WebSocket }); // Node 20 has none of its own, and v86 asks for no other
const emulator = bootIpxe(script, { type: type as "virtio" | "ne2k", relay_url });
let shown = "";

emulator.add_listener("emulator-ready", () => {
  setInterval(() => {
    const text = screen(emulator);
    if (text === shown) return;
    shown = text;
    process.stdout.write(`${text}\n\n`);
  }, LOOK_MS);
});
