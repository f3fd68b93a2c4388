// What the sliders can do to a wire, for the page and for the workers of its guests.

import type { Filter } from "../../../host/wire/filter.js";

/** The same in both directions. */
export interface Faults {
  /** Per cent of frames that are lost. */
  readonly loss: number;
  readonly delayMs: number;
  /** Bits a second; 0 for as fast as it goes. */
  readonly bandwidth: number;
}

export const NO_FAULTS: Faults = { loss: 0, delayMs: 0, bandwidth: 0 };

/** What may wait for a slow wire, in octets: more would make it a long one too. */
const CAPACITY = 64 * 1024;

export function applyFaults(filter: Filter, { loss, delayMs, bandwidth }: Faults): void {
  filter.set("loss", String(loss));
  filter.set("delay", String(delayMs));
  filter.set("bandwidth", String(Math.round(bandwidth / 8)));
  filter.set("chanbufsize", String(bandwidth > 0 ? CAPACITY : 0));
}
