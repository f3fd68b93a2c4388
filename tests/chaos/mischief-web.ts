// What comes over the network: WebSockets, Wisp, the API, and the port of the encrypted cable.

import { createSocket } from "node:dgram";
import { createConnection, type Socket } from "node:net";
import { WebSocket } from "ws";
import { connectPacket, dataPacket, TCP } from "../../host/wisp/packets.js";
import type { Mischief } from "./mischief-console.js";
import { ethernet, pause } from "./place.js";

const UDP = 2;

function socket(port: number): Socket {
  return createConnection(port, "127.0.0.1").on("error", () => {});
}

function web(port: number, path = "", protocols: readonly string[] = []): WebSocket {
  return new WebSocket(`ws://127.0.0.1:${port}/${path}`, [...protocols]).on("error", () => {});
}

/** Clients that broadcast and read nothing. */
const stalled: Mischief = async ({ ws }, chance, stop) => {
  const clients = Array.from({ length: 5 + chance.below(40) }, () => web(ws));
  for (const client of clients) client.on("open", () => client.pause());
  await pause(500, stop);
  for (let i = 0; i < 40 && !stop.aborted; i++) {
    for (const client of clients.slice(0, 3))
      if (client.readyState === WebSocket.OPEN && client.bufferedAmount < 1e6) client.send(ethernet(-1, 0x0c01, 1_500));
    await pause(50);
  }
  for (const client of clients) client.terminate();
};

const churn: Mischief = async ({ ws }, chance, stop) => {
  while (!stop.aborted) {
    const client = web(ws, chance.pick(["", "room/x", "nowhere", "wisp/", "signal"]));
    await pause(20);
    client.terminate();
  }
};

/** Headers that never end, and what is no WebSocket. */
const slow: Mischief = async ({ ws, api }, chance, stop) => {
  const sockets = Array.from({ length: 150 }, () => socket(chance.pick([ws, api])));
  for (const one of sockets) one.write("GET / HTTP/1.1\r\nHost: localhost\r\n");
  for (let i = 0; i < 20 && !stop.aborted; i++) {
    for (const one of sockets) if (!one.destroyed) one.write("X: y\r\n");
    await pause(150);
  }
  for (const one of sockets) one.destroy();
};

const garbage: Mischief = async ({ ws, api }, chance, stop) => {
  while (!stop.aborted) {
    const one = socket(chance.pick([ws, api]));
    const upgrade = "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n";
    one.write(`${upgrade}Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`);
    one.write(Buffer.from(Array.from({ length: 200 }, () => chance.below(256))));
    await pause(10);
    one.destroy();
  }
};

/** As many streams as there may be, to names that are not there and to a server that is. */
const wisp: Mischief = async ({ ws, echo }, chance, stop) => {
  const clients = Array.from({ length: 1 + chance.below(6) }, () => web(ws, "wisp/"));
  await pause(300, stop);
  for (const client of clients) {
    if (client.readyState !== WebSocket.OPEN) continue;
    for (let stream = 1; stream < 200; stream++) {
      const host = chance.pick(["127.0.0.1", `n${stream}.invalid`, "localhost"]);
      client.send(connectPacket(stream, chance.pick([TCP, UDP]), host, echo));
      client.send(dataPacket(stream, Buffer.from("hello")));
    }
  }
  await pause(3_000, stop);
  for (const client of clients) client.terminate();
};

/** Connections that keep the operator out, and tokens that are wrong. */
const api: Mischief = async ({ api }, chance, stop) => {
  const silent = Array.from({ length: 100 }, () => socket(api));
  for (let i = 0; i < 60 && !stop.aborted; i++) {
    const one = socket(api);
    one.write(`GET /gateways HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${chance.below(1e9)}\r\n\r\n`);
    await pause(40);
    one.destroy();
  }
  for (const one of silent) one.destroy();
};

/** Datagrams that are no records of the cable, and TCP to the same port. */
const cable: Mischief = async ({ crypt }, chance, stop) => {
  const one = createSocket("udp4").on("error", () => {});
  while (!stop.aborted) {
    for (let i = 0; i < 20; i++) {
      const octets = Buffer.from(Array.from({ length: 1 + chance.below(200) }, () => chance.below(256)));
      one.send(octets, crypt, "127.0.0.1");
    }
    await pause(10);
  }
  one.close();
};

export const webMischief: Readonly<Record<string, Mischief>> = { stalled, churn, slow, garbage, wisp, api, cable };
