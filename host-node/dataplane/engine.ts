// The data plane, seen from the main thread: an Engine whose core runs in a worker over shared memory.

import { randomFillSync } from "node:crypto";
import { Worker } from "node:worker_threads";
import * as abi from "../../assembly/abi.js";
import { caller, fail, WAITS_MAX } from "../../host/calls.js";
import { Core } from "../../host/core.js";
import { type Engine, startCore } from "../../host/engine.js";
import { monotonicMs } from "../clock.js";
import { EPOLLIN, epollAdd, epollCreate, epollRemove, eventfd, ring } from "../native/epoll.js";
import { addressOf, close } from "../native/libc.js";
import { SEND_BUFFER, setSendBuffer } from "../native/socket.js";
import { unread } from "../native/stream.js";
import { timerfd } from "../native/timer.js";
import { BELL, TIMER } from "./loop.js";
import { WATCHDOG_S, Watchdog } from "./watchdog.js";

/** Frames of the usual size that find room in a link's ring before the thread has to be awake. */
const FED_MAX = 32;
/** After so long it is said that a call is not answered. */
const SLOW_S = 3;
/** What the smallest datagram takes in the kernel. */
const DATAGRAM_MIN = 768;

export interface WorkerSettings {
  readonly epoll: number;
  readonly bell: number;
  readonly timer: number;
  readonly epochMs: number;
}

/** What the worker says. */
export type Message =
  | { readonly kind: "ready"; readonly memory: SharedArrayBuffer }
  | { readonly kind: "look" }
  | { readonly kind: "broken"; readonly endpoint: number };

/** An engine on a thread of its own. */
export interface DataPlane extends Engine {
  /** Runs when an endpoint's descriptor failed for good, a tap that was deleted say. It must be unplugged. */
  onbroken: (endpoint: number, errno: number) => void;
  /** Runs when the thread died. Nothing is forwarded any more. */
  onfailure: (error: Error) => void;
  /** Takes a line for people: the thread keeps this one waiting. */
  onslow: (text: string) => void;
}

/** The thread makes no progress any more, and cannot be stopped. Only the end of the process is left. */
export class StuckError extends Error {}

/**
 * Starts the thread. Resolves when its core is ready. Where it is stuck for longer than `watchdogS`, it fails with a
 * StuckError; never with 0.
 */
export async function openDataPlane(watchdogS = WATCHDOG_S): Promise<DataPlane> {
  const settings: WorkerSettings = { epoll: epollCreate(), bell: eventfd(), timer: timerfd(), epochMs: monotonicMs() };
  epollAdd(settings.epoll, settings.bell, EPOLLIN, BELL);
  epollAdd(settings.epoll, settings.timer, EPOLLIN, TIMER);
  const worker = new Worker(new URL("./worker.js", import.meta.url), { workerData: settings });
  return new WorkerEngine(worker, await readiness(worker), settings, watchdogS);
}

/** The memory of a worker's core, when it says that it is ready. */
function readiness(worker: Worker): Promise<SharedArrayBuffer> {
  return new Promise((resolve, reject) => {
    worker.once("error", reject);
    worker.once("message", (message: Message) => {
      worker.off("error", reject);
      if (message.kind === "ready") resolve(message.memory);
    });
  });
}

class WorkerEngine implements DataPlane {
  readonly core: Core;
  onactivity: () => void = () => {};
  onbroken: DataPlane["onbroken"] = () => {};
  onfailure: DataPlane["onfailure"] = () => {};
  onslow: DataPlane["onslow"] = () => {};
  readonly #settings: WorkerSettings;
  readonly #words: Uint32Array;
  readonly #memory: SharedArrayBuffer;
  readonly #ended: Promise<void>;
  readonly #watchdog: Watchdog;
  readonly #patienceS: number;
  #isStuck = false;
  #closed: Promise<void> | undefined;
  /** Times that links fed the core in this turn. */
  #fed = 0;

  constructor(worker: Worker, memory: SharedArrayBuffer, settings: WorkerSettings, watchdogS: number) {
    this.#settings = settings;
    this.#memory = memory;
    this.#words = new Uint32Array(memory);
    this.#patienceS = watchdogS === 0 ? WAITS_MAX : Number.POSITIVE_INFINITY;
    this.#watchdog = new Watchdog(memory, watchdogS, (why) => this.#giveUp(worker, why));
    const onslow = (name: string, seconds: number) => this.#hearSlow(name, seconds);
    this.core = new Core(memory, caller(memory, { ring: () => ring(settings.bell), wait: Atomics.wait, onslow }));
    this.#ended = new Promise((resolve) => worker.once("exit", () => resolve()));
    worker.on("message", (message: Message) => this.#hear(message));
    worker.on("error", (error) => this.onfailure(error instanceof Error ? error : new Error(String(error))));
    startCore(this.core, randomFillSync(new BigUint64Array(2)), addressOf(memory));
  }

  /** No call waits in vain from now on, and nobody for the thread's end. */
  #giveUp(worker: Worker, why: string): void {
    this.#isStuck = true;
    fail(this.#memory);
    worker.unref();
    this.onfailure(new StuckError(why));
  }

  /** The watchdog has no turn of its own while this thread waits. */
  #hearSlow(name: string, seconds: number): boolean {
    this.#watchdog.look();
    if (seconds === SLOW_S)
      this.onslow(`the data plane has not answered ${name} for ${seconds} seconds: it is ${this.#watchdog.doing}`);
    return !this.#isStuck && seconds < this.#patienceS;
  }

  nowMs(): number {
    return Math.floor(monotonicMs() - this.#settings.epochMs);
  }

  /** A thousand links that bring a frame each in one turn of the event loop are not to wake the thread a thousand times. */
  wake(): void {
    if (this.#fed === 0) setImmediate(this.#endTurn);
    if (this.#fed++ % FED_MAX === 0) this.#ring();
  }

  readonly #endTurn = (): void => {
    if (this.#fed > 1) this.#ring();
    this.#fed = 0;
  };

  #ring(): void {
    if (Atomics.load(this.#words, (abi.CONFIG + abi.CONFIG_ASLEEP) >>> 2) === 1) ring(this.#settings.bell);
  }

  watch(endpoint: number, fd: number): void {
    this.limit(fd, this.core.u32(abi.ENDPOINTS + endpoint * abi.ENDPOINT_SIZE + abi.ENDPOINT_LIMIT));
    epollAdd(this.#settings.epoll, fd, EPOLLIN, endpoint);
  }

  unwatch(_endpoint: number, fd: number): void {
    epollRemove(this.#settings.epoll, fd);
  }

  /** So that a queue of few frames is one of few frames. A tap has no such buffer. */
  limit(fd: number, frames: number): void {
    setSendBuffer(fd, Math.min(SEND_BUFFER, (frames * DATAGRAM_MIN) / 2)); // the kernel doubles it
  }

  /** The double of what was set, and the frame that was let in last. */
  readonly unreadMax = 2 * SEND_BUFFER + abi.LARGE_SIZE;

  unread(fd: number): number {
    return unread(fd);
  }

  /** Once: its descriptors may be somebody else's afterwards. */
  close(): Promise<void> {
    this.#closed ??= this.#end();
    return this.#closed;
  }

  async #end(): Promise<void> {
    this.#watchdog.stop();
    if (this.#isStuck) return; // it may still use what it has
    Atomics.store(this.#words, (abi.CONFIG + abi.CONFIG_STOP) >>> 2, 1);
    ring(this.#settings.bell);
    await this.#ended;
    fail(this.#memory);
    Atomics.store(this.#words, (abi.CONFIG + abi.CONFIG_ASLEEP) >>> 2, 0); // no bell is rung any more
    close(this.#settings.bell);
    close(this.#settings.timer);
    close(this.#settings.epoll);
  }

  #hear(message: Message): void {
    if (message.kind === "broken") this.#hearBroken(message.endpoint);
    if (message.kind === "look") setImmediate(() => this.#look());
  }

  /**
   * In a turn of its own: Node handles messages for as long as there are any, and where what is looked at brings the next
   * one, sockets and timers would have no turn.
   */
  #look(): void {
    Atomics.store(this.#words, (abi.CONFIG + abi.CONFIG_TOLD) >>> 2, 0);
    this.onactivity();
  }

  /** What is plugged in by now may be another, which took the number of the one that broke. That one is whole. */
  #hearBroken(endpoint: number): void {
    const errno = this.core.u8(abi.ENDPOINTS + endpoint * abi.ENDPOINT_SIZE + abi.ENDPOINT_BROKEN);
    if (errno !== 0) this.onbroken(endpoint, errno);
  }
}
