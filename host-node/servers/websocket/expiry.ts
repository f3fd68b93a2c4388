// Connections that were let in until a time of day, and what ends each when it has come.

import type { Duplex } from "node:stream";

interface Ending {
  readonly untilMs: number;
  readonly end: () => void;
}

/** One timer for all: none waits as long as a token may be good, and none follows a clock that is set. */
const LOOK_MS = 1_000;

export class Expiry {
  readonly #endings = new Map<Duplex, Ending>();
  readonly #timer = setInterval(() => this.#look(), LOOK_MS).unref();

  /** Runs `end` when the time has come, unless the stream has closed by then. */
  add(stream: Duplex, untilMs: number, end: () => void): void {
    this.#endings.set(stream, { untilMs, end });
    stream.on("close", () => this.#endings.delete(stream));
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const nowMs = Date.now();
    for (const [stream, { untilMs, end }] of this.#endings) {
      if (nowMs < untilMs) continue;
      this.#endings.delete(stream);
      end();
    }
  }
}
