// Wisp: streams and datagrams of programs in pages, for whom there is a gateway (github.com/MercuryWorkshop/wisp-protocol).
// v86 speaks version 1 by `relay_url: "wisp://HOST/wisp/"`; who asks for version 2 by its subprotocol gets that. Where streams
// lead is the gateway's to allow.

import { type WebSocket, WebSocketServer } from "ws";
import type { GatewayBackend } from "../../../host/slirp/backend.js";
import type { Policy } from "../../../host/slirp/policy.js";
import { VERSION_2 } from "../../../host/wisp/info.js";
import type { UpgradeHandler } from "./options.js";
import { WispSession } from "./wisp-session.js";

const MESSAGE_MAX = 1 << 16;
const SILENT_MS = 30_000;

/** What a WebSocket server with a gateway behind it has at `/wisp`. */
export function wisp(policy: Policy, backend: GatewayBackend & { close(): void }): UpgradeHandler {
  const sessions = new Map<WebSocket, WispSession>();
  const upgrades = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MESSAGE_MAX,
    handleProtocols: (protocols) => (protocols.has(VERSION_2) ? VERSION_2 : ([...protocols][0] ?? false)),
  });
  const timer = setInterval(() => {
    for (const session of sessions.values()) session.ask();
  }, SILENT_MS).unref();
  const handle: UpgradeHandler = (request, socket, head) => {
    upgrades.handleUpgrade(request, socket, head, (ws) => {
      sessions.set(ws, new WispSession(ws, { policy, backend }, ws.protocol === VERSION_2));
      ws.on("close", () => sessions.delete(ws));
    });
  };
  const close = () => {
    clearInterval(timer);
    for (const ws of sessions.keys()) ws.terminate();
    backend.close();
  };
  return Object.assign(handle, { close });
}
