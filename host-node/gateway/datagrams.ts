// Datagrams of Node as the gateway wants them.

import { createSocket, type Socket } from "node:dgram";
import type { Datagrams, Heard } from "../../host/slirp/backend.js";

/** What waits to leave: beyond it datagrams are lost, as they may be. */
const WAITING_MAX = 1 << 20;

class NodeDatagrams implements Datagrams {
  readonly #socket: Socket;

  constructor(socket: Socket, heard: Heard) {
    this.#socket = socket;
    socket.on("message", (octets, { address, port }) => heard(octets, address.replace(/%.*$/, ""), port));
    socket.on("error", () => {}); // what could not be sent is lost
  }

  send(octets: Uint8Array, host: string, port: number): void {
    if (port === 0 || this.#socket.getSendQueueSize() > WAITING_MAX) return;
    this.#socket.send(octets, port, host, () => {});
  }

  close(): void {
    this.#socket.close();
  }
}

function make(family: 4 | 6): Socket {
  return createSocket({ type: family === 4 ? "udp4" : "udp6", ipv6Only: family === 6 });
}

/** A socket of its own port. */
export function openDatagrams(family: 4 | 6, heard: Heard): Datagrams {
  return new NodeDatagrams(make(family), heard);
}

/** Waits for datagrams at a port. */
export async function bindDatagrams(host: string | undefined, port: number, heard: Heard): Promise<Datagrams> {
  const socket = make(host?.includes(":") ? 6 : 4);
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.bind(port, host, () => {
      socket.off("error", reject);
      resolve();
    });
  });
  return new NodeDatagrams(socket, heard);
}
