// A server that stops accepting for a moment: connections wait in the kernel's queue, where they cost this process no
// descriptor. Node has no call for that, so the server is closed, and listens again on a duplicate of its socket.

import type { Server } from "node:net";
import { close, duplicate } from "../native/libc.js";
import { descriptorOf } from "./descriptor.js";
import { adopt } from "./listen-at.js";

export class HoldOff {
  readonly #server: Server;
  readonly #backlog: number;
  #held: { readonly fd: number; readonly timer: NodeJS.Timeout } | undefined;

  constructor(server: Server, backlog: number) {
    this.#server = server;
    this.#backlog = backlog;
  }

  /** Accepts no connections for `ms` milliseconds. Without a descriptor for the duplicate, the server keeps accepting. */
  begin(ms: number): void {
    const own = descriptorOf(this.#server);
    if (this.#held !== undefined || own < 0) return;
    try {
      this.#held = { fd: duplicate(own), timer: setTimeout(() => this.#end(), ms) };
      this.#server.close();
    } catch {
      // EMFILE
    }
  }

  /** Lets nobody in any more. */
  close(): void {
    if (this.#held === undefined) return;
    clearTimeout(this.#held.timer);
    close(this.#held.fd);
    this.#held = undefined;
  }

  #end(): void {
    const { fd } = this.#held!;
    this.#held = undefined;
    adopt(this.#server, fd, this.#backlog).catch((error) => this.#server.emit("error", error));
  }
}
