// A socket of Node as the gateway wants a stream.

import type { Socket } from "node:net";
import { BaseStream } from "../../host/slirp/base-stream.js";
import type { Lease } from "../resources/account.js";
import { shortage } from "../resources/process.js";
import { guard } from "../servers/guard.js";

/** What both ends have closed, and the other does not read, is not waited for longer. */
const CLOSING_MS = 120_000;
/** What a stream's octets break in the gateway ends that stream alone. */
export const note = (text: string) => shortage.note("a stream of a guest", text);

/** What a piece that waits takes at least, whatever it holds. */
const PIECE_MIN = 256;

/** What a piece counts for while it waits: who sends octet by octet to somebody who does not read is made to wait sooner. */
export function costOf(octets: Uint8Array): number {
  return Math.max(octets.length, PIECE_MIN);
}

export class NodeStream extends BaseStream {
  #made: Socket | undefined;
  readonly #lease: Lease | undefined;
  #queued = 0;
  /** Nothing more is said. */
  protected isOver = false;

  /** `lease` is given back with the descriptor. */
  constructor(lease?: Lease, socket?: Socket) {
    super();
    this.#lease = lease;
    if (socket !== undefined) this.#adopt(socket);
  }

  /** Makes the socket, for one that began without. */
  protected make(): Socket {
    throw new Error("a stream without a socket");
  }

  /** Sees to it that there is a socket, so that it is read. */
  protected open(): Socket {
    return this.#made ?? this.#adopt(this.make());
  }

  #adopt(socket: Socket): Socket {
    this.#made = socket;
    socket.setNoDelay(true);
    const told = (tell: () => void) => guard(socket, note, tell);
    socket.once("connect", () => told(() => this.onconnect()));
    socket.on("data", (octets) => told(() => this.ondata(octets)));
    socket.once("end", () => told(() => this.onend()));
    socket.on("error", (error: NodeJS.ErrnoException) => this.fail(error.code ?? "EIO"));
    socket.once("close", (hadError) => {
      this.release();
      if (!hadError && !(socket.readableEnded && socket.writableFinished)) this.fail("ECONNRESET");
    });
    return socket;
  }

  get queued(): number {
    return this.#queued;
  }

  write(octets: Uint8Array): void {
    if (this.open().destroyed) return;
    const cost = costOf(octets);
    this.#queued += cost;
    this.open().write(octets, () => {
      this.#queued -= cost;
      this.ondrain();
    });
  }

  end(): void {
    this.open().end();
    this.open().setTimeout(CLOSING_MS, () => {
      if (this.open().readableEnded) this.open().destroy();
    });
  }

  destroy(): void {
    this.isOver = true;
    const isTcp = this.open().remoteFamily !== undefined; // neither on its way nor a Unix socket
    if (isTcp) this.open().resetAndDestroy();
    else this.open().destroy();
  }

  pause(): void {
    this.open().pause();
  }

  resume(): void {
    this.open().resume();
  }

  /** There is no descriptor any more. */
  protected release(): void {
    this.#lease?.release();
  }

  /** Says once that it is gone. */
  protected fail(code: string): void {
    if (this.isOver) return;
    this.isOver = true;
    this.onerror(code);
  }
}
