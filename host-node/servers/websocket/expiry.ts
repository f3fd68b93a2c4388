// Connections that were let in until a time of day, and what ends each when so much time has passed. Clocks are set now and
// then: who was let in for a minute stays for one.

import type { Duplex } from "node:stream";

interface Ending {
  /** By a clock that is never set. */
  readonly untilMs: number;
  readonly end: () => void;
}

/** One timer for all: none waits as long as a token may be good. */
const LOOK_MS = 1_000;

export class Expiry {
  readonly #endings = new Map<Duplex, Ending>();
  readonly #timer = setInterval(() => this.#look(), LOOK_MS).unref();

  /** Runs `end` when the time has come, in milliseconds since 1970, unless the stream has closed by then. */
  add(stream: Duplex, untilMs: number, end: () => void): void {
    this.#endings.set(stream, { untilMs: performance.now() + untilMs - Date.now(), end });
    stream.on("close", () => this.#endings.delete(stream));
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const nowMs = performance.now();
    for (const [stream, { untilMs, end }] of this.#endings) {
      if (nowMs < untilMs) continue;
      this.#endings.delete(stream);
      end();
    }
  }
}
