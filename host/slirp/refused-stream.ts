// A stream that is refused here: it fails once its holder listens, as one does that the world refuses.

import { BaseStream } from "./base-stream.js";

export class RefusedStream extends BaseStream {
  readonly queued = 0;
  #isOver = false;

  constructor(code: string) {
    super();
    void Promise.resolve().then(() => this.#isOver || this.onerror(code));
  }

  write(): void {}
  end(): void {}
  pause(): void {}
  resume(): void {}

  destroy(): void {
    this.#isOver = true;
  }
}
