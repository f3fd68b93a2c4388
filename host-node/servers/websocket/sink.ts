// Where the chunks for a client go, and how many octets of them the kernel has not taken yet.

import type { Sink } from "../../../host/websocket/outbox.js";

/** Takes a chunk, and says when it is gone. */
export type Write = (chunk: Uint8Array, done: () => void) => void;

export class ClientSink implements Sink {
  waiting = 0;
  readonly #write: Write;
  readonly #ondrain: () => void;
  #underWay = 0;

  constructor(write: Write, ondrain: () => void) {
    this.#write = write;
    this.#ondrain = ondrain;
  }

  get isBusy(): boolean {
    return this.#underWay > 0;
  }

  write(chunk: Uint8Array): void {
    this.#underWay++;
    this.waiting += chunk.length;
    this.#write(chunk, this.#done);
  }

  /** The same for all chunks, which are many: they count as gone when the last one is. */
  readonly #done = (): void => {
    if (--this.#underWay > 0) return;
    this.waiting = 0;
    this.#ondrain();
  };
}
