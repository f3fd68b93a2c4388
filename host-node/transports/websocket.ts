// A WebSocket to a switch or a relay as a link, from a tool or a program.

import type { IncomingMessage } from "node:http";
import { WebSocket } from "ws";
import { printable } from "../../host/console/text.js";
import { type ErrorCode, refuse, SwitchError } from "../../host/errors.js";
import type { Clock, Link } from "../../host/link.js";
import { openWebSocket } from "../../host/websocket/link.js";
import { nodeClock } from "../clock.js";
import { readPrivate } from "../private-file.js";
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
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_(VERIFY|GET|DECRYPT|DECODE)|^HOSTNAME_MISMATCH|^INVALID_(CA|PURPOSE)/;
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

/**
 * Opens ws:// or wss://. ECONNREFUSED where nobody answers as a WebSocket, EINVAL where it is no URL, EPROTO where its
 * certificate is not good.
 */
export async function dialWebSocket(text: string, options: DialOptions = {}): Promise<Link> {
  if (!URL.canParse(text) || new URL(text).host === "") refuse("EINVAL", `${text}: ws://HOST[:PORT]/PATH is wanted`);
  const { host, hash } = new URL(text);
  if (hash !== "") refuse("EINVAL", `${text}: a WebSocket's URL has no #`);
  const url = withToken(text);
  const { idleMs = IDLE_MS, clock = nodeClock } = options;
  let reason: Error | undefined;
  const open = (protocols: readonly string[]) => {
    const socket = new WebSocket(url, [...protocols], OPTIONS);
    const end = (why: Error) => {
      reason = why;
      socket.terminate();
    };
    socket.on("unexpected-response", (_request, response) => void readRefusal(response).then(end));
    socket.on("error", (error) => {
      reason ??= tlsFault(error);
    });
    watch(socket, clock, idleMs, () => end(new SwitchError("ETIMEDOUT", `no sign of life for ${idleMs / 1000} s`)));
    return socket;
  };
  return await openWebSocket(`ws ${host}`, open, clock, () => reason);
}

/**
 * The URL with the token that `token-file=` or `token-env=` names: words of a command line are everybody's to read. It is read
 * anew whenever the link is opened, and so may be another by then.
 */
function withToken(text: string): URL {
  const url = new URL(text);
  const { searchParams: query } = url;
  const [file, variable] = [query.get("token-file"), query.get("token-env")];
  if (file === null && variable === null) return url;
  if ([query.get("token"), file, variable].filter((given) => given !== null).length > 1)
    refuse("EINVAL", "one of token=, token-file= and token-env= is wanted");
  query.delete("token-file");
  query.delete("token-env");
  query.set("token", file === null ? tokenIn(variable!) : tokenOf(file));
  return url;
}

function tokenIn(variable: string): string {
  const token = process.env[variable]?.trim();
  return token ? token : refuse("EINVAL", `token-env: there is no token in the environment's ${variable}`);
}

/** The first line of a file that has anything in it. */
function tokenOf(path: string): string {
  const [line] = readPrivate(path)
    .split("\n")
    .filter((each) => each.trim() !== "");
  return line?.trim() ?? refuse("EINVAL", `token-file: ${path} is empty`);
}

/** What is wrong with a server's certificate or its TLS, in words; undefined where it is something else. */
function tlsFault(error: Error): Error | undefined {
  const { code = "" } = error as NodeJS.ErrnoException;
  if (/^ERR_SSL_WRONG_VERSION_NUMBER|^EPROTO/.test(code))
    return new SwitchError("EPROTO", "the server speaks no TLS there: ws:// is without");
  if (!CERTIFICATE.test(code)) return undefined;
  const isOwn = /SELF_SIGNED|UNABLE_TO/.test(code);
  const advice = isOwn ? ": NODE_EXTRA_CA_CERTS=FILE names an authority of your own" : "";
  return new SwitchError("EPROTO", `the server's certificate is not good: ${error.message}${advice}`);
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
