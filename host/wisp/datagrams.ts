// Datagrams by Wisp: a stream for each that is sent to. They are lost where there is no room, as they may be.

import type { Datagrams, Heard } from "../slirp/backend.js";
import type { Member, WispClient } from "./client.js";
import { closePacket, connectPacket, dataPacket, type Packet, UDP, WHY } from "./packets.js";

const PEERS_MAX = 64;

class Peer implements Member {
  readonly #client: WispClient;
  readonly #address: string;
  readonly #host: string;
  readonly #port: number;
  readonly #heard: Heard;
  #first: Uint8Array | undefined;
  #id = 0;
  /** It is of no more use. */
  isOver: boolean;

  /** `address` is what a guest knows the host by. */
  constructor(client: WispClient, address: string, host: string, port: number, heard: Heard) {
    this.#client = client;
    this.#address = address;
    this.#host = host;
    this.#port = port;
    this.#heard = heard;
    this.isOver = !client.add(this);
  }

  begin(id: number): void {
    this.#id = id;
    this.#client.send(connectPacket(id, UDP, this.#host, this.#port));
    if (this.#first !== undefined) this.send(this.#first);
    this.#first = undefined;
  }

  send(octets: Uint8Array): void {
    if (this.#id === 0)
      this.#first ??= octets; // what a question begins with
    else if (this.#client.hasRoom()) this.#client.send(dataPacket(this.#id, octets));
  }

  hear(packet: Packet): void {
    if (packet.kind === "data") this.#heard(packet.octets, this.#address, this.#port);
    if (packet.kind === "close") this.#leave();
  }

  giveUp(): void {}
  flush(): void {}

  lose(): void {
    this.#leave();
  }

  #leave(): void {
    this.isOver = true;
    this.#client.remove(this, this.#id);
  }

  close(): void {
    if (this.#id !== 0 && !this.isOver) this.#client.send(closePacket(this.#id, WHY.ended));
    this.#leave();
  }
}

export class WispDatagrams implements Datagrams {
  readonly #client: WispClient;
  readonly #hostOf: (address: string) => string;
  readonly #heard: Heard;
  readonly #peers = new Map<string, Peer>();

  /** `hostOf` says what an address stands for. */
  constructor(client: WispClient, hostOf: (address: string) => string, heard: Heard) {
    this.#client = client;
    this.#hostOf = hostOf;
    this.#heard = heard;
  }

  send(octets: Uint8Array, address: string, port: number): void {
    if (port === 0 || this.#client.lacksDatagrams) return;
    const host = this.#hostOf(address);
    const key = `${port} ${address} ${host}`;
    let peer = this.#peers.get(key);
    if (peer === undefined || peer.isOver) {
      peer = new Peer(this.#client, address, host, port, this.#heard);
      this.#peers.delete(key);
      this.#peers.set(key, peer);
    }
    if (this.#peers.size > PEERS_MAX) this.#forget([...this.#peers.keys()][0]!);
    peer.send(octets);
  }

  #forget(key: string): void {
    this.#peers.get(key)?.close();
    this.#peers.delete(key);
  }

  close(): void {
    for (const key of [...this.#peers.keys()]) this.#forget(key);
  }
}
