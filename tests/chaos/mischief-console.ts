// What consoles are put through: sessions in every way that they can end, and readers that do not read.

import { createConnection, type Socket } from "node:net";
import type { Random } from "../random.js";
import { type Place, pause } from "./place.js";

export type Mischief = (place: Place, chance: Random, stop: AbortSignal) => Promise<void>;

const COMMANDS = ["showinfo", "port/print", "hash/print", "help", "vlan/print", "port/stats", "fstp/print", "nonsense"];

function connect(path: string): Socket {
  return createConnection({ path, allowHalfOpen: true }).on("error", () => {});
}

/** Resolves when what came matches, or nothing more can come. */
function heard(socket: Socket, pattern: RegExp): Promise<void> {
  return new Promise((done) => {
    let text = "";
    socket.on("data", (octets: Buffer) => {
      text += octets;
      if (pattern.test(text)) done();
    });
    socket.once("close", () => done());
    socket.once("end", () => done());
  });
}

/** Connects, asks one thing, reads the answer and closes, in one of four ways. */
const sessions: Mischief = async ({ mgmt }, chance, stop) => {
  while (!stop.aborted) {
    const socket = connect(mgmt);
    await Promise.race([heard(socket, /\$ $/), pause(1_000)]);
    socket.write(`${chance.pick(COMMANDS)}\n`);
    if (chance.below(2) === 0) await Promise.race([heard(socket, /\n\.?\n?1\d\d\d .*\n/), pause(500)]);
    const end = chance.below(4);
    if (end === 0) socket.end();
    else if (end === 1)
      socket.pause().write("hash/print\n", () => socket.destroy()); // with an answer unread
    else if (end === 2) socket.write("logout\n");
    else socket.destroy();
    setTimeout(() => socket.destroy(), 300).unref();
    await pause(2);
  }
};

/** Asks for long answers, again and again, and reads nothing. */
const unread: Mischief = async ({ mgmt }, chance, stop) => {
  const sockets = Array.from({ length: 10 + chance.below(20) }, () => connect(mgmt));
  for (const socket of sockets) {
    socket.pause();
    socket.write("hash/print\n".repeat(50));
  }
  await pause(4_000, stop);
  for (const socket of sockets) socket.destroy();
};

/** More consoles than there may be, all silent. */
const crowd: Mischief = async ({ mgmt }, _chance, stop) => {
  const sockets = Array.from({ length: 300 }, () => connect(mgmt));
  await pause(1_500, stop);
  for (const socket of sockets) socket.destroy();
};

/** Octets that are no commands, and a line that never ends. */
const junk: Mischief = async ({ mgmt }, chance, stop) => {
  while (!stop.aborted) {
    const socket = connect(mgmt);
    socket.resume();
    const octets = Buffer.from(Array.from({ length: 2_000 }, () => chance.below(256)));
    for (let i = 0; i < 500 && !stop.aborted; i++) if (!socket.write(octets)) await pause(5);
    socket.destroy();
    await pause(50);
  }
};

/** Listens to every event and reads none of them. */
const deaf: Mischief = async ({ mgmt }, _chance, stop) => {
  const sockets = Array.from({ length: 5 }, () => connect(mgmt));
  for (const socket of sockets) {
    socket.pause();
    for (const path of ["hash", "port", "packet", "fstp"]) socket.write(`debug/add ${path}\n`);
  }
  await pause(5_000, stop);
  for (const socket of sockets) socket.destroy();
};

/** A manager's mistakes: files that hang or are none, links to nowhere. */
const mistakes: Mischief = async ({ mgmt, folder }, chance, stop) => {
  const lines = [
    `load ${folder}/fifo`,
    `load ${folder}`,
    "load /dev/zero",
    `pdump/filename ${folder}/full/capture.pcap`,
    "pdump/active 1",
    "pdump/active 0",
    "vlan/create 77",
    "vlan/remove 77",
    `port/link vde:///${folder}/nowhere`,
    "port/link udp://0->127.0.0.1:9",
    "wire/put 999 1 loss=5",
  ];
  while (!stop.aborted) {
    const socket = connect(mgmt);
    socket.resume();
    for (let i = 0; i < 5; i++) socket.write(`${chance.pick(lines)}\n`);
    await pause(100, stop);
    socket.destroy();
  }
};

export const consoleMischief: Readonly<Record<string, Mischief>> = { sessions, unread, crowd, junk, deaf, mistakes };
