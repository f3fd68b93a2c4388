// JSON over HTTP for programs that manage gateways: on a Unix socket, whose permissions say who may come, or on a port of
// this machine's loopback, with a token. Pages are kept out: they cannot name the content type that is wanted, know no
// token, and say where they come from; and a stranger's name that was made to lead here is no name of this machine.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Gateways } from "../../../host/console/slirp.js";
import { type Answer, answer } from "../../../host/slirp/api.js";
import { descriptorLimit } from "../../native/file.js";
import { reserveOf } from "../../resources/descriptors.js";
import { listenAt } from "../listen-at.js";
import { limitSilence } from "../silence.js";
import { removeFile } from "../socket-file.js";
import { Guesses } from "../websocket/guesses.js";
import { listening, urlOf } from "../websocket/listen.js";
import { isOwnName } from "../websocket/origin.js";
import { siteOf } from "../websocket/peer.js";
import type { Tokens } from "../websocket/tokens.js";

export interface ApiOptions {
  readonly gateways: Gateways;
  readonly at: { readonly path: string; readonly mode?: number } | { readonly host: string; readonly port: number };
  /** Who may come in; nobody is asked on a Unix socket without them. */
  readonly tokens?: Tokens | undefined;
  readonly log: (text: string) => void;
}

export interface ApiServer {
  /** Where it is served. */
  readonly url: string;
  close(): Promise<void>;
}

const BODY_MAX = 16_384;
const CONNECTIONS_MAX = 128;
/** Connections without a request yet may take half of the operators' reserve. All users of this machine share one address. */
const SILENT_MAX = Math.min(32, Math.ceil(reserveOf(descriptorLimit()) / 2));
const SILENCE = { perOwner: Math.ceil(SILENT_MAX / 2), inAll: SILENT_MAX, deadlineMs: 3_000 };
const TIMES = {
  headersTimeout: 3_000,
  requestTimeout: 10_000,
  connectionsCheckingInterval: 1_000,
  keepAliveTimeout: 5_000,
};
const JSON_TYPE = /^application\/json\s*(;|$)/i;

/** Serves until it is closed. Throws where it cannot: a path or a port that is taken. */
export async function serveApi(options: ApiOptions): Promise<ApiServer> {
  const guesses = new Guesses();
  const server = createServer({ ...TIMES, maxHeaderSize: 8_192 }, (request, response) => {
    reply(options, guesses, request, response).catch((error: Error) => {
      options.log(`api: ${error.stack ?? error.message}`);
      send(response, { status: 500, body: { error: "it broke; the log says how" } });
    });
  });
  server.maxConnections = CONNECTIONS_MAX;
  limitSilence(server, "api", SILENCE);
  server.on("upgrade", refuseUpgrade);
  const { at } = options;
  const { url, release } = await ("path" in at ? onSocket(server, at) : onPort(server, at));
  return {
    url,
    async close() {
      release();
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function onSocket(server: Server, at: { path: string; mode?: number }) {
  const file = await listenAt(server, at, `another program serves ${at.path}`);
  server.on("error", () => {}); // one that could not be accepted
  return { url: `http+unix:${at.path}`, release: () => removeFile(file) };
}

async function onPort(server: Server, { host, port }: { host: string; port: number }) {
  await listening(server, host, port);
  server.on("error", () => {}); // one that could not be accepted
  return { url: urlOf(server, false).replace("ws", "http"), release: () => {} };
}

async function reply(
  options: ApiOptions,
  guesses: Guesses,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const refused = refusal(options, guesses, request);
  if (refused !== undefined) {
    request.resume();
    response.setHeader("Connection", "close");
    if (refused.retryS !== undefined) response.setHeader("Retry-After", refused.retryS);
    return send(response, refused);
  }
  const body = await bodyOf(request).catch(() => undefined); // or it was broken off, and nobody hears the answer
  if (body === undefined) {
    response.setHeader("Connection", "close");
    return send(response, { status: 413, body: { error: `a request has at most ${BODY_MAX} octets` } });
  }
  let value: unknown;
  try {
    value = body === "" ? undefined : JSON.parse(body);
  } catch {
    return send(response, { status: 400, body: { error: "that is no JSON" } });
  }
  const [path = "/"] = (request.url ?? "/").split("?");
  send(response, await answer(options.gateways, request.method ?? "", path, value));
}

/** Node detaches a connection that asks for an upgrade from its HTTP parser and timeouts, so it must be closed here. */
function refuseUpgrade(_request: IncomingMessage, socket: Duplex): void {
  socket.on("error", () => {}); // "close" comes after it
  socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", () => socket.destroy());
}

type Refused = Answer & { readonly retryS?: number };

/** Why a request goes no further. A token that is right is never told to wait for those that are wrong. */
function refusal({ at, tokens }: ApiOptions, guesses: Guesses, request: IncomingMessage): Refused | undefined {
  const { headers, method = "", socket } = request;
  const { origin, host = "", authorization = "" } = headers;
  const no = (status: number, error: string): Refused => ({ status, body: { error } });
  if (origin !== undefined || "sec-fetch-site" in headers) return no(403, "this is not for pages");
  if (!("path" in at) && !isOwnName(host.replace(/:\d+$/, ""))) return no(403, `${host} is no name of this machine`);
  const token = /^Bearer (\S+)$/i.exec(authorization)?.[1] ?? "";
  if (tokens !== undefined && tokens.holder(token, "", Date.now()) === undefined) {
    const waitMs = token === "" ? 0 : guesses.count(siteOf(socket.remoteAddress ?? ""), performance.now());
    if (waitMs > 0) return { ...no(429, "too many wrong tokens from this address"), retryS: Math.ceil(waitMs / 1000) };
    return no(401, "a token is wanted: Authorization: Bearer TOKEN");
  }
  const changes = method !== "GET" && method !== "DELETE";
  if (changes && !JSON_TYPE.test(headers["content-type"] ?? "")) return no(415, "Content-Type is application/json");
  return undefined;
}

/** Undefined where it is too long: no more than that is ever kept. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > BODY_MAX) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

function send(response: ServerResponse, { status, body }: Answer): void {
  if (response.headersSent || response.destroyed) return;
  const text = body === undefined ? "" : `${JSON.stringify(body)}\n`;
  const type = body === undefined ? {} : { "Content-Type": "application/json" };
  response.writeHead(status, { ...type, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff" });
  response.end(text);
}
