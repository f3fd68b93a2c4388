// The addresses behind one client: how many there may be, and who had them before.

import type { Frame } from "../../../host/link.js";

/** As long as a switch believes an address: one that was silent so long makes room for another. */
const EXPIRE_MS = 100_000;

/** The source address of a frame as a number. */
export function sourceOf(frame: Frame): number {
  const high = (frame[6]! << 8) | frame[7]!;
  const low = ((frame[8]! << 24) | (frame[9]! << 16) | (frame[10]! << 8) | frame[11]!) >>> 0;
  return high * 2 ** 32 + low;
}

export class ClientAddresses {
  readonly #max: number;
  readonly #onforget: (address: number) => void;
  /** The one that was silent longest first, but for the last, which is noted down when another comes. */
  readonly #seenMs = new Map<number, number>();
  #last = -1;

  constructor(max: number, onforget: (address: number) => void) {
    this.#max = max;
    this.#onforget = onforget;
  }

  /** Every address that it has. */
  keys(): Iterable<number> {
    return this.#seenMs.keys();
  }

  /** What becomes of a frame from an address: it has it, it has it from now on, or it has as many as it may. */
  see(address: number, nowMs: number): "known" | "new" | "refused" {
    if (address === this.#last) return "known";
    if (this.#last !== -1) this.#note(this.#last, nowMs);
    const isKnown = this.#seenMs.has(address);
    if (!isKnown && this.#seenMs.size >= this.#max && !this.#forgetOne(nowMs)) return "refused";
    this.#note(address, nowMs);
    this.#last = address;
    return isKnown ? "known" : "new";
  }

  #note(address: number, nowMs: number): void {
    this.#seenMs.delete(address);
    this.#seenMs.set(address, nowMs);
  }

  #forgetOne(nowMs: number): boolean {
    const [[address, seenMs] = [-1, nowMs]] = this.#seenMs;
    if (nowMs - seenMs <= EXPIRE_MS) return false;
    this.#seenMs.delete(address);
    this.#onforget(address);
    return true;
  }
}
