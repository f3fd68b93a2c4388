// The states that a wire goes through: each has settings of its own, and a chance for each other one to be the next. The
// chances are percentages a step; what is left of a hundred is the chance to stay.

import { refuse } from "../errors.js";
import { faultless, type ParameterName, type Settings } from "./parameters.js";
import { Random } from "./random.js";
import type { Value } from "./value.js";

/** More than anyone draws, and little enough that all edges fit. */
const STATES_MAX = 1000;
const STEP_MS = 100;
/** Steps that may be made up for; a wire that slept for longer begins anew. */
const LATE_MAX = 1000;
const STREAM = 99;

export interface State {
  name: string;
  /** From left to right, and from right to left. */
  readonly settings: [Settings, Settings];
  /** Chances to go to others, in percent, by their numbers. */
  readonly edges: Map<number, number>;
}

export class Chain {
  #states: State[] = [newState()];
  #current = 0;
  #periodMs = STEP_MS;
  #nextMs = 0;
  #random: Random;
  /** Runs when another state begins. */
  onchange: (from: number, to: number) => void = () => {};

  constructor(seed: number) {
    this.#random = new Random(seed, STREAM);
  }

  reseed(seed: number): void {
    this.#random = new Random(seed, STREAM);
  }

  get count(): number {
    return this.#states.length;
  }

  get current(): number {
    return this.#current;
  }

  get periodMs(): number {
    return this.#periodMs;
  }

  /** When the next step is due; never where there is one state. */
  get nextMs(): number {
    return this.count > 1 ? this.#nextMs : Number.POSITIVE_INFINITY;
  }

  state(number: number): State {
    const found = this.#states[number];
    return found ?? refuse("EINVAL", `the states are 0 to ${this.count - 1}`);
  }

  /** Keeps the states that there are, as far as the number goes. */
  resize(count: number, nowMs: number): void {
    if (!Number.isInteger(count) || count < 1 || count > STATES_MAX) {
      refuse("EINVAL", `the number of states is 1 to ${STATES_MAX}`);
    }
    this.#states = Array.from({ length: count }, (_, i) => this.#states[i] ?? newState());
    for (const { edges } of this.#states) for (const to of edges.keys()) if (to >= count) edges.delete(to);
    if (this.#current >= count) this.#enter(0);
    this.#nextMs = nowMs + this.#periodMs;
  }

  setPeriod(periodMs: number, nowMs: number): void {
    if (!(periodMs >= 1)) refuse("EINVAL", "the time between steps is 1 or more, in ms");
    this.#periodMs = periodMs;
    this.#nextMs = nowMs + periodMs;
  }

  go(to: number): void {
    this.state(to);
    this.#enter(to);
  }

  set(name: ParameterName, { state, direction, value, plus, isNormal }: Value): void {
    const { settings } = this.state(state);
    for (const way of [0, 1] as const) {
      if (direction === undefined || direction === way) settings[way][name] = { value, plus, isNormal };
    }
  }

  /** The chance to stay is what is left, and cannot be set. */
  setEdge(from: number, to: number, weight: number): void {
    const { edges } = this.state(from);
    this.state(to);
    if (!(weight >= 0 && weight <= 100)) refuse("EINVAL", "a weight is 0 to 100, in percent");
    if (from === to) return;
    const others = [...edges].reduce((sum, [number, each]) => sum + (number === to ? 0 : each), 0);
    if (others + weight > 100) refuse("EINVAL", `the weights from ${from} would come to ${others + weight} percent`);
    if (weight === 0) edges.delete(to);
    else edges.set(to, weight);
  }

  /** Where one may go from a state, and the chance for it, itself among them. */
  edges(from: number): [to: number, weight: number][] {
    const { edges } = this.state(from);
    const stay = 100 - [...edges.values()].reduce((sum, weight) => sum + weight, 0);
    const all: [number, number][] = [...edges, [from, stay]];
    return all.filter(([, weight]) => weight > 0).sort(([a], [b]) => a - b);
  }

  /** Makes the steps that are due. */
  advance(nowMs: number): void {
    if (this.count === 1) return;
    if (nowMs - this.#nextMs > LATE_MAX * this.#periodMs) this.#nextMs = nowMs;
    for (; this.#nextMs <= nowMs; this.#nextMs += this.#periodMs) this.#step();
  }

  #step(): void {
    let left = 100 * this.#random.uniform();
    for (const [to, weight] of this.state(this.#current).edges) {
      left -= weight;
      if (left >= 0) continue;
      this.#enter(to);
      return;
    }
  }

  #enter(to: number): void {
    const from = this.#current;
    this.#current = to;
    if (to !== from) this.onchange(from, to);
  }
}

function newState(): State {
  return { name: "", settings: [faultless(), faultless()], edges: new Map() };
}
