// Frames as they pass, for whoever watches: plugins, a capture file. Nothing is copied while nobody does.

import * as abi from "../assembly/abi.js";
import type { Core } from "./core.js";
import type { Frame } from "./link.js";
import { Ring } from "./ring.js";

/** A frame at a port. `timeMs` is on the core's clock. `frame` is lent: copy it to keep it. */
export interface Capture {
  readonly port: number;
  readonly outgoing: boolean;
  readonly timeMs: number;
  readonly frame: Frame;
}

export type Tap = (capture: Capture) => void;

export class Captures {
  readonly #core: Core;
  readonly #ring: Ring;
  readonly #taps = new Set<Tap>();
  #isReading = false;

  constructor(core: Core) {
    this.#core = core;
    this.#ring = new Ring(core.octets.buffer, abi.CAPTURE, abi.CAPTURE_OCTETS);
  }

  /** Frames that nobody read in time. */
  get lost(): number {
    return this.#ring.lost;
  }

  /** Watches what passes from now on. */
  add(tap: Tap): void {
    this.read();
    this.#taps.add(tap);
    this.#core.setU8(abi.CONFIG + abi.CONFIG_CAPTURE, 1);
  }

  /** Watches no more, after what has passed until now. */
  remove(tap: Tap): void {
    this.read();
    this.#taps.delete(tap);
    if (this.#taps.size === 0) this.#core.setU8(abi.CONFIG + abi.CONFIG_CAPTURE, 0);
  }

  /** Hands out what was captured since the last time. Does nothing where a tap calls it. */
  read(): void {
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      this.#handOut();
    } finally {
      this.#isReading = false;
    }
  }

  #handOut(): void {
    for (const record of this.#ring.records()) {
      const view = new DataView(record.buffer, record.byteOffset, abi.CAPTURE_FRAME);
      const capture: Capture = {
        port: view.getUint16(abi.CAPTURE_PORT, true),
        outgoing: view.getUint16(abi.CAPTURE_OUTGOING, true) === 1,
        timeMs: view.getUint32(abi.CAPTURE_TIME_MS, true),
        frame: record.subarray(abi.CAPTURE_FRAME),
      };
      for (const tap of this.#taps) tap(capture);
    }
  }
}
