// What runs the core: this thread, or another one that sleeps in the kernel. A Switch knows neither.

import * as abi from "../assembly/abi.js";
import { type Call, Core, type CoreExports, requireAbi } from "./core.js";
import { refuse } from "./errors.js";
import type { Clock } from "./link.js";

export interface Engine {
  readonly core: Core;
  /** Milliseconds on the core's clock, which keeps the low 32 bits of them: 49.7 days. */
  nowMs(): number;
  /** Links have brought frames, or made room for some. */
  wake(): void;
  /** A ring is full: takes what links have brought at once, where the core runs on this thread. */
  makeRoom?(): void;
  /** Frames of a descriptor come and go by this endpoint from now on. */
  watch(endpoint: number, fd: number): void;
  /** The descriptor is left alone from now on. It is still open. */
  unwatch(endpoint: number, fd: number): void;
  /** No more than so many frames wait outside the core for the peer of a descriptor. */
  limit?(fd: number, frames: number): void;
  /** Octets that wait outside the core for the peer of a descriptor. */
  unread?(fd: number): number;
  /** How many these may be. */
  readonly unreadMax?: number;
  /** Runs when the core has left frames for links, events or captures to be read. */
  onactivity: () => void;
  close(): Promise<void>;
}

/** The core's functions; assembly/index.ts says what each does. */
export interface CoreFunctions extends CoreExports, Record<Call, (...args: readonly number[]) => number> {
  poll(nowMs: number): number;
  tick(nowMs: number): number;
  deliver(endpoint: number): void;
}

const ROUNDS_MAX = 64;

/** Writes the secret that the core's hash is keyed with, and makes the switch. */
export function startCore(core: Core, secret: BigUint64Array, base = 0): void {
  core.setU64(abi.CONFIG + abi.CONFIG_BASE, BigInt(base));
  secret.forEach((word, i) => {
    core.setU64(abi.CONFIG + abi.CONFIG_HASH_KEY + 8 * i, word);
  });
  core.call("start");
}

/** Hands every listed endpoint to `flush`, and empties the list. */
export function eachDirty(core: Core, flush: (endpoint: number) => void): void {
  const count = core.u32(abi.CONFIG + abi.CONFIG_DIRTY_COUNT);
  core.setU32(abi.CONFIG + abi.CONFIG_DIRTY_COUNT, 0);
  for (let i = 0; i < count; i++) flush(core.u16(abi.DIRTY + 2 * i));
}

/** Runs the core on this thread, once in each turn of the event loop in which links bring something. */
export class LocalEngine implements Engine {
  readonly core: Core;
  onactivity: () => void = () => {};
  readonly #functions: CoreFunctions;
  readonly #clock: Clock;
  #isDue = false;
  #isRunning = false;
  #isClosed = false;
  #cancelTick: () => void = () => {};

  constructor(exports: CoreFunctions, clock: Clock, secret: BigUint64Array) {
    requireAbi(exports);
    this.core = new Core(exports.memory.buffer, (name, ...args) => {
      this.core.setU32(abi.CONFIG + abi.CONFIG_NOW_MS, this.nowMs());
      const result = exports[name](...args);
      this.#hurry();
      return result;
    });
    this.#functions = exports;
    this.#clock = clock;
    startCore(this.core, secret);
    this.#tick();
  }

  nowMs(): number {
    return Math.floor(this.#clock.now());
  }

  wake(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    if (!this.#isRunning) this.#schedule();
  }

  makeRoom(): void {
    if (!this.#isClosed) this.#functions.poll(this.nowMs());
    this.wake(); // what that queued is to be sent
  }

  watch(): void {
    refuse("ENOSYS", "this switch runs where there are no descriptors");
  }

  unwatch(): void {}

  async close(): Promise<void> {
    this.#cancelTick();
    this.#isClosed = true;
  }

  #schedule(): void {
    this.#clock.after(0, () => this.#run());
  }

  /** Goes on while there is something to do: a link that answers inside `send` wakes it while it runs. */
  #run(): void {
    this.#isRunning = true;
    for (let round = 0; this.#isDue && !this.#isClosed && round < ROUNDS_MAX; round++) {
      this.#isDue = this.#functions.poll(this.nowMs()) !== 0;
      this.#deliver();
    }
    this.#isRunning = false;
    this.#hurry();
    if (this.#isDue && !this.#isClosed) this.#schedule();
  }

  /** Sends what the core has queued. Links that answer at once wake it again. */
  #deliver(): void {
    eachDirty(this.core, (endpoint) => this.#functions.deliver(endpoint));
    this.onactivity();
  }

  /** Asks the core at once where something is due earlier than it said last. */
  #hurry(): void {
    if (this.#isClosed || this.core.u32(abi.CONFIG + abi.CONFIG_TICK_SOON) === 0) return;
    this.#cancelTick();
    this.#cancelTick = this.#clock.after(0, () => this.#tick());
  }

  #tick(): void {
    const delayMs = this.#functions.tick(this.nowMs()) >>> 0; // wasm's u32 comes as a signed number
    this.#deliver();
    this.#cancelTick();
    this.#cancelTick = this.#clock.after(Math.min(delayMs, 1000), () => this.#tick());
  }
}
