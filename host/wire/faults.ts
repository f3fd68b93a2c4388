// What chance does to the frames of one direction. Each question is asked once for each frame that gets so far, so that a
// seed makes a run come again.

import { faultless, PARAMETER_LIST, type Settings } from "./parameters.js";
import { Random } from "./random.js";
import type { Direction } from "./value.js";

/** Copies of one frame: `dup` is a chance for each to have another, and 100 % would have no end. */
const COPIES_MAX = 256;
const BITS = 2 ** 23;
/** For ever, and still a time that can be reckoned with. */
const SEND_MAX_MS = 2 ** 40;
const STREAMS = ["loss", "dup", "reorder", "delay", "noise", "rate", "capacity"] as const;

export class Faults {
  #settings = faultless();
  #random: Record<(typeof STREAMS)[number], Random>;
  #isBad = false;
  /** The last delay's place in its spread, in sigmas. */
  #deviation: number | undefined;

  constructor(seed: number, direction: Direction) {
    this.#random = streams(seed, direction);
  }

  get settings(): Settings {
    return this.#settings;
  }

  set settings(settings: Settings) {
    this.#settings = settings;
  }

  /** Whether every frame passes at once, as it is. */
  get areNone(): boolean {
    return PARAMETER_LIST.every(([name]) => this.#settings[name].value === 0 && this.#settings[name].plus === 0);
  }

  reseed(seed: number, direction: Direction): void {
    this.#random = streams(seed, direction);
    this.#isBad = false;
    this.#deviation = undefined;
  }

  isLost(): boolean {
    const { loss, lostburst } = this.#settings;
    if (loss.value === 0 && loss.plus === 0) return false;
    const { loss: random } = this.#random;
    const share = random.draw(loss) / 100;
    if (share >= 1) return true;
    if (lostburst.value === 0) return random.uniform() < share;
    return this.#isLostInBurst(share, Math.max(1, random.draw(lostburst)));
  }

  /**
   * Gilbert's chain: from good to bad and back, and what is bad is lost. A share of losses that such bursts cannot reach,
   * with a single good frame between them, is reached by longer ones.
   */
  #isLostInBurst(share: number, wanted: number): boolean {
    const burst = Math.max(wanted, share / (1 - share));
    const chance = this.#isBad ? 1 / burst : share / (burst * (1 - share));
    if (this.#random.loss.uniform() < chance) this.#isBad = !this.#isBad;
    return this.#isBad;
  }

  /** How many frames one becomes. */
  copies(): number {
    const { dup } = this.#settings;
    if (dup.value === 0 && dup.plus === 0) return 1;
    const chance = this.#random.dup.draw(dup) / 100;
    let copies = 1;
    while (copies < COPIES_MAX && this.#random.dup.uniform() < chance) copies++;
    return copies;
  }

  /** Octets that may wait in this direction, or Infinity. */
  capacity(): number {
    const { chanbufsize } = this.#settings;
    if (chanbufsize.value === 0 && chanbufsize.plus === 0) return Number.POSITIVE_INFINITY;
    return this.#random.capacity.draw(chanbufsize);
  }

  /** How long octets take at a rate that is set, or 0 where none is. */
  sendMs(name: "bandwidth" | "speed", octets: number): number {
    const setting = this.#settings[name];
    if (setting.value === 0 && setting.plus === 0) return 0;
    const rate = this.#random.rate.draw(setting);
    return rate > 0 ? Math.min(SEND_MAX_MS, (1000 * octets) / rate) : 0;
  }

  /** Whether a frame skips the delay, and so overtakes. */
  isAhead(): boolean {
    const { reorder } = this.#settings;
    if (reorder.value === 0 && reorder.plus === 0) return false;
    return 100 * this.#random.reorder.uniform() < this.#random.reorder.draw(reorder);
  }

  delayMs(): number {
    const { delay, correlation } = this.#settings;
    const { delay: random } = this.#random;
    if (delay.plus === 0 || correlation.value === 0) return Math.max(0, random.draw(delay));
    const alike = Math.min(1, Math.max(0, random.draw(correlation) / 100));
    const chance = random.normal();
    const last = this.#deviation ?? chance;
    this.#deviation = alike * last + Math.sqrt(1 - alike * alike) * chance;
    const spread = delay.isNormal ? this.#deviation / 3 : 2 * normalShare(this.#deviation) - 1;
    return Math.max(0, delay.value + delay.plus * spread);
  }

  /** The chance of each bit of the next frame to be wrong. */
  errorRate(): number {
    const { noise } = this.#settings;
    return noise.value === 0 && noise.plus === 0 ? 0 : this.#random.noise.draw(noise) / BITS;
  }

  /** The first wrong bit from `bit` on, or Infinity. */
  nextError(bit: number, rate: number): number {
    return bit + this.#random.noise.failures(rate);
  }
}

function streams(seed: number, direction: Direction): Record<(typeof STREAMS)[number], Random> {
  const random = STREAMS.map((name, i) => [name, new Random(seed, 2 * i + direction)]);
  return Object.fromEntries(random) as Record<(typeof STREAMS)[number], Random>;
}

/** The share of a normal distribution below a number of sigmas: Abramowitz and Stegun 26.2.17, within 1e-7. */
function normalShare(sigmas: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(sigmas));
  const poly = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = (Math.exp((-sigmas * sigmas) / 2) / Math.sqrt(2 * Math.PI)) * poly;
  return sigmas > 0 ? 1 - tail : tail;
}
