// What the gateway needs of the world outside: streams, datagrams, names, answers to pings, files. Node has one of these;
// a page has a smaller one.

import type { Address } from "./address.js";
import type { Reason } from "./reasons.js";

/** One end of a stream. What it calls is set before anything can happen. */
export interface Stream {
  /** Octets that were written and have not left; small pieces may count for more, by what they cost. */
  readonly queued: number;
  onconnect: () => void;
  /** Lends nothing: the octets are the receiver's. */
  ondata: (octets: Uint8Array) => void;
  /** There will be no more data. Writing goes on. */
  onend: () => void;
  /** It is gone, by an errno. */
  onerror: (code: string) => void;
  /** Fewer octets are queued than before. */
  ondrain: () => void;
  write(octets: Uint8Array): void;
  /** No more will be written. Reading goes on. */
  end(): void;
  /** Breaks it off: the other end sees a reset. */
  destroy(): void;
  pause(): void;
  resume(): void;
}

/** Where a stream leads. */
export type StreamTarget =
  | { readonly host: string; readonly port: number }
  | { readonly path: string }
  | { readonly command: string };

/** A datagram that came, and from where. */
export type Heard = (octets: Uint8Array, host: string, port: number) => void;

/** What became of a datagram that did not arrive, as far as somebody said it. */
export interface Fault {
  readonly reason: Reason;
  /** Of one that was too long: what is not. */
  readonly mtu?: number;
  /** The address of who said it; absent where it was this host. */
  readonly by?: string;
}

/** One that was sent there did not arrive. */
export type Failed = (fault: Fault, host: string, port: number) => void;

/** A socket for datagrams. What cannot be sent is lost. */
export interface Datagrams {
  /** `hops` is how many routers it may pass; the usual number where that is absent, or nobody can say it. */
  send(octets: Uint8Array, host: string, port: number, hops?: number): void;
  close(): void;
}

export interface Listener {
  close(): void;
}

export interface GatewayBackend {
  /** 32 bits that nobody can guess. */
  random(): number;
  /** `owner` is whose it is, here and below: what a host has little of is shared by it. */
  connect(to: StreamTarget, owner?: string): Stream;
  /** False where there are no datagrams, so that guests are told. */
  readonly hasDatagrams?: boolean;
  /** A socket of its own port. */
  datagrams(family: 4 | 6, heard: Heard, failed?: Failed, owner?: string): Datagrams;
  /** Waits for connections. Throws an error with an errno where it may not. */
  listen(host: string | undefined, port: number, onstream: (stream: Stream) => void): Promise<Listener>;
  /** Waits for datagrams. */
  listenDatagrams(host: string | undefined, port: number, heard: Heard): Promise<Datagrams>;
  /** Asks the host's resolvers: whole DNS messages. Undefined where none answers. */
  resolve(query: Uint8Array, answered: (answer: Uint8Array | undefined) => void): void;
  /** Whether an address is this host's own. */
  isHost?(address: Address): boolean;
  /** A resolver that takes questions over TCP. */
  resolver(): { readonly host: string; readonly port: number } | undefined;
  /** Sends an echo request with these data, and says once whether it was answered, or why it did not arrive. */
  ping?(
    host: string,
    data: Uint8Array,
    answered: (outcome: boolean | Fault) => void,
    hops?: number,
    owner?: string,
  ): void;
  /** A file by the name that guests have for it, read for one of them; undefined where there is none, or none for guests. */
  readFile?(name: string, guest: string): Promise<Uint8Array | undefined>;
}
