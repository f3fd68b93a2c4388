// What our WebSocket server is compared with, each in a process of its own: the least that a relay can do with `ws`, which
// sends what one client sends to all others; and a relay as websockproxy is built, with an address table of its own on one
// thread, which gives a broadcast back to its sender too. Neither bounds what waits for a client.
//
//   node relays.js hub|proxy

import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";

const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: false });
const table = new Map<string, WebSocket>();

function hub(from: WebSocket, frame: Buffer): void {
  for (const client of server.clients) if (client !== from) client.send(frame);
}

function proxy(from: WebSocket, frame: Buffer): void {
  table.set(frame.toString("latin1", 6, 12), from);
  const to = (frame[0]! & 1) === 1 ? undefined : table.get(frame.toString("latin1", 0, 6));
  if (to !== undefined) to.send(frame);
  else for (const client of server.clients) client.send(frame);
}

const relay = process.argv[2] === "proxy" ? proxy : hub;
server.on("connection", (client) => {
  client.on("message", (data: Buffer) => relay(client, data));
  client.on("error", () => {}); // "close" comes after it
});
server.on("listening", () => console.log(`port ${(server.address() as AddressInfo).port}`));
