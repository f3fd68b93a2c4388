// Every server of a switch with a gateway, one after the other: how it is reached, how a request to it begins, and how somebody
// who means well is served by it.

import { createSocket } from "node:dgram";
import { writeFileSync } from "node:fs";
import { request } from "node:http";
import { createConnection, type Socket } from "node:net";
import { join } from "node:path";
import { WebSocket } from "ws";
import { tryPlug } from "../chaos/place.js";
import { freePort } from "../free-port.js";
import { until } from "../interop/wait.js";
import { Limited, type Limits } from "./limited.js";

export const TOKEN = "0123456789abcdef0123";
const WAIT_MS = 10_000;

export interface Bench {
  readonly program: Limited;
  readonly folder: string;
  readonly mgmt: string;
  readonly sock: string;
  readonly ws: number;
  readonly api: number;
  readonly forward: number;
  readonly crypt: number;
}

export interface ServerCase {
  readonly name: string;
  /** Where a stranger connects; nowhere for datagrams. */
  readonly connect?: (bench: Bench) => Socket;
  /** Whether it keeps a connection for a while after its peer is gone: a guest that is not there is asked for a minute. */
  readonly keeps?: true;
  /** The first half of a request. */
  readonly half: Buffer;
  /** Whether who means well is served. */
  readonly serves: (bench: Bench) => Promise<boolean>;
}

/** Starts a switch with all of them. */
export async function startAll(folder: string, limits: Limits = {}): Promise<Bench> {
  const [ws, api, forward, crypt] = [await freePort(), await freePort(), await freePort(), await freePort()];
  const [mgmt, sock, tokens] = [join(folder, "mgmt"), join(folder, "sw"), join(folder, "tokens")];
  writeFileSync(tokens, `token ${TOKEN}\n`, { mode: 0o600 });
  const words = ["--nostdin", "--sock", sock, "--mgmt", mgmt, "--ws", String(ws), "--api", String(api)];
  const slirp = `--slirp=tcpfwd=127.0.0.1:${forward}:10.0.2.15:80`;
  const program = new Limited(["switch", ...words, "--api-token-file", tokens, slirp], limits);
  const bench = { program, folder, mgmt, sock, ws, api, forward, crypt };
  await program.has(mgmt);
  await until("all of them serve", async () => (await ask(bench, "showinfo")).includes("1000") && (await isApi(bench)));
  return bench;
}

/** What a console answers; nothing where it hangs up. */
export async function ask({ mgmt }: Bench, ...commands: readonly string[]): Promise<string> {
  const socket = createConnection(mgmt).setEncoding("utf8");
  socket.on("error", () => {});
  let heard = "";
  socket.on("data", (text: string) => {
    if (heard === "") socket.end(`${commands.join("\n")}\n`);
    heard += text;
  });
  await closed(socket);
  return heard;
}

async function closed(socket: Socket): Promise<void> {
  const timer = setTimeout(() => socket.destroy(), WAIT_MS);
  if (!socket.closed) await new Promise((done) => socket.once("close", done)); // events.once() would throw its errors
  clearTimeout(timer);
}

async function isApi({ api }: Bench): Promise<boolean> {
  return await new Promise((done) => {
    const headers = { authorization: `Bearer ${TOKEN}` };
    request({ host: "127.0.0.1", port: api, path: "/gateways", headers, agent: false }, (response) => {
      response
        .resume()
        .on("end", () => done(response.statusCode === 200))
        .on("error", () => done(false));
    })
      .on("error", () => done(false))
      .setTimeout(WAIT_MS, () => done(false))
      .end();
  });
}

/** Whether a WebSocket opens, and says something of what it is to say. */
async function opens({ ws: port }: Bench, path: string, hears: boolean): Promise<boolean> {
  const ws = new WebSocket(`ws://127.0.0.1:${port}/${path}`);
  const outcome = await new Promise<boolean>((done) => {
    ws.on("error", () => done(false));
    ws.on(hears ? "message" : "open", () => done(true));
    setTimeout(() => done(false), WAIT_MS).unref();
  });
  ws.terminate();
  return outcome;
}

/** Whether a plug is given a port. */
async function isPlugged({ folder, sock }: Bench): Promise<boolean> {
  const plug = await tryPlug(folder, sock);
  plug?.close();
  return plug !== undefined;
}

const tcp = (port: (bench: Bench) => number) => (bench: Bench) => createConnection(port(bench), "127.0.0.1");
const upgrade = (path: string) => Buffer.from(`GET /${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: webso`);

export const SERVERS: readonly ServerCase[] = [
  {
    name: "console",
    connect: ({ mgmt }) => createConnection(mgmt),
    half: Buffer.from("hash/pr"),
    serves: async (bench) => (await ask(bench, "showinfo")).includes("1000 Success"),
  },
  {
    name: "control socket",
    connect: ({ sock }) => createConnection(join(sock, "ctl")),
    half: Buffer.from([0xce, 0xfa, 0xed, 0xfe, 3, 0]),
    serves: isPlugged,
  },
  { name: "WebSocket", connect: tcp(({ ws }) => ws), half: upgrade(""), serves: (bench) => opens(bench, "", false) },
  {
    name: "Wisp",
    connect: tcp(({ ws }) => ws),
    half: upgrade("wisp/"),
    serves: (bench) => opens(bench, "wisp/", true),
  },
  {
    name: "signalling",
    connect: tcp(({ ws }) => ws),
    half: upgrade("signal"),
    serves: (bench) => opens(bench, "signal", false),
  },
  {
    name: "JSON over HTTP",
    connect: tcp(({ api }) => api),
    half: Buffer.from("POST /gateways/0/forwards HTTP/1.1\r\nContent-Le"),
    serves: isApi,
  },
  {
    name: "a forward of the gateway",
    keeps: true,
    connect: tcp(({ forward }) => forward),
    half: Buffer.from("GET / HT"),
    serves: async ({ forward }) => {
      const socket = createConnection(forward, "127.0.0.1");
      const isThere = await new Promise<boolean>((done) => {
        socket.on("connect", () => done(true)).on("error", () => done(false));
      });
      socket.destroy();
      return isThere;
    },
  },
];

/** Datagrams of all lengths, with nothing in them that means something. */
export async function sprayed(port: number, count: number): Promise<void> {
  const socket = createSocket("udp4");
  for (let i = 0; i < count; i++)
    await new Promise((sent) => socket.send(Buffer.alloc(i % 1_400, i), port, "127.0.0.1", sent));
  socket.close();
}
