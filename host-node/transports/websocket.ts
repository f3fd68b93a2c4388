// A WebSocket to a switch or a relay as a link, from a tool or a program.

import type { IncomingMessage } from "node:http";
import { WebSocket } from "ws";
import { printable } from "../../host/console/text.js";
import { type ErrorCode, refuse, SwitchError } from "../../host/errors.js";
import type { Clock, Link } from "../../host/link.js";
import { openWebSocket } from "../../host/websocket/link.js";
import { nodeClock } from "../clock.js";
import type { Open } from "./open.js";

export interface DialOptions {
  /** A server that is silent is asked for a sign of life this often, and let go where it gave none since it was asked last. */
  readonly idleMs?: number;
  readonly clock?: Clock;
}

const HANDSHAKE_MS = 10_000;
const IDLE_MS = 15_000;
/** What a server of ours sends at most, and room for one of another kind. */
const OPTIONS = { handshakeTimeout: HANDSHAKE_MS, maxPayload: 1 << 17, perMessageDeflate: false };
const TEXT_MAX = 200;
const CODES: Readonly<Record<number, ErrorCode>> = {
  401: "EACCES",
  403: "EACCES",
  404: "ENOENT",
  429: "EAGAIN",
  503: "EAGAIN",
};

/** Opens links by a scheme, "ws" or "wss". */
export function openWebSocketBy(scheme: "ws" | "wss"): Open {
  return (rest) => dialWebSocket(`${scheme}://${rest}`);
}

/** Opens ws:// or wss://. ECONNREFUSED where nobody answers as a WebSocket, EINVAL where it is no URL. */
export async function dialWebSocket(url: string, options: DialOptions = {}): Promise<Link> {
  if (!URL.canParse(url) || new URL(url).host === "") refuse("EINVAL", `${url}: ws://HOST[:PORT]/PATH is wanted`);
  const { host, hash } = new URL(url);
  if (hash !== "") refuse("EINVAL", `${url}: a WebSocket's URL has no #`);
  const { idleMs = IDLE_MS, clock = nodeClock } = options;
  let reason: Error | undefined;
  const open = (protocols: readonly string[]) => {
    const socket = new WebSocket(url, [...protocols], OPTIONS);
    const end = (why: Error) => {
      reason = why;
      socket.terminate();
    };
    socket.on("unexpected-response", (_request, response) => void readRefusal(response).then(end));
    watch(socket, clock, idleMs, () => end(new SwitchError("ETIMEDOUT", `no sign of life for ${idleMs / 1000} s`)));
    return socket;
  };
  return await openWebSocket(`ws ${host}`, open, clock, () => reason);
}

/** Asks the other end whether it is there. One that vanished, and could not say so, would be waited for without an end. */
function watch(socket: WebSocket, clock: Clock, idleMs: number, onsilence: () => void): void {
  let isHeard = true;
  let callOff = () => {};
  const look = () => {
    if (!isHeard && !socket.isPaused) return onsilence();
    isHeard = false;
    socket.ping();
    callOff = clock.after(idleMs, look);
  };
  for (const sign of ["message", "ping", "pong"] as const)
    socket.on(sign, () => {
      isHeard = true;
    });
  socket.on("open", () => {
    callOff = clock.after(idleMs, look);
  });
  socket.on("close", () => callOff());
}

/** Why a server said no: the first line of what it says, and what people can do by the status. */
async function readRefusal(response: IncomingMessage): Promise<Error> {
  let text = "";
  response.setEncoding("utf8");
  const late = setTimeout(() => response.destroy(), HANDSHAKE_MS);
  try {
    for await (const piece of response) {
      text += piece;
      if (text.length > TEXT_MAX) break;
    }
  } catch {
    text = ""; // it was cut off: the status says enough
  }
  clearTimeout(late);
  const { statusCode = 0, statusMessage = "" } = response;
  const [line = ""] = printable(text.slice(0, TEXT_MAX).trim()).split("\\x0a");
  const code = CODES[statusCode] ?? "EPROTO";
  return new SwitchError(code, `the server says ${statusCode} ${statusMessage}${line === "" ? "" : `: ${line}`}`);
}
