// A server and its clients without sockets: what one sends lies in a list, until a test brings it to the other. Time stands
// still until a test moves it.

import { Batch } from "../../host-node/cable/batch.js";
import { Arena } from "../../host-node/crypt/arena.js";
import { Initiator, type ServerKeys } from "../../host-node/crypt/initiator.js";
import { type CipherName, keyPair } from "../../host-node/crypt/primitives.js";
import { type Peer, Responder } from "../../host-node/crypt/responder.js";
import { clientOf, type ServerSecrets, serverOf } from "../../host-node/crypt/secrets.js";
import type { Train } from "../../host-node/crypt/train.js";

const SECRET = Buffer.alloc(32, 1);

/** A sockaddr in IPv4 form. */
export const address = (host: number, port = 7_000) =>
  Uint8Array.of(2, 0, port >> 8, port & 255, 10, 0, 0, host, ...new Array<number>(20).fill(0));

/** A datagram, and who sent it. */
export interface Datagram {
  readonly octets: Uint8Array;
  readonly from: Uint8Array;
}

let serial = 1;

function cut(train: Train): Uint8Array[] {
  const found = [];
  for (let at = 0; at < train.length; at += train.size)
    found.push(train.octets.slice(at, Math.min(at + train.size, train.length)));
  return found;
}

function batchOf(frames: readonly Uint8Array[]): Batch {
  const batch = new Batch(1 << 20);
  let at = 0;
  for (const frame of frames) {
    batch.octets.set(frame, at);
    batch.add(at, frame.length);
    at += frame.length;
  }
  return batch;
}

function memoryOf(octets: Uint8Array): Batch {
  const memory = new Batch(Math.max(16, octets.length));
  memory.octets.set(octets);
  return memory;
}

export class World {
  nowMs = 1_000;
}

export class ServerEnd {
  readonly sent: { octets: Uint8Array; to: Uint8Array }[] = [];
  readonly got: string[] = [];
  /** Where each of them says that its checksum is to be computed. */
  readonly starts: number[] = [];
  readonly peers = new Set<Peer>();
  readonly went: string[] = [];
  readonly secrets: ServerSecrets;
  readonly responder: Responder;
  readonly #arena = new Arena();
  readonly #world: World;

  constructor(world: World, secrets: ServerSecrets = serverOf(SECRET)) {
    this.#world = world;
    this.secrets = secrets;
    this.responder = new Responder({
      ...secrets,
      send: (octets, to) => void this.sent.push({ octets, to }),
      give: (train, to) => {
        for (const octets of cut(train)) this.sent.push({ octets, to: to.slice() });
        return true;
      },
      onpeer: (peer) => void this.peers.add(peer),
      ongone: (peer, why) => {
        this.peers.delete(peer);
        this.went.push(why);
      },
      onmove: () => {},
      deliver: (_peer, arena) => {
        for (let i = 0; i < arena.count; i++) this.got.push(Buffer.from(arena.frame(i)).toString("latin1"));
        this.starts.push(...arena.start.subarray(0, arena.count));
      },
      random: () => serial++,
    });
  }

  /** Takes datagrams as if they had been read together. */
  take(...datagrams: readonly Datagram[]): void {
    for (const { octets, from } of datagrams)
      this.responder.hear(memoryOf(octets), 0, octets.length, from, this.#arena, this.#world.nowMs);
    this.responder.flush(this.#arena);
  }

  send(...frames: readonly Uint8Array[]): void {
    for (const peer of this.peers) this.responder.send(peer, batchOf(frames), this.#world.nowMs);
  }
}

export class ClientEnd {
  readonly sent: Datagram[] = [];
  readonly got: string[] = [];
  readonly told: string[] = [];
  readonly initiator: Initiator;
  address: Uint8Array;
  readonly own = keyPair();
  readonly #arena = new Arena();
  readonly #world: World;

  constructor(
    world: World,
    { host = 1, cipher = "aes-256-gcm" as CipherName, keepAliveMs = Number.POSITIVE_INFINITY } = {},
  ) {
    this.#world = world;
    this.address = address(host);
    this.initiator = new Initiator({
      own: this.own,
      cipher,
      keepAliveMs,
      send: (octets) => void this.sent.push({ octets, from: this.address }),
      give: (train) => {
        for (const octets of cut(train)) this.sent.push({ octets, from: this.address });
        return true;
      },
      onup: () => void this.told.push("up"),
      ondown: (why) => void this.told.push(why),
      onunknown: () => void this.told.push("unknown"),
      random: () => serial++,
      wallClock: () => BigInt(Math.round(world.nowMs * 1000)),
    });
  }

  connect(keys: ServerKeys = clientOf(SECRET)): void {
    this.initiator.connect(keys, this.#world.nowMs);
  }

  take(...datagrams: readonly Uint8Array[]): void {
    this.#arena.clear();
    for (const octets of datagrams) {
      if (!this.#arena.hasRoom) this.#deliver();
      this.initiator.hear(memoryOf(octets), 0, octets.length, this.#arena, this.#world.nowMs);
    }
    this.#deliver();
  }

  send(...frames: readonly Uint8Array[]): void {
    this.initiator.send(batchOf(frames), this.#world.nowMs);
  }

  #deliver(): void {
    this.initiator.hold(this.#arena);
    for (let i = 0; i < this.#arena.count; i++) this.got.push(Buffer.from(this.#arena.frame(i)).toString("latin1"));
    this.#arena.clear();
  }
}

/** Brings everything to where it is meant for, until nobody says any more. */
export function settle(server: ServerEnd, ...clients: readonly ClientEnd[]): void {
  for (let round = 0; round < 20; round++) {
    const toServer = clients.flatMap((client) => client.sent.splice(0));
    const toClients = server.sent.splice(0);
    if (toServer.length + toClients.length === 0) return;
    server.take(...toServer);
    for (const client of clients)
      client.take(...toClients.filter(({ to }) => same(to, client.address)).map(({ octets }) => octets));
  }
}

function same(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0;
}

/** A server and a client with a session. */
export function connected(cipher: CipherName = "aes-256-gcm"): { world: World; server: ServerEnd; client: ClientEnd } {
  const world = new World();
  const server = new ServerEnd(world);
  const client = new ClientEnd(world, { cipher });
  client.connect();
  settle(server, client);
  return { world, server, client };
}

/** A frame that says which it is, of a size. */
export function frame(number: number, size = 60): Uint8Array {
  const octets = new Uint8Array(size).map((_, i) => (number * 31 + i) & 255);
  octets.set(Buffer.from(`frame ${number} `.padEnd(14)).subarray(0, size), 0);
  return octets;
}

export const text = (octets: Uint8Array): string => Buffer.from(octets).toString("latin1");
