// The two ends of connections through a gateway.
//
//    node gateway-load.js serve PORT             the world: answers what it is asked for, and says when it is ready
//    node gateway-load.js connect HOST PORT N    the guest: N connections one after the other, and N sixteen at a time

import { connect, createServer, type Socket } from "node:net";
import { quantile } from "./results.js";

/** What a guest asks for with the first octet it sends. */
export const ECHO = "e";
export const FLOOD = "f";
const CHUNK = Buffer.alloc(1 << 18, 7);
const AT_ONCE = 16;

/** What connections came to: times from connect(2) to the answer to it, in milliseconds. */
export interface Connections {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
}

function flood(socket: Socket): void {
  while (!socket.destroyed && socket.write(CHUNK));
}

export function serve(port: number, ready: (port: number) => void): void {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", (what) => {
      if (String(what) === ECHO) return socket.end(what);
      socket.on("drain", () => flood(socket));
      return flood(socket);
    });
  });
  server.listen(port, "127.0.0.1", () => ready((server.address() as { port: number }).port));
}

/** Connects, asks, hears the answer and the end. Returns how long it took to connect. */
function once(host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const startMs = performance.now();
    let tookMs = 0;
    const socket = connect({ host, port, noDelay: true }, () => {
      tookMs = performance.now() - startMs;
      socket.write(ECHO);
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(tookMs));
    socket.resume();
  });
}

async function connections(host: string, port: number, count: number): Promise<Connections> {
  for (let i = 0; i < 20; i++) await once(host, port);
  const times: number[] = [];
  for (let i = 0; i < count; i++) times.push(await once(host, port));
  const startMs = performance.now();
  const line = async () => {
    for (let i = 0; i < count / AT_ONCE; i++) await once(host, port);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, line));
  const perSecond = (1000 * AT_ONCE * Math.ceil(count / AT_ONCE)) / (performance.now() - startMs);
  return { perSecond, p50: quantile(times, 0.5), p99: quantile(times, 0.99) };
}

const [, program = "", role, ...words] = process.argv;
if (program.endsWith("gateway-load.js")) {
  if (role === "serve") serve(Number(words[0]), (port) => console.log(port));
  else console.log(JSON.stringify(await connections(words[0]!, Number(words[1]), Number(words[2]))));
}
