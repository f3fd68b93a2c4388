// An engine on a thread of its own, for a page that is cross-origin isolated: the core runs in a worker over shared
// memory, so that nothing that the page does delays a frame.

import * as abi from "../assembly/abi.js";
import { caller, fail, type Waiting } from "../host/calls.js";
import { Core } from "../host/core.js";
import { type Engine, startCore } from "../host/engine.js";
import { refuse } from "../host/errors.js";
import { monotonicMs } from "./clock.js";
import { wakeCore } from "./wake.js";

/** What the worker is told first. */
export interface WorkerSettings {
  readonly epochMs: number;
}

/** What it says. */
export type Message =
  | { readonly kind: "ready"; readonly memory: SharedArrayBuffer }
  | { readonly kind: "look" }
  | { readonly kind: "failed"; readonly error: Error };

/** Starts the thread. Resolves when its core is ready; rejects where its file or the core's cannot be had. */
export async function openWorkerEngine(
  secret: BigUint64Array,
  onfailure: (error: Error) => void,
): Promise<WorkerEngine> {
  const worker = new Worker(new URL("./core-worker.js", import.meta.url), { type: "module" });
  const epochMs = monotonicMs();
  const memory = await readiness(worker, { epochMs });
  return new WorkerEngine({ worker, memory, epochMs, secret, onfailure });
}

function readiness(worker: Worker, settings: WorkerSettings): Promise<SharedArrayBuffer> {
  return new Promise((resolve, reject) => {
    const refuse = (why: string) => {
      worker.terminate();
      reject(new Error(`the switch's worker does not start: ${why}`));
    };
    worker.onerror = (event) => refuse(event.message ?? "its file cannot be loaded");
    worker.onmessage = ({ data }: MessageEvent<Message>) => {
      if (data.kind === "ready") resolve(data.memory);
      if (data.kind === "failed") refuse(data.error.message);
    };
    worker.postMessage(settings);
  });
}

/** A page may not sleep, so it looks again and again. The answer takes microseconds, as long as there is a core free. */
function spin(box: Int32Array, word: number, value: number, ms: number): void {
  const end = performance.now() + ms;
  while (Atomics.load(box, word) === value && performance.now() < end);
}

function waiting(words: Int32Array): Waiting {
  return { ring: () => wakeCore(words), wait: "document" in globalThis ? spin : Atomics.wait };
}

interface Parts {
  readonly worker: Worker;
  readonly memory: SharedArrayBuffer;
  readonly epochMs: number;
  readonly secret: BigUint64Array;
  readonly onfailure: (error: Error) => void;
}

export class WorkerEngine implements Engine {
  readonly core: Core;
  onactivity: () => void = () => {};
  readonly memory: SharedArrayBuffer;
  readonly #worker: Worker;
  readonly #words: Int32Array;
  readonly #epochMs: number;

  constructor({ worker, memory, epochMs, secret, onfailure }: Parts) {
    this.memory = memory;
    this.#worker = worker;
    this.#epochMs = epochMs;
    this.#words = new Int32Array(memory);
    this.core = new Core(memory, caller(memory, waiting(this.#words)));
    worker.onmessage = ({ data }: MessageEvent<Message>) => {
      if (data.kind === "look") this.#look();
      if (data.kind === "failed") onfailure(data.error);
    };
    startCore(this.core, secret);
  }

  nowMs(): number {
    return Math.floor(monotonicMs() - this.#epochMs);
  }

  wake(): void {
    wakeCore(this.#words);
  }

  watch(): void {
    refuse("ENOSYS", "there are no descriptors in a page");
  }

  unwatch(): void {}

  async close(): Promise<void> {
    fail(this.memory);
    this.#worker.terminate();
  }

  #look(): void {
    Atomics.store(this.#words, (abi.CONFIG + abi.CONFIG_TOLD) >>> 2, 0);
    this.onactivity();
  }
}
