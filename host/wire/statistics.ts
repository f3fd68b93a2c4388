// What a direction has done: counters that add up, the rate of late, and how long frames took.

/** Why a frame was lost. */
export const LOSSES = ["loss", "mtu", "capacity", "qlen", "codel", "memory", "flush"] as const;
export type Loss = (typeof LOSSES)[number];

const RATE_WINDOW_MS = 1000;
/** Delays are counted by their logarithm: 16 steps for each doubling, from a microsecond on. Within 5 % of the truth. */
const STEPS = 16;
const LEAST_MS = 0.001;
const COUNT = STEPS * 40;

export class Statistics {
  /** Frames that came in, and copies that were made of them. */
  received = 0;
  duplicated = 0;
  passed = 0;
  corrupted = 0;
  readonly lost: Record<Loss, number> = { loss: 0, mtu: 0, capacity: 0, qlen: 0, codel: 0, memory: 0, flush: 0 };
  readonly #delays = new Float64Array(COUNT);
  #windowMs = 0;
  #octets = 0;
  #rate = 0;

  get allLost(): number {
    return LOSSES.reduce((sum, why) => sum + this.lost[why], 0);
  }

  /** Frames that left at a time, each after the same delay. */
  pass(frames: number, octets: number, delayMs: number, nowMs: number): void {
    this.passed += frames;
    const step = delayMs < LEAST_MS ? 0 : 1 + Math.floor(STEPS * Math.log2(delayMs / LEAST_MS));
    this.#delays[step < COUNT ? step : COUNT - 1]! += frames;
    if (nowMs - this.#windowMs >= RATE_WINDOW_MS) this.#turn(nowMs);
    this.#octets += octets;
  }

  /** Octets a second, over the last whole second in which something was asked or passed. */
  rate(nowMs: number): number {
    if (nowMs - this.#windowMs >= RATE_WINDOW_MS) this.#turn(nowMs);
    return this.#rate;
  }

  /** The delay that a share of the frames did not exceed, in ms. */
  delay(share: number): number {
    let left = share * this.passed;
    for (const [step, count] of this.#delays.entries()) {
      left -= count;
      if (count > 0 && left <= 0) return step === 0 ? 0 : LEAST_MS * 2 ** ((step - 0.5) / STEPS);
    }
    return 0;
  }

  #turn(nowMs: number): void {
    this.#rate = (1000 * this.#octets) / (nowMs - this.#windowMs);
    this.#windowMs = nowMs;
    this.#octets = 0;
  }
}
