// A wire with faults: two channels, the states that they go through, and what the console sets. Time is what the host says.

import { refuse } from "../errors.js";
import { Channel } from "./channel.js";
import { Chain } from "./markov.js";
import { checkRange, faultless, parameterOf } from "./parameters.js";
import { PRESETS } from "./presets.js";
import { type Direction, readValue } from "./value.js";

const SEED_MAX = 2 ** 48;

export class Filter {
  readonly channels: readonly [Channel, Channel];
  readonly chain: Chain;
  /** The host's time, in milliseconds. */
  readonly now: () => number;
  #seed: number;
  #isFifo = true;
  /** Runs when something is set, and so may be due sooner. */
  onset: () => void = () => {};
  /** Runs when another state begins. */
  onstate: (from: number, to: number) => void = () => {};

  /** With the same seed, the same frames meet the same fate. */
  constructor({ seed, now }: { readonly seed: number; readonly now: () => number }) {
    this.now = now;
    this.#seed = seed;
    this.channels = [new Channel(seed, 0), new Channel(seed, 1)];
    this.chain = new Chain(seed);
    this.chain.onchange = (from, to) => {
      this.#apply();
      this.onstate(from, to);
    };
  }

  get seed(): number {
    return this.#seed;
  }

  /** Begins the chances anew. */
  set seed(seed: number) {
    if (!Number.isInteger(seed) || seed < 0 || seed > SEED_MAX) refuse("EINVAL", `a seed is 0 to ${SEED_MAX}`);
    this.#seed = seed;
    this.chain.reseed(seed);
    for (const channel of this.channels) channel.reseed(seed);
  }

  get isFifo(): boolean {
    return this.#isFifo;
  }

  set isFifo(isFifo: boolean) {
    this.#isFifo = isFifo;
    for (const channel of this.channels) channel.isFifo = isFifo;
  }

  /** Sets a parameter, by any of its names, to what a value says. */
  set(name: string, text: string): void {
    const parameter = parameterOf(name) ?? refuse("EINVAL", `${name}: there is no such parameter`);
    const value = readValue(text);
    checkRange(parameter, value);
    this.chain.set(parameter, value);
    this.#apply();
    this.onset();
  }

  /** Sets a state to one of the presets, and takes all else away from it. */
  preset(name: string, state = 0): void {
    const { lines } = PRESETS[name] ?? refuse("EINVAL", `the presets are ${Object.keys(PRESETS).join(", ")}`);
    this.clear(state);
    for (const line of lines) {
      const [parameter = "", value = ""] = line.split(" ");
      this.set(parameter, `${value}[${state}]`);
    }
  }

  /** Takes every fault away from a state. */
  clear(state: number): void {
    const { settings } = this.chain.state(state);
    for (const way of [0, 1] as const) settings[way] = faultless();
    this.#apply();
    this.onset();
  }

  channel(direction: Direction): Channel {
    return this.channels[direction];
  }

  /** When something is due in any direction, or another state may begin. */
  get nextMs(): number {
    return Math.min(this.chain.nextMs, this.channels[0].nextMs, this.channels[1].nextMs);
  }

  #apply(): void {
    const { settings } = this.chain.state(this.chain.current);
    for (const way of [0, 1] as const) this.channels[way].settings = settings[way];
  }
}
