// A wire before a link, on any host: what is sent goes from left to right, what comes goes from right to left.

import { BaseLink } from "../base-link.js";
import type { Clock, Frame, Link, Wire } from "../link.js";
import type { Take } from "./channel.js";
import type { Filter } from "./filter.js";
import type { Direction } from "./value.js";

/** Timers take 31 bits of milliseconds; who has to wait for longer looks again. */
const WAIT_MAX_MS = 2 ** 30;
/** What is due and leaves before others have their turn, in frames. */
const RELEASE = 512;

/** A Wire with the faults of a filter, which is for one link. */
export function wireOf(filter: Filter, clock: Clock): Wire {
  return (link) => new FilteredLink(link, filter, clock);
}

export class FilteredLink extends BaseLink {
  override readonly isDistant = true;
  #filter: Filter;
  readonly #link: Link;
  readonly #clock: Clock;
  readonly #takes: readonly [Take, Take];
  #armedMs = Number.POSITIVE_INFINITY;
  #disarm: () => void = () => {};

  constructor(link: Link, filter: Filter, clock: Clock) {
    super(`wire ${link.name}`);
    this.#filter = filter;
    this.#link = link;
    this.#clock = clock;
    this.#takes = [
      (octets, at, size) => this.#hand(() => link.send(octets.subarray(at, at + size))),
      (octets, at, size) => this.#hand(() => this.take(octets.subarray(at, at + size))),
    ];
    filter.onset = () => this.#arm();
    link.onclose = (reason) => this.end(reason);
    link.onframe = (frame) => {
      if (this.#put(frame, 1)) this.take(frame);
    };
  }

  get filter(): Filter {
    return this.#filter;
  }

  /** Goes on with the settings, states and counters of a wire that this one takes the place of. */
  inherit({ filter }: FilteredLink): void {
    this.#filter.onset = () => {};
    this.#filter = filter;
    filter.onset = () => this.#arm();
  }

  /** A frame that the wire loses is taken, and goes nowhere. */
  send(frame: Frame): boolean {
    if (!this.isOpen) return false;
    return !this.#put(frame, 0) || this.#link.send(frame);
  }

  #put(frame: Frame, direction: Direction): boolean {
    if (!this.isOpen) return false;
    const nowMs = this.#clock.now();
    this.filter.chain.advance(nowMs);
    const channel = this.filter.channel(direction);
    if (channel.put(frame, 0, frame.length, nowMs)) return true;
    this.#release(direction, nowMs);
    this.#arm();
    return false;
  }

  #release(direction: Direction, nowMs: number): void {
    this.filter.channel(direction).release(nowMs, this.#takes[direction], RELEASE);
  }

  #hand(hand: () => unknown): boolean {
    if (this.isOpen) hand();
    return true;
  }

  /** Sets the timer to what is due next. */
  #arm(): void {
    if (!this.isOpen) return;
    const { nextMs } = this.filter;
    if (nextMs === this.#armedMs) return;
    this.#disarm();
    this.#armedMs = nextMs;
    if (nextMs === Number.POSITIVE_INFINITY) return;
    const waitMs = Math.min(WAIT_MAX_MS, Math.max(0, nextMs - this.#clock.now()));
    this.#disarm = this.#clock.after(waitMs, () => this.#ring());
  }

  #ring(): void {
    this.#armedMs = Number.POSITIVE_INFINITY;
    this.#disarm = () => {};
    const nowMs = this.#clock.now();
    this.filter.chain.advance(nowMs);
    this.#release(0, nowMs);
    this.#release(1, nowMs);
    this.#arm();
  }

  /** The filter may be put before what takes the link's place: what waits in it is of its past. */
  protected shut(): void {
    this.#disarm();
    for (const direction of [0, 1] as const) this.filter.channel(direction).flush();
    this.#link.close();
  }
}
