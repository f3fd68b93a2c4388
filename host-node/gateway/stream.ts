// A socket of Node as the gateway wants a stream.

import type { Socket } from "node:net";
import type { Stream } from "../../host/slirp/backend.js";

/** What both ends have closed, and the other does not read, is not waited for longer. */
const CLOSING_MS = 120_000;
const IGNORE = () => {};

export class NodeStream implements Stream {
  onconnect: Stream["onconnect"] = IGNORE;
  ondata: Stream["ondata"] = IGNORE;
  onend: Stream["onend"] = IGNORE;
  onerror: Stream["onerror"] = IGNORE;
  ondrain: Stream["ondrain"] = IGNORE;
  readonly #socket: Socket;
  #queued = 0;
  #isOver = false;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.once("connect", () => this.onconnect());
    socket.on("data", (octets) => this.ondata(octets));
    socket.once("end", () => this.onend());
    socket.on("error", (error: NodeJS.ErrnoException) => this.#fail(error.code ?? "EIO"));
    socket.once("close", (hadError) => {
      if (!hadError && !(socket.readableEnded && socket.writableFinished)) this.#fail("ECONNRESET");
    });
  }

  get queued(): number {
    return this.#queued;
  }

  write(octets: Uint8Array): void {
    if (this.#socket.destroyed) return;
    this.#queued += octets.length;
    this.#socket.write(octets, () => {
      this.#queued -= octets.length;
      this.ondrain();
    });
  }

  end(): void {
    this.#socket.end();
    this.#socket.setTimeout(CLOSING_MS, () => {
      if (this.#socket.readableEnded) this.#socket.destroy();
    });
  }

  destroy(): void {
    this.#isOver = true;
    const isTcp = this.#socket.remoteFamily !== undefined; // neither on its way nor a Unix socket
    if (isTcp) this.#socket.resetAndDestroy();
    else this.#socket.destroy();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  #fail(code: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.onerror(code);
  }
}
