// HTTP connections that have not asked for anything. Each has a descriptor from the account, a little time, and company that
// is limited, in all and of one address: where there are too many the oldest goes, so that who comes next and speaks is served.

import type { Server } from "node:http";
import type { Socket } from "node:net";
import { type DescriptorUse, descriptors } from "../resources/process.js";
import { HalfOpen, type HalfOpenLimits, type Waiting } from "./half-open.js";
import { siteOf } from "./websocket/peer.js";

/** A connection that has not asked for anything yet. */
class Silent implements Waiting {
  readonly owner: string;
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.owner = siteOf(socket.remoteAddress ?? "");
  }

  drop(): void {
    this.#socket.destroy();
  }
}

/**
 * Waits for each connection to ask for something, from when it is there: who does not even begin with TLS is silent, too. With
 * TLS the socket that asks is another than the one that came, with the same two ends. Returns who is waited for.
 */
export function limitSilence(server: Server, use: DescriptorUse, limits: HalfOpenLimits): () => Iterable<Waiting> {
  const halfOpen = new HalfOpen(limits);
  const waiting = new Map<unknown, Silent>();
  const spoke = (ends: unknown) => {
    const silent = waiting.get(ends);
    waiting.delete(ends);
    if (silent !== undefined) halfOpen.remove(silent);
  };
  server.on("connection", (socket: Socket) => {
    const silent = new Silent(socket);
    const lease = descriptors.tryTake(use, silent.owner);
    if (lease === undefined) {
      socket.destroy();
      return;
    }
    const ends = endsOf(socket);
    waiting.set(ends, silent);
    socket.on("error", () => {}); // "close" comes after it
    socket.on("close", () => {
      lease.release();
      spoke(ends);
    });
    halfOpen.add(silent);
  });
  server.on("secureConnection", (socket: Socket) => void socket.on("error", () => {}));
  server.on("upgrade", ({ socket }) => spoke(endsOf(socket)));
  server.on("request", ({ socket }) => spoke(endsOf(socket)));
  return () => waiting.values();
}

/** A Unix socket has no ends to tell it by, and no TLS: it is itself. */
function endsOf(socket: Socket): unknown {
  const { remoteAddress, remotePort, localAddress } = socket;
  return remotePort === undefined ? socket : `${remoteAddress} ${remotePort} ${localAddress}`;
}
