// A WebSocket to a switch or a relay as a link: a cable from this page to the world.

import type { Clock, Link } from "../../host/link.js";
import { reconnecting } from "../../host/reconnect.js";
import { openWebSocket } from "../../host/websocket/link.js";
import { browserClock } from "../clock.js";

export interface WebSocketOptions {
  /** Opens it again when it is cut off. It is closed for good where another takes its place, and where it is not let in. */
  readonly reconnect?: { readonly clock?: Clock; readonly ontold?: (isUp: boolean, reason?: Error) => void };
}

/** Opens ws:// or wss://. The token of a room stands in the query, since a page can send it nowhere else. */
export function dialWebSocket(url: string, { reconnect }: WebSocketOptions = {}): Promise<Link> {
  const name = `ws ${new URL(url).host}`;
  const dial = () => openWebSocket(name, (protocols) => new WebSocket(url, [...protocols]), browserClock);
  return reconnect === undefined
    ? dial()
    : reconnecting(dial, { clock: browserClock, ...reconnect, chance: Math.random });
}
