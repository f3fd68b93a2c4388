// The data plane's loop: sleep in the kernel, read a batch of each endpoint that is ready, send what the core queued, once
// for all. It never spins on a full socket, and never waits for one endpoint.

import * as abi from "../../assembly/abi.js";
import {
  EPOLL_EVENT_DATA,
  EPOLL_EVENT_SIZE,
  EPOLLERR,
  EPOLLHUP,
  EPOLLIN,
  EPOLLOUT,
  epollWait,
} from "../native/epoll.js";
import type { CoreModule } from "../wasm.js";
import { Endpoints } from "./endpoints.js";

/** How many slots may fill up with frames that wait to be sent before they are. */
const HELD_MAX = 512;
/** The same for large slots: at least so many stay free. */
const LARGE_FREE_MIN = abi.LARGE_COUNT >>> 1;
const TICK_SOON = (abi.CONFIG + abi.CONFIG_TICK_SOON) >>> 2;
const DIRTY_COUNT = (abi.CONFIG + abi.CONFIG_DIRTY_COUNT) >>> 2;
const BEAT = (abi.CONFIG + abi.CONFIG_BEAT) >>> 2;
const DOING = (abi.CONFIG + abi.CONFIG_DOING) >>> 2;
const FOREVER = -1;
/** The core is told the time this often at the least: settings that change what is due are written behind its back. */
const TICK_MS_MAX = 1000;
const TICK_MS_MIN = 1;

export interface LoopSettings {
  readonly core: CoreModule;
  readonly epoll: number;
  /** Where the core's memory is in this process. */
  readonly base: number;
  nowMs(): number;
  /** Lets the timer ring once, after this time. */
  setTimer(delayMs: number): void;
  /** The bell rang: answers calls. False to end the loop. */
  answer(): boolean;
  /** Links, events or captures want to be looked at. */
  tell(): void;
  /** An endpoint is broken: its descriptor must go out of the epoll set. */
  broken(endpoint: number, errno: number): void;
}

/** In an event's data, where an endpoint's number stands otherwise: the bell, the timer. No endpoint has these. */
export const BELL = 0;
export const TIMER = abi.ENDPOINT_COUNT;

export class Loop {
  readonly #settings: LoopSettings;
  readonly #core: CoreModule;
  readonly #endpoints: Endpoints;
  readonly #memory: DataView;
  readonly #u32: Uint32Array;
  #nowMs = 0;
  #flushBelow = 0;
  #delivered = false;

  constructor(settings: LoopSettings) {
    this.#settings = settings;
    this.#core = settings.core;
    this.#endpoints = new Endpoints(settings.core, settings.epoll, settings.base);
    this.#memory = new DataView(settings.core.memory.buffer);
    this.#u32 = new Uint32Array(settings.core.memory.buffer);
  }

  /** Runs until `answer` says no. */
  run(): void {
    let going = true;
    let more = false;
    while (going) {
      const count = this.#sleep(more);
      going = this.#serve(count);
      this.#do(abi.DOING_LINKS);
      more = this.#hasLinks() && this.#core.poll(this.#nowMs) !== 0;
      if (this.#u32[TICK_SOON] !== 0) this.#tick(); // spanning tree has set itself a time
      this.#flush();
      if (this.#delivered || this.#isFilled(abi.EVENTS) || this.#isFilled(abi.CAPTURE)) this.#settings.tell();
      this.#delivered = false;
    }
  }

  /** Waits for something to do; not if there is `more`. Whoever feeds a ring while ASLEEP stands rings the bell. */
  #sleep(more: boolean): number {
    const { epoll, base, nowMs } = this.#settings;
    let timeoutMs = more ? 0 : FOREVER;
    if (!more && this.#hasLinks()) {
      this.#setAsleep(1);
      if (this.#core.poll(this.#nowMs) !== 0 || this.#u32[DIRTY_COUNT] !== 0) timeoutMs = 0;
    }
    this.#do(abi.DOING_SLEEP);
    const count = epollWait(epoll, base + abi.READY, abi.READY_COUNT, timeoutMs);
    if (this.#hasLinks()) this.#setAsleep(0);
    this.#nowMs = nowMs();
    return count;
  }

  /** Serves what is ready; the bell last, so that no endpoint is unplugged under an event of its own. */
  #serve(count: number): boolean {
    let rung = false;
    let due = false;
    this.#flushBelow = this.#free() - HELD_MAX;
    for (let i = 0; i < count; i++) {
      const at = abi.READY + i * EPOLL_EVENT_SIZE;
      const id = this.#memory.getUint32(at + EPOLL_EVENT_DATA, true);
      if (id === BELL) rung = true;
      else if (id === TIMER) due = true;
      else this.#serveEndpoint(id, this.#memory.getUint32(at, true));
    }
    if (rung) this.#do(abi.DOING_ANSWER);
    const going = !rung || this.#settings.answer();
    if (rung || due) this.#tick(); // a call may have changed what is due when
    return going;
  }

  /** Notes what comes next, for who watches from outside. One round may take long, where thousands of ports are flooded. */
  #do(doing: number, endpoint = 0): void {
    this.#u32[DOING] = (doing << 16) | endpoint;
    this.#u32[BEAT] = this.#u32[BEAT]! + 1;
  }

  #tick(): void {
    this.#do(abi.DOING_TICK);
    const delayMs = this.#core.tick(this.#nowMs) >>> 0; // wasm's u32 comes as a signed number
    this.#settings.setTimer(Math.max(TICK_MS_MIN, Math.min(delayMs, TICK_MS_MAX)));
  }

  #serveEndpoint(id: number, events: number): void {
    this.#do(abi.DOING_READ, id);
    if ((events & EPOLLOUT) !== 0) this.#endpoints.resume(id);
    if ((events & (EPOLLIN | EPOLLERR | EPOLLHUP)) === 0) return;
    const error = this.#endpoints.read(id, this.#nowMs);
    if (error !== 0) this.#settings.broken(id, error);
    this.#endpoints.offer();
    if (this.#free() >= this.#flushBelow && this.#freeLarge() >= LARGE_FREE_MIN) return;
    this.#flush();
    this.#flushBelow = this.#free() - HELD_MAX;
  }

  #flush(): void {
    const count = this.#u32[DIRTY_COUNT] ?? 0;
    this.#u32[DIRTY_COUNT] = 0;
    for (let i = 0; i < count; i++) {
      const id = this.#memory.getUint16(abi.DIRTY + 2 * i, true);
      const kind = this.#endpoints.kind(id);
      this.#do(abi.DOING_SEND, id);
      if (kind === abi.KIND_LINK) {
        this.#core.deliver(id);
        this.#delivered = true;
      } else if (kind !== abi.KIND_FREE) this.#endpoints.flush(id);
    }
  }

  #free(): number {
    return this.#u32[(abi.CONFIG + abi.CONFIG_SLOTS_FREE) >>> 2] ?? 0;
  }

  #freeLarge(): number {
    return this.#u32[(abi.CONFIG + abi.CONFIG_LARGE_FREE) >>> 2] ?? 0;
  }

  #hasLinks(): boolean {
    return this.#u32[(abi.CONFIG + abi.CONFIG_LINK_COUNT) >>> 2] !== 0;
  }

  #isFilled(ring: number): boolean {
    return this.#u32[(ring + abi.RING_HEAD) >>> 2] !== this.#u32[(ring + abi.RING_TAIL) >>> 2];
  }

  #setAsleep(value: number): void {
    Atomics.store(this.#u32, (abi.CONFIG + abi.CONFIG_ASLEEP) >>> 2, value);
  }
}
