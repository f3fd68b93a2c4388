// A server that takes nobody for a moment: who comes meanwhile waits in the kernel's queue, and costs this process no
// descriptor there. Node has no call for that, so the server closes and has a duplicate of its socket afterwards.

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

  /** Takes nobody for so many milliseconds. Where there is no descriptor for the duplicate, the server goes on. */
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
