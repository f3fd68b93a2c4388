// Numbers that look random and come again with the same seed: sfc32, by Chris Doty-Humphrey. Each fault of each direction
// draws from a stream of its own, so that the n-th frame meets the same loss whatever else is set.

const WARM_UP = 15;
const TWO_32 = 0x1_0000_0000;

/** How a value lies around its middle: constant, evenly within `plus`, or normally with `plus` as three sigma. */
export interface Draw {
  readonly value: number;
  readonly plus: number;
  readonly isNormal: boolean;
}

export class Random {
  #a: number;
  #b: number;
  #c = 0;
  #counter = 1;
  #spare: number | undefined;

  constructor(seed: number, stream: number) {
    this.#a = seed | 0;
    this.#b = Math.floor(seed / TWO_32) | 0;
    this.#c = stream | 0;
    for (let i = 0; i < WARM_UP; i++) this.#next();
  }

  #next(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (this.#c << 21) | (this.#c >>> 11);
    this.#c = (this.#c + sum) | 0;
    return sum >>> 0;
  }

  /** From 0 up to and without 1, evenly. */
  uniform(): number {
    return this.#next() / TWO_32;
  }

  /** With mean 0 and sigma 1, normally: Marsaglia's polar method, which makes two at a time. */
  normal(): number {
    const spare = this.#spare;
    this.#spare = undefined;
    if (spare !== undefined) return spare;
    for (;;) {
      const [x, y] = [2 * this.uniform() - 1, 2 * this.uniform() - 1];
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue;
      const scale = Math.sqrt((-2 * Math.log(square)) / square);
      this.#spare = y * scale;
      return x * scale;
    }
  }

  /** How many trials fail before the first that succeeds, each with a chance of `p`. */
  failures(p: number): number {
    if (p >= 1) return 0;
    return p <= 0 ? Number.POSITIVE_INFINITY : Math.floor(Math.log1p(-this.uniform()) / Math.log1p(-p));
  }

  /** A value as its setting says. */
  draw({ value, plus, isNormal }: Draw): number {
    if (plus === 0) return value;
    return isNormal ? value + (plus / 3) * this.normal() : value + plus * (2 * this.uniform() - 1);
  }
}
