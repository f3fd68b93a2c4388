// The host's resolvers, and questions to them: one after the other, until one answers.

import { createSocket, type Socket } from "node:dgram";
import { readFileSync, statSync } from "node:fs";
import { isIP, isIPv6 } from "node:net";
import { descriptors } from "../resources/process.js";

const FILE = "/etc/resolv.conf";
const PORT = 53;
const TRY_MS = 2_500;
const TRIES_MAX = 3;
const LOOK_MS = 5_000;

export class Resolvers {
  #hosts: readonly string[] = [];
  #readMs = Number.NEGATIVE_INFINITY;
  #changedMs = 0;

  /** Those that the host uses now, by /etc/resolv.conf; itself where it names none. */
  hosts(): readonly string[] {
    const now = performance.now();
    if (now - this.#readMs < LOOK_MS) return this.#hosts;
    this.#readMs = now;
    const changedMs = statSync(FILE, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (changedMs !== this.#changedMs || this.#hosts.length === 0) this.#hosts = readHosts();
    this.#changedMs = changedMs;
    return this.#hosts;
  }

  /** Asks with a port of its own for each question: who would answer falsely has to guess it. */
  ask(query: Uint8Array, answered: (answer: Uint8Array | undefined) => void): () => void {
    const hosts = this.hosts();
    let tries = 0;
    let stop = () => {};
    const next = () => {
      stop();
      const host = hosts[tries % hosts.length];
      if (host === undefined || tries++ >= Math.max(TRIES_MAX, hosts.length)) return answered(undefined);
      stop = askOne(host, query, (answer) => (answer === undefined ? next() : answered(answer)));
    };
    next();
    return () => stop();
  }
}

function askOne(host: string, query: Uint8Array, answered: (answer: Uint8Array | undefined) => void): () => void {
  const lease = descriptors.tryTake("names");
  if (lease === undefined) {
    queueMicrotask(() => answered(undefined));
    return () => {};
  }
  const socket: Socket = createSocket(isIPv6(host) ? "udp6" : "udp4");
  let isOver = false;
  const stop = () => {
    if (isOver) return;
    isOver = true;
    clearTimeout(timer);
    socket.close();
    lease.release();
  };
  const done = (answer: Uint8Array | undefined) => {
    if (isOver) return;
    stop();
    answered(answer);
  };
  const timer = setTimeout(() => done(undefined), TRY_MS).unref();
  socket.on("error", () => done(undefined));
  socket.on("message", (octets) => {
    if (octets.length >= 12 && octets[0] === query[0] && octets[1] === query[1]) done(octets);
  });
  // Binding and connecting happen later than this call, and fail there: when no descriptor is left, for one.
  socket.connect(PORT, host, (error?: Error) => {
    if (error) done(undefined);
    else if (!isOver) socket.send(query);
  });
  return stop;
}

function readHosts(): readonly string[] {
  let text = "";
  try {
    text = readFileSync(FILE, "utf8");
  } catch {
    // a host without one asks itself
  }
  const found = [...text.matchAll(/^[ \t]*nameserver[ \t]+(\S+)/gm)].map(([, host = ""]) => host);
  const valid = found.filter((host) => isIP(host.replace(/%.*$/, "")) !== 0);
  return valid.length > 0 ? valid : ["127.0.0.1"];
}
