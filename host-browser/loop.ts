// The loop of the core's thread in a page: take what the links bring, hand out what the core queued, and sleep until
// somebody rings or something is due.

import * as abi from "../assembly/abi.js";
import { Core } from "../host/core.js";
import { type CoreFunctions, eachDirty } from "../host/engine.js";
import { sleepUnless, wakeReader } from "./wake.js";

/** The core is told the time this often at the least: settings that change what is due are written behind its back. */
const TICK_MS_MAX = 1000;

export interface LoopSettings {
  readonly core: CoreFunctions;
  nowMs(): number;
  /** Does what another thread asks, if anything. */
  answer(): void;
  /** Whether one asks. */
  asked(): boolean;
  /** Links, events or captures want to be looked at. */
  tell(): void;
}

export class Loop {
  readonly #settings: LoopSettings;
  readonly #functions: CoreFunctions;
  readonly #core: Core;
  readonly #words: Int32Array;
  #nowMs = 0;
  #dueMs = 0;
  #delivered = false;

  constructor(settings: LoopSettings) {
    this.#settings = settings;
    this.#functions = settings.core;
    this.#core = new Core(settings.core.memory.buffer, (name, ...args) => settings.core[name](...args));
    this.#words = new Int32Array(settings.core.memory.buffer);
  }

  /** Runs until the thread is ended. */
  run(): never {
    for (;;) {
      this.#nowMs = this.#settings.nowMs();
      this.#core.setU32(abi.CONFIG + abi.CONFIG_NOW_MS, this.#nowMs); // what a call starts, it starts now
      this.#settings.answer();
      const more = this.#functions.poll(this.#nowMs) !== 0;
      if (this.#isDue()) this.#tick();
      this.#handOut();
      if (!more) sleepUnless(this.#words, () => this.#isBusy(), Math.max(0, this.#dueMs - this.#settings.nowMs()));
    }
  }

  #isDue(): boolean {
    return this.#nowMs >= this.#dueMs || this.#isSoon();
  }

  #isBusy(): boolean {
    if (this.#settings.asked() || this.#functions.poll(this.#nowMs) !== 0) return true;
    return this.#isSoon() || this.#core.u32(abi.CONFIG + abi.CONFIG_DIRTY_COUNT) !== 0;
  }

  /** Spanning tree has set itself a time, earlier than the last tick said. */
  #isSoon(): boolean {
    return this.#core.u32(abi.CONFIG + abi.CONFIG_TICK_SOON) !== 0;
  }

  #tick(): void {
    const delayMs = this.#functions.tick(this.#nowMs) >>> 0; // wasm's u32 comes as a signed number
    this.#dueMs = this.#nowMs + Math.min(delayMs, TICK_MS_MAX);
  }

  #handOut(): void {
    eachDirty(this.#core, (endpoint) => this.#deliver(endpoint));
    if (this.#delivered || this.#isFilled(abi.EVENTS) || this.#isFilled(abi.CAPTURE)) this.#settings.tell();
    this.#delivered = false;
  }

  #deliver(endpoint: number): void {
    this.#functions.deliver(endpoint);
    const link = this.#core.u32(abi.ENDPOINTS + endpoint * abi.ENDPOINT_SIZE + abi.ENDPOINT_LINK);
    if (!wakeReader(this.#words, link)) this.#delivered = true;
  }

  #isFilled(ring: number): boolean {
    return this.#core.u32(ring + abi.RING_HEAD) !== this.#core.u32(ring + abi.RING_TAIL);
  }
}
