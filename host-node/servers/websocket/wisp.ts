// Wisp: streams and datagrams of programs in pages, for whom there is a gateway (github.com/MercuryWorkshop/wisp-protocol).
// v86 speaks version 1 by `relay_url: "wisp://HOST/wisp/"`; who asks for version 2 by its subprotocol gets that. Where streams
// lead is the gateway's to allow.

import { type WebSocket, WebSocketServer } from "ws";
import type { GatewayBackend } from "../../../host/slirp/backend.js";
import type { Policy } from "../../../host/slirp/policy.js";
import { type Visitors, visitorsAlone } from "../../../host/slirp/visitors.js";
import { VERSION_2 } from "../../../host/wisp/info.js";
import { nodeClock } from "../../clock.js";
import { type Lookup, names } from "../../resources/names.js";
import { sessions as account } from "../../resources/process.js";
import { guard } from "../guard.js";
import type { UpgradeHandler } from "./options.js";
import { unknown } from "./peer.js";
import { WispSession } from "./wisp-session.js";

const MESSAGE_MAX = 1 << 16;
const SILENT_MS = 30_000;

export interface WispOptions {
  /** Of whose gateway clients are guests; without one they have a gateway's usual limits for themselves. */
  readonly visitors?: () => Visitors;
  readonly lookup?: Lookup;
}

/** What a WebSocket server with a gateway behind it has at `/wisp`. */
export function wisp(
  policy: Policy,
  backend: GatewayBackend & { close(): void },
  { visitors, lookup = names.lookup }: WispOptions = {},
): UpgradeHandler {
  const alone = visitorsAlone({}, nodeClock);
  const world = { policy, backend, lookup, visitors: visitors ?? (() => alone) };
  const sessions = new Map<WebSocket, WispSession>();
  const upgrades = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MESSAGE_MAX,
    handleProtocols: (protocols) => (protocols.has(VERSION_2) ? VERSION_2 : ([...protocols][0] ?? false)),
  });
  const timer = setInterval(() => {
    for (const [ws, session] of sessions)
      guard(
        ws,
        () => {},
        () => session.ask(),
      );
  }, SILENT_MS).unref();
  const handle: UpgradeHandler = (request, socket, head, { site, log } = unknown(request)) => {
    const lease = account.take("wisp", site);
    socket.once("close", () => lease.release());
    upgrades.handleUpgrade(request, socket, head, (ws) => {
      ws.on("close", () => sessions.delete(ws));
      guard(ws, log, () => {
        sessions.set(ws, new WispSession(ws, world, { site, log, isVersion2: ws.protocol === VERSION_2 }));
      });
    });
  };
  const close = () => {
    clearInterval(timer);
    for (const ws of sessions.keys()) ws.terminate();
    backend.close();
  };
  return Object.assign(handle, { close });
}
