// A world outside of a gateway: a network namespace with addresses of both families, a resolver that knows one name with
// IPv4 alone, a web server, and a socket that sends every datagram back.

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import type { Lab } from "./lab.js";
import { makeNamespace, type Namespace } from "./namespace.js";

export const WORLD_4 = "198.51.100.7";
export const WORLD_6 = "2001:db8:7::7";
/** Is known by IPv4 alone. */
export const NAME = "four.example";

/** The answer to every question for A of that name is one address; there is none for AAAA. */
const PROGRAM = `
const dgram = require("node:dgram"), http = require("node:http"), net = require("node:net");
const answer = (query) => {
  const text = query.toString("latin1").toLowerCase();
  const end = query.indexOf(0, 12) + 5, type = query.readUInt16BE(end - 4);
  const isKnown = text.includes("\\x04four\\x07example\\0");
  const has = isKnown && type === 1;
  const head = Buffer.from(query.subarray(0, end));
  head.writeUInt16BE(isKnown ? 0x8180 : 0x8183, 2);
  head.writeUInt16BE(has ? 1 : 0, 6);
  head.writeUInt32BE(0, 8);
  return has ? Buffer.concat([head, Buffer.from("c00c000100010000003c0004c6336407", "hex")]) : head;
};
const names = dgram.createSocket("udp4").on("message", (query, { port, address }) => names.send(answer(query), port, address));
names.bind(53, "127.0.0.1");
net.createServer((socket) => socket.once("data", (octets) => {
  const reply = answer(octets.subarray(2));
  socket.end(Buffer.concat([Buffer.from([reply.length >> 8, reply.length & 255]), reply]));
})).listen(53, "127.0.0.1");
for (const type of ["udp4", "udp6"]) {
  const echo = dgram.createSocket({ type, ipv6Only: type === "udp6" });
  echo.on("message", (octets, { port, address }) => echo.send(octets, port, address));
  echo.bind(7);
}
http.createServer((request, response) => response.end("hello " + request.socket.remoteAddress)).listen(80, () => console.log("ready"));
`;

export async function makeWorld(lab: Lab): Promise<Namespace> {
  const world = await makeNamespace(lab);
  const folder = `/etc/netns/${world.name}`;
  mkdirSync(folder, { recursive: true });
  lab.later(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(`${folder}/resolv.conf`, "nameserver 127.0.0.1\n");
  const ip = (...words: string[]) => lab.start("ip", "-n", world.name, ...words).exit();
  await ip("link", "set", "lo", "up");
  await ip("tuntap", "add", "d0", "mode", "tap"); // nothing is at its other end: its addresses are this machine's
  await world.configure("d0", `${WORLD_4}/24`);
  await world.configure("d0", `${WORLD_6}/64`, "nodad");
  const [command = "", ...words] = [...world.inside, process.execPath, "-e", PROGRAM];
  await lab.start(command, ...words).says(/ready/);
  return world;
}
