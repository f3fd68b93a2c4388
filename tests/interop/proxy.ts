// A bad network between a client and a server of UDP: it loses, doubles and delays datagrams, and keeps what it saw.

import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { random as seeded } from "../random.js";
import type { Lab } from "./lab.js";

export interface Badness {
  /** Of a hundred datagrams. */
  readonly lost: number;
  readonly doubled: number;
  readonly late: number;
}

const LATE_MS = 15;

export class BadNetwork {
  readonly port: number;
  /** Every datagram that came from the client. */
  readonly seen: Buffer[] = [];
  badness: Badness = { lost: 0, doubled: 0, late: 0 };
  readonly #outer: Socket;
  readonly #to: number;
  readonly #random = seeded(23);
  #client = 0;

  static async open(lab: Lab, to: number): Promise<BadNetwork> {
    const sockets = [createSocket("udp4"), createSocket("udp4")] as const;
    for (const socket of sockets) {
      socket.bind(0, "127.0.0.1");
      await once(socket, "listening");
    }
    const proxy = new BadNetwork(sockets[0], sockets[1], to);
    lab.later(() => {
      proxy.badness = { lost: 100, doubled: 0, late: 0 };
      for (const socket of sockets) socket.close();
    });
    return proxy;
  }

  private constructor(inner: Socket, outer: Socket, to: number) {
    this.#outer = outer;
    this.#to = to;
    this.port = inner.address().port;
    inner.on("message", (octets, { port }) => {
      this.#client = port;
      this.seen.push(octets);
      this.#pass(() => this.toServer(octets));
    });
    outer.on("message", (octets) => this.#pass(() => this.#send(inner, octets, this.#client)));
  }

  toServer(octets: Uint8Array): void {
    this.#send(this.#outer, octets, this.#to);
  }

  #pass(send: () => void): void {
    const { lost, doubled, late } = this.badness;
    if (this.#random.below(100) < lost) return;
    const times = this.#random.below(100) < doubled ? 2 : 1;
    for (let i = 0; i < times; i++)
      if (this.#random.below(100) < late) setTimeout(send, this.#random.below(LATE_MS));
      else send();
  }

  #send(socket: Socket, octets: Uint8Array, port: number): void {
    if (this.badness.lost < 100 && port > 0) socket.send(octets, port, "127.0.0.1", () => {});
  }
}
