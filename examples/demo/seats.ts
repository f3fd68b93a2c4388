// Numbers for pages, each for as long as its page is open, and the news that they all get.

import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { type News, type Plugged, SEATS_MAX, type Way } from "./messages.js";

/** How often it is looked whether there is news. */
const LOOK_MS = 500;
const TRY_LATER = 1013;
/** A page has nothing to say here. */
const MESSAGE_MAX = 64;

export interface SeatsOptions {
  /** What is plugged in now. */
  readonly plugs: () => readonly Plugged[];
  readonly ways: readonly Way[];
}

export class Seats {
  readonly #options: SeatsOptions;
  readonly #pages = new Map<number, WebSocket>();
  readonly #told = new Map<number, string>();
  readonly #server = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: MESSAGE_MAX });
  readonly #timer: NodeJS.Timeout;

  constructor(options: SeatsOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#tell(), LOOK_MS).unref();
  }

  /** Takes over a connection that asked for news. */
  readonly upgrade = (request: IncomingMessage, stream: Duplex, head: Buffer): void => {
    const wanted = Number(new URL(request.url ?? "/", "ws://demo").searchParams.get("seat"));
    this.#server.handleUpgrade(request, stream, head, (socket) => this.#sit(socket, wanted));
  };

  close(): void {
    clearInterval(this.#timer);
    for (const socket of this.#pages.values()) socket.terminate();
  }

  /** The number that a page had before, where it is free, or else the lowest one that is. */
  #sit(socket: WebSocket, wanted: number): void {
    const isFree = (seat: number) => seat >= 1 && seat <= SEATS_MAX && !this.#pages.has(seat);
    const all = Array.from({ length: SEATS_MAX }, (_, index) => index + 1);
    const seat = isFree(wanted) ? wanted : all.find(isFree);
    socket.on("error", () => {}); // "close" comes after it
    if (seat === undefined) socket.close(TRY_LATER, `${SEATS_MAX} pages are open`);
    else this.#keep(socket, seat);
  }

  #keep(socket: WebSocket, seat: number): void {
    this.#pages.set(seat, socket);
    socket.on("close", () => {
      this.#pages.delete(seat);
      this.#told.delete(seat);
      this.#tell();
    });
    this.#tell();
  }

  #tell(): void {
    const [plugs, seats, { ways }] = [this.#options.plugs(), this.#pages.size, this.#options];
    for (const [seat, socket] of this.#pages) {
      const text = JSON.stringify({ seat, seats, plugs, ways } satisfies News);
      if (text === this.#told.get(seat)) continue;
      this.#told.set(seat, text);
      socket.send(text);
    }
  }
}
