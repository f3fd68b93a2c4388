// A WebSocket to a switch or a relay as a link, from a tool or a program.

import { WebSocket } from "ws";
import { refuse } from "../../host/errors.js";
import type { Link } from "../../host/link.js";
import { openWebSocket } from "../../host/websocket/link.js";
import type { Open } from "./open.js";

const HANDSHAKE_MS = 10_000;
/** What a server of ours sends at most, and room for one of another kind. */
const MESSAGE_MAX = 1 << 17;

/** Opens links by a scheme, "ws" or "wss". */
export function openWebSocketBy(scheme: "ws" | "wss"): Open {
  return (rest) => dialWebSocket(`${scheme}://${rest}`);
}

/** Opens ws:// or wss://. ECONNREFUSED where nobody answers as a WebSocket, EINVAL where it is no URL. */
export async function dialWebSocket(url: string): Promise<Link> {
  if (!URL.canParse(url) || new URL(url).host === "") refuse("EINVAL", `${url}: ws://HOST[:PORT]/PATH is wanted`);
  const { host, hash } = new URL(url);
  if (hash !== "") refuse("EINVAL", `${url}: a WebSocket's URL has no #`);
  const options = { handshakeTimeout: HANDSHAKE_MS, maxPayload: MESSAGE_MAX, perMessageDeflate: false };
  return await openWebSocket(`ws ${host}`, (protocols) => new WebSocket(url, [...protocols], options));
}
