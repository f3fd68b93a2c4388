// How a client gets the keys of a server by ssh: it runs `loom crypt --handover` there, which speaks to the server on a Unix
// socket in the user's own folder. One line goes there and one comes back; nothing is ever written to a file.

import { chmodSync, lstatSync } from "node:fs";
import { createConnection, createServer, type Socket } from "node:net";
import { homedir } from "node:os";
import { join } from "node:path";
import { refuse } from "../../host/errors.js";
import { makeFolder } from "../new-file.js";
import { reason } from "../reason.js";
import { listenAt } from "../servers/listen-at.js";
import { removeFile } from "../servers/socket-file.js";
import type { ServerKeys } from "./initiator.js";
import { KEY_SIZE } from "./primitives.js";
import type { ServerSecrets } from "./secrets.js";

/** What a line begins with: who speaks, and which version. */
const GREETING = "etherloom-cable-1";
/** No line is longer, and none is waited for longer. */
const LINE_MAX = 256;
const DEADLINE_MS = 10_000;
/** Where ssh may have to ask a person first. Without an end, one ssh that hangs would keep all later ones from being tried. */
const PERSON_MS = 300_000;
const CONNECTIONS_MAX = 16;
const PATH_MAX = 107;

/** The socket of the server of a UDP port, in a folder that nobody else can look into. */
function endpoint(port: number): string {
  const own = join(homedir(), ".vde2/crypt");
  makeFolder(own);
  const { uid, mode } = lstatSync(own);
  if (uid !== process.geteuid?.()) refuse("EACCES", `${own} belongs to another user`);
  if ((mode & 0o077) !== 0) chmodSync(own, 0o700);
  const path = join(own, String(port));
  if (Buffer.byteLength(path) > PATH_MAX) refuse("EINVAL", `${path}: a socket's name has at most ${PATH_MAX} octets`);
  return path;
}

/** Hands keys over to whoever can reach the socket. Returns what ends that. */
export async function serveHandover(port: number, secrets: ServerSecrets): Promise<() => void> {
  const path = endpoint(port);
  const server = createServer((socket) => void hand(socket, secrets));
  server.maxConnections = CONNECTIONS_MAX;
  const file = await listenAt(server, { path }, `another server has ${path}; --port N takes another port`);
  server.on("error", () => {}); // one that could not be accepted
  return () => {
    removeFile(file);
    server.close();
  };
}

async function hand(socket: Socket, { own, pskOf }: ServerSecrets): Promise<void> {
  try {
    const [clientKey] = words(await lineOf(socket), 1);
    socket.end(`${line(own.publicKey, pskOf(clientKey!))}\n`);
    socket.setTimeout(DEADLINE_MS, () => socket.destroy()); // and does not stay
  } catch {
    socket.destroy(); // whoever that was
  }
}

/** Asks a server on this machine for the keys of a client, between standard input and output. */
export async function relayHandover(port: number, from: NodeJS.ReadableStream, stop: AbortSignal): Promise<string> {
  const [clientKey] = words(await lineOf(from, { stop }), 1);
  const path = endpoint(port);
  const socket = createConnection(path);
  socket.on("connect", () => socket.write(`${line(clientKey!)}\n`));
  try {
    return `${line(...words(await lineOf(socket, { stop }), 2))}\n`;
  } catch (error) {
    stop.throwIfAborted();
    const why = (error as NodeJS.ErrnoException).errno === undefined ? (error as Error).message : reason(error, path);
    return refuse("ENOENT", `no server of this user on UDP port ${port} hands keys over (${why})`);
  } finally {
    socket.destroy();
  }
}

/** What a client says. */
export function question(publicKey: Uint8Array): string {
  return `${line(publicKey)}\n`;
}

/** What it is told. Throws where it is not what a server says. */
export async function answer(stream: NodeJS.ReadableStream): Promise<ServerKeys> {
  const [publicKey, psk] = words(await lineOf(stream, { limitMs: PERSON_MS }), 2);
  return { publicKey: publicKey!, psk: psk! };
}

function line(...keys: readonly Uint8Array[]): string {
  return [GREETING, ...keys.map((key) => Buffer.from(key).toString("base64"))].join(" ");
}

/** So many keys, and nothing else. */
function words(text: string, count: number): Uint8Array[] {
  const [greeting, ...rest] = text.split(" ");
  const keys = rest.map((word) => (/^[A-Za-z0-9+/]{43}=$/.test(word) ? Buffer.from(word, "base64") : Buffer.alloc(0)));
  const isRight = greeting === GREETING && keys.length === count && keys.every(({ length }) => length === KEY_SIZE);
  return isRight ? keys : refuse("EPROTO", "what came is no handover of keys");
}

interface LineOptions {
  readonly limitMs?: number;
  /** Fires when it is not wanted any more. */
  readonly stop?: AbortSignal;
}

/** The first line of a stream. Throws where it is too long, or does not come. */
function lineOf(stream: NodeJS.ReadableStream, { limitMs = DEADLINE_MS, stop }: LineOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    stop?.addEventListener("abort", () => fail(stop.reason as Error), { once: true });
    const fail = (error: Error) => {
      clearTimeout(timer);
      stream.off("data", hear);
      reject(error);
    };
    const late = () => fail(new Error(`nothing came within ${limitMs / 1_000} s`));
    const timer = setTimeout(late, limitMs);
    stream.on("error", fail);
    stream.on("end", () => fail(new Error("it ended without a word")));
    const hear = (octets: Buffer | string) => {
      text += octets.toString("latin1" as BufferEncoding);
      const end = text.indexOf("\n");
      if (end < 0 && text.length <= LINE_MAX) return;
      clearTimeout(timer);
      stream.off("data", hear);
      if (end < 0 || end > LINE_MAX) reject(new Error("what came is no handover of keys"));
      else resolve(text.slice(0, end).trimEnd());
    };
    stream.on("data", hear);
  });
}
