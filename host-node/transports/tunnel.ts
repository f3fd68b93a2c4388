// What VXLAN and VXVDE have in common: frames in UDP datagrams behind eight octets, to a group or to who has the address.
//
//    0        1                  4                 7        8
//    +--------+------------------+-----------------+--------+-------- …
//    | 0x08   | reserved         | network (VNI)   | 0      | frame          RFC 7348 5
//    +--------+------------------+-----------------+--------+-------- …

import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";
import { isIPv6 } from "node:net";
import { BaseLink } from "../../host/base-link.js";
import type { Frame } from "../../host/link.js";
import { FRAME_MIN } from "../cable/side.js";
import { RECEIVE_BUFFER, SEND_BUFFER } from "../native/socket.js";
import { Addresses } from "./addresses.js";

const HEADER = 8;
const FLAG_VNI = 0x08;
/** Octets that may wait in Node for the kernel. */
const BACKLOG = 1 << 20;

/** Where datagrams go. */
export interface Peer {
  readonly address: string;
  readonly port: number;
}

export interface TunnelOptions {
  readonly name: string;
  readonly vni: number;
  readonly expireMs: number;
  /** Who gets what is for everybody, or for somebody unknown. */
  readonly everybody: readonly Peer[];
  /** What frames are sent from. */
  readonly sender: Socket;
  /** What frames may come in by. */
  readonly receivers: readonly Socket[];
  /** Whether it is one of our own, that came back. */
  readonly isOwn: (from: RemoteInfo) => boolean;
  /** Where an address is that was seen behind a sender. */
  readonly replyTo: (from: RemoteInfo) => Peer;
  /** Whether a header without a frame says that its sender goes. */
  readonly saysBye: boolean;
}

export class Tunnel extends BaseLink {
  readonly #options: TunnelOptions;
  readonly #header: Uint8Array;
  readonly #addresses: Addresses<string>;
  readonly #peers = new Map<string, Peer>();

  constructor(options: TunnelOptions) {
    super(options.name);
    this.#options = options;
    this.#addresses = new Addresses(options.expireMs);
    this.#header = new Uint8Array(HEADER);
    this.#header[0] = FLAG_VNI;
    new DataView(this.#header.buffer).setUint32(4, (options.vni << 8) >>> 0);
    for (const socket of new Set([options.sender, ...options.receivers])) socket.on("error", () => {}); // no such peer
    for (const socket of options.receivers) socket.on("message", (octets, from) => this.#hear(octets, from));
  }

  send(frame: Frame): boolean {
    if (!this.isOpen || this.#options.sender.getSendQueueSize() > BACKLOG) return false;
    const peer = this.#peers.get(this.#addresses.find(frame) ?? "");
    const octets = Buffer.concat([this.#header, frame]);
    for (const { address, port } of peer === undefined ? this.#options.everybody : [peer])
      this.#options.sender.send(octets, port, address, () => {}); // an error is a frame that is lost
    return true;
  }

  protected shut(): void {
    const { sender, receivers, everybody, saysBye } = this.#options;
    for (const receiver of receivers) if (receiver !== sender) receiver.close();
    const bye = saysBye ? everybody : [];
    let left = bye.length;
    if (left === 0) sender.close();
    for (const { address, port } of bye) sender.send(this.#header, port, address, () => --left === 0 && sender.close());
  }

  /** Eight octets, of which the first is exactly the one flag that there is, and the network is ours. */
  #hear(octets: Buffer, from: RemoteInfo): void {
    const isOurs = octets.length >= HEADER && octets[0] === FLAG_VNI && octets.readUIntBE(4, 3) === this.#options.vni;
    if (!isOurs || this.#options.isOwn(from)) return;
    const peer = this.#options.replyTo(from);
    const key = `${peer.address} ${peer.port}`;
    const frame = octets.subarray(HEADER);
    if (frame.length < FRAME_MIN) {
      this.#forget(key);
      return;
    }
    this.#peers.set(key, peer);
    this.#addresses.learn(frame, key);
    this.take(frame);
  }

  #forget(key: string): void {
    if (!this.#options.saysBye) return;
    this.#peers.delete(key);
    this.#addresses.forget(key);
  }
}

/** A bound UDP socket. */
export async function boundSocket(host: string, port: number, isShared: boolean): Promise<Socket> {
  const socket = createSocket({ type: isIPv6(host) ? "udp6" : "udp4", reuseAddr: isShared });
  socket.bind({ port, address: host });
  await once(socket, "listening");
  socket.setRecvBufferSize(RECEIVE_BUFFER);
  socket.setSendBufferSize(SEND_BUFFER);
  return socket;
}
