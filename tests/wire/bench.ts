// A wire on a bench: a still clock, a fixed seed, frames that carry their numbers, and consoles.

import { refuse } from "../../host/errors.js";
import type { Channel } from "../../host/wire/channel.js";
import { WireConsole, type WireSystem } from "../../host/wire/console.js";
import { Filter } from "../../host/wire/filter.js";
import type { Direction } from "../../host/wire/value.js";
import { type StillClock, stillClock } from "../clock.js";
import { Manager } from "../host/console-bench.js";

/** A frame that came out: its number, when, and its octets. */
export interface Arrival {
  readonly number: number;
  readonly atMs: number;
  readonly octets: Uint8Array;
}

export interface WireSetup {
  readonly seed?: number;
  readonly isMono?: boolean;
  /** Parameters, as a console would set them. */
  readonly set?: Readonly<Record<string, string>>;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly system?: Partial<WireSystem>;
}

/** A numbered frame: the number in its first four octets, all else zero. */
export function numbered(number: number, size = 60): Uint8Array {
  const frame = new Uint8Array(size);
  new DataView(frame.buffer).setUint32(0, number);
  return frame;
}

export class WireBench {
  readonly clock: StillClock = stillClock();
  readonly filter: Filter;
  readonly console: WireConsole;
  readonly log: string[] = [];
  /** What came out at the right, and at the left. */
  readonly arrivals: readonly [Arrival[], Arrival[]] = [[], []];
  #sent = 0;

  constructor({ seed = 1, isMono = false, set = {}, scripts = {}, system = {} }: WireSetup = {}) {
    this.filter = new Filter({ seed, now: () => this.clock.now() });
    for (const [name, value] of Object.entries(set)) this.filter.set(name, value);
    const machine: WireSystem = {
      version: "0.0.0",
      readScript: (path) => scripts[path] ?? refuse("ENOENT", path),
      log: (text) => void this.log.push(text),
      shutdown: () => void this.log.push("shutdown"),
      ...system,
    };
    this.console = new WireConsole({ filter: this.filter, system: machine, isMono });
  }

  open(): Manager {
    return new Manager(this.console);
  }

  channel(way: Direction = 0): Channel {
    return this.filter.channel(way);
  }

  /** Sends a frame, numbered in the order of sending. */
  send(way: Direction = 0, size = 60): number {
    const frame = numbered(this.#sent, size);
    this.filter.chain.advance(this.clock.now());
    if (this.channel(way).put(frame, 0, size, this.clock.now())) this.#arrive(way, frame);
    else this.#release(way);
    return this.#sent++;
  }

  /** Lets time pass, from one thing that is due to the next. */
  pass(ms: number): void {
    const endMs = this.clock.now() + ms;
    for (let next = this.filter.nextMs; next <= endMs; next = this.filter.nextMs) {
      this.clock.pass(Math.max(0, next - this.clock.now()));
      this.filter.chain.advance(this.clock.now());
      this.#release(0);
      this.#release(1);
    }
    this.clock.pass(endMs - this.clock.now());
  }

  /** Frames that were sent `everyMs`, and all that became of them. */
  run(count: number, everyMs: number, { way = 0 as Direction, size = 60 } = {}): readonly Arrival[] {
    for (let i = 0; i < count; i++) {
      this.send(way, size);
      this.pass(everyMs);
    }
    this.drain();
    return this.arrivals[way];
  }

  /** Lets time pass until nothing waits. */
  drain(): void {
    while (this.channel(0).queued + this.channel(1).queued > 0)
      this.pass(Math.max(1, this.filter.nextMs - this.clock.now()));
  }

  #release(way: Direction): void {
    this.channel(way).release(this.clock.now(), (octets, at, size) => this.#arrive(way, octets.slice(at, at + size)));
  }

  #arrive(way: Direction, octets: Uint8Array): true {
    const number = new DataView(octets.buffer, octets.byteOffset).getUint32(0);
    this.arrivals[way].push({ number, atMs: this.clock.now(), octets });
    return true;
  }
}
