// A server: it lets in who has the right keys, follows them to other addresses, and forgets them when they are silent. It
// sends and hears through what it is given, and knows no sockets.

import type { Batch } from "../cable/batch.js";
import type { Arena } from "./arena.js";
import { Channel } from "./channel.js";
import type { Memory } from "./cipher.js";
import { Gate } from "./gate.js";
import { handshake, readSealed, writeCookie, writeReset, writeResponse } from "./greeting.js";
import {
  DATA,
  DATA_COUNTER,
  DATA_OVERHEAD,
  DATA_RECEIVER,
  INIT,
  INIT_SENDER,
  INIT_SIZE,
  UNKNOWN_CLIENT,
  UNKNOWN_SESSION,
  VERSION,
} from "./layout.js";
import { type KeyPair, SUITES } from "./primitives.js";
import { long, PENDING_MAX, Session } from "./session.js";
import type { Train } from "./train.js";

/** Clients at once. */
export const PEERS_MAX = 1_000;
/** Handshakes at once that no client has confirmed yet. */
const UNCONFIRMED_MAX = 64;
const CONFIRM_MS = 10_000;
/** Who is silent is looked for this often. */
const LOOK_MS = 1_000;

/** A client that was let in. */
export class Peer {
  readonly key: string;
  address: Uint8Array;
  readonly channel: Channel;

  constructor(key: string, address: Uint8Array, channel: Channel) {
    this.key = key;
    this.address = address;
    this.channel = channel;
  }
}

export interface ResponderOptions {
  readonly own: KeyPair;
  /** The secret that a client has. */
  readonly pskOf: (publicKey: Uint8Array) => Uint8Array;
  readonly send: (message: Uint8Array, to: Uint8Array) => void;
  readonly give: (train: Train, to: Uint8Array) => boolean;
  /** A client came, went, or is somewhere else. */
  readonly onpeer: (peer: Peer) => void;
  readonly ongone: (peer: Peer, why: string) => void;
  readonly onmove: (peer: Peer) => void;
  /** Frames of a client came, and are in the arena. */
  readonly deliver: (peer: Peer, arena: Arena) => void;
  readonly random: () => number;
}

/** A session by its index: of a client, or to be one. */
interface Entry {
  readonly session: Session;
  readonly key: string;
  readonly address: Uint8Array;
  peer: Peer | undefined;
}

export class Responder {
  readonly #options: ResponderOptions;
  readonly #gate: Gate;
  readonly #entries = new Map<number, Entry>();
  /** Those that no client has confirmed, the oldest first. */
  readonly #unconfirmed = new Set<Entry>();
  readonly #peers = new Map<string, Peer>();
  dueMs = Number.POSITIVE_INFINITY;
  /** Whose frames are in the arena. */
  #open: Entry | undefined;

  constructor(options: ResponderOptions) {
    this.#options = options;
    this.#gate = new Gate(options.own.publicKey);
  }

  get peers(): readonly Peer[] {
    return [...this.#peers.values()];
  }

  /** How many sessions there is memory for in use: it is bounded, whoever sends. */
  get sessionCount(): number {
    return this.#entries.size;
  }

  send(peer: Peer, batch: Batch, nowMs: number): void {
    peer.channel.send(batch, nowMs);
  }

  /** Takes a datagram. `flush` comes after the last of those that were read together. */
  hear(memory: Memory, at: number, size: number, from: Uint8Array, arena: Arena, nowMs: number): void {
    const { octets } = memory;
    if (size < DATA_OVERHEAD || octets[at + 1] !== VERSION) return;
    if (octets[at] === DATA) this.#hearData(memory, at, size, from, arena, nowMs);
    else if (octets[at] === INIT && size === INIT_SIZE)
      this.#hearInit(octets.slice(at, at + size), from.slice(), nowMs);
  }

  /** Delivers what is in the arena. */
  flush(arena: Arena): void {
    const open = this.#open;
    this.#open = undefined;
    if (open === undefined) return;
    open.session.reassembly.hold(arena);
    if (open.peer !== undefined && arena.count > 0) this.#options.deliver(open.peer, arena);
    arena.clear();
  }

  /** Does what is due: forgets who is silent, and asks how large datagrams may be. It is due again at `dueMs`. */
  tick(nowMs: number): void {
    let next = Number.POSITIVE_INFINITY;
    for (const entry of this.#unconfirmed) if (nowMs - entry.session.createdMs > CONFIRM_MS) this.#drop(entry);
    for (const peer of this.#peers.values()) {
      this.#forget(peer.channel.expire(nowMs));
      if (peer.channel.current === undefined) this.#part(peer, "it was silent");
      else peer.channel.probe(nowMs);
      next = Math.min(next, nowMs + LOOK_MS, peer.channel.path.dueMs());
    }
    this.dueMs = this.#unconfirmed.size > 0 ? Math.min(next, nowMs + LOOK_MS) : next;
  }

  /** Says to everybody that the server goes. */
  close(nowMs: number): void {
    for (const peer of this.#peers.values()) peer.channel.close(nowMs);
    for (const { session } of this.#entries.values()) session.close();
    this.#entries.clear();
    this.#peers.clear();
  }

  #hearInit(init: Uint8Array, from: Uint8Array, nowMs: number): void {
    const { own, send } = this.#options;
    const verdict = this.#gate.judge(init, from, nowMs);
    if (verdict === "stranger") this.#reset(UNKNOWN_CLIENT, init, from, nowMs);
    else if (verdict === "needs cookie") send(writeCookie(own.publicKey, init, this.#gate.cookie(from, nowMs)), from);
    else if (verdict === "welcome") this.#answer(init, from, nowMs);
  }

  #answer(init: Uint8Array, from: Uint8Array, nowMs: number): void {
    const suite = init[2]!;
    const cipher = SUITES.get(suite);
    if (cipher === undefined) return;
    const noise = handshake(suite, this.#options.own);
    const payload = readSealed(noise, init);
    if (payload === undefined) return;
    const key = Buffer.from(noise.remote).toString("base64");
    const stamp = new DataView(payload.buffer, payload.byteOffset).getBigUint64(0);
    if (!this.#gate.isNew(key, stamp) || (!this.#peers.has(key) && this.#peers.size >= PEERS_MAX)) return;
    noise.psk = this.#options.pskOf(noise.remote);
    const index = this.#index();
    const receiver = long(init, INIT_SENDER);
    const response = writeResponse(noise, suite, index, receiver);
    const session = new Session({ cipher, ...noise.split() }, index, receiver, nowMs);
    this.#expect({ session, key, address: from, peer: undefined });
    this.#options.send(response, from);
  }

  /** Waits for a client to confirm. So many sessions for each, and so many in all; the oldest go first. */
  #expect(entry: Entry): void {
    const own = [...this.#unconfirmed].filter(({ key }) => key === entry.key);
    if (own.length >= PENDING_MAX) this.#drop(own[0]!);
    const [oldest] = this.#unconfirmed;
    if (this.#unconfirmed.size >= UNCONFIRMED_MAX && oldest !== undefined) this.#drop(oldest);
    this.#unconfirmed.add(entry);
    this.dueMs = Math.min(this.dueMs, entry.session.createdMs + CONFIRM_MS);
    this.#entries.set(entry.session.index, entry);
  }

  #hearData(memory: Memory, at: number, size: number, from: Uint8Array, arena: Arena, nowMs: number): void {
    const index = long(memory.octets, at + DATA_RECEIVER);
    const entry = this.#entries.get(index);
    if (entry === undefined) {
      this.#reset(UNKNOWN_SESSION, memory.octets.slice(at, at + 16), from, nowMs);
      return;
    }
    if (entry !== this.#open || !arena.hasRoom) this.flush(arena);
    this.#open = entry;
    const peer = entry.peer ?? this.#peers.get(entry.key) ?? this.#peer(entry.key, entry.address);
    if (!peer.channel.take(entry.session, memory, at, size, arena, nowMs)) return;
    if (entry.peer === undefined) this.#confirm(entry, peer, nowMs);
    const isNewest =
      entry.session === peer.channel.current && entry.session.newest === long(memory.octets, at + DATA_COUNTER);
    if (isNewest && !isAddress(peer.address, from)) this.#move(peer, from.slice(), nowMs);
  }

  /** The first datagram of a session shows that the client has the keys. Only now there is anything of it. */
  #confirm(entry: Entry, peer: Peer, nowMs: number): void {
    this.#unconfirmed.delete(entry);
    entry.peer = peer;
    const old = peer.channel.adopt(entry.session, nowMs);
    this.dueMs = nowMs;
    if (old !== undefined) this.#forget([old]);
    if (this.#peers.has(entry.key)) return;
    this.#peers.set(entry.key, peer);
    this.#options.onpeer(peer);
  }

  #peer(key: string, address: Uint8Array): Peer {
    const give = (train: Train) => this.#options.give(train, peer.address);
    const onbye = () => this.#part(peer, "it went");
    const peer: Peer = new Peer(key, address, new Channel({ give, onbye }));
    return peer;
  }

  /** The newest datagram came from elsewhere: so the answers go there. */
  #move(peer: Peer, to: Uint8Array, nowMs: number): void {
    peer.address = to;
    peer.channel.path.restart(nowMs);
    this.dueMs = nowMs;
    if (this.#peers.has(peer.key)) this.#options.onmove(peer);
  }

  #part(peer: Peer, why: string): void {
    if (!this.#peers.delete(peer.key)) return;
    this.#forget(peer.channel.sessions);
    for (const session of peer.channel.sessions) session.close();
    this.#options.ongone(peer, why);
  }

  #forget(sessions: readonly Session[]): void {
    for (const { index } of sessions) this.#entries.delete(index);
  }

  #drop(entry: Entry): void {
    this.#unconfirmed.delete(entry);
    this.#entries.delete(entry.session.index);
    entry.session.close();
  }

  #index(): number {
    for (;;) {
      const index = this.#options.random();
      if (!this.#entries.has(index)) return index;
    }
  }

  #reset(reason: number, message: Uint8Array, to: Uint8Array, nowMs: number): void {
    if (this.#gate.mayReset(nowMs)) this.#options.send(writeReset(reason, message), to);
  }
}

/** Whether two sockaddr are the same. */
function isAddress(left: Uint8Array, right: Uint8Array): boolean {
  for (let i = 0; i < left.length; i++) if (left[i] !== right[i]) return false;
  return true;
}
