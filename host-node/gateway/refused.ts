// A stream that is refused here: it fails once its holder listens, as one does that the world refuses.

import type { Stream } from "../../host/slirp/backend.js";

const IGNORE = () => {};

export class RefusedStream implements Stream {
  readonly queued = 0;
  onconnect: Stream["onconnect"] = IGNORE;
  ondata: Stream["ondata"] = IGNORE;
  onend: Stream["onend"] = IGNORE;
  onerror: Stream["onerror"] = IGNORE;
  ondrain: Stream["ondrain"] = IGNORE;
  #isOver = false;

  constructor(code: string) {
    queueMicrotask(() => {
      if (!this.#isOver) this.onerror(code);
    });
  }

  write(): void {}
  end(): void {}
  pause(): void {}
  resume(): void {}

  destroy(): void {
    this.#isOver = true;
  }
}
