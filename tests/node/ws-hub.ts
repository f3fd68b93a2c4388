// A relay of another make, in a few lines: what one client sends, all others get, as it came. It knows no subprotocol.

import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import type { Lab } from "../interop/lab.js";

interface HubOptions {
  /** As silent as one that vanished. */
  readonly isSilent?: boolean;
  /** Hears of each ping when it was answered, where it is. */
  readonly onping?: (from: WebSocket) => void;
}

/** Starts one. Returns its URL. */
export async function startHub(lab: Lab, { isSilent = false, onping = () => {} }: HubOptions = {}): Promise<string> {
  const hub = new WebSocketServer({ host: "127.0.0.1", port: 0, handleProtocols: () => false, autoPong: !isSilent });
  hub.on("connection", (one) => {
    one.on("ping", () => onping(one));
    one.on("message", (message) => {
      for (const other of hub.clients) if (other !== one) other.send(message);
    });
  });
  await once(hub, "listening");
  lab.later(() => {
    for (const one of hub.clients) one.terminate();
    return new Promise<void>((done) => hub.close(() => done()));
  });
  return `ws://127.0.0.1:${(hub.address() as AddressInfo).port}/`;
}
