// The thread of the core in a page that is cross-origin isolated. It never returns to its event loop: what it is told
// stands in the shared memory, and it says only "ready", "look" and "failed".

import * as abi from "../assembly/abi.js";
import { answer, asked, fail } from "../host/calls.js";
import { requireAbi } from "../host/core.js";
import type { CoreFunctions } from "../host/engine.js";
import { monotonicMs } from "./clock.js";
import type { Message, WorkerSettings } from "./engine.js";
import { Loop } from "./loop.js";
import { thread } from "./thread.js";
import { loadCore, SHARED_CORE } from "./wasm.js";

function post(message: Message): void {
  thread.postMessage(message);
}

function run(core: CoreFunctions, { epochMs }: WorkerSettings): void {
  const memory = core.memory.buffer as SharedArrayBuffer;
  const words = new Int32Array(memory);
  const loop = new Loop({
    core,
    nowMs: () => Math.floor(monotonicMs() - epochMs),
    answer: () => answer(core),
    asked: () => asked(memory),
    tell() {
      if (Atomics.exchange(words, (abi.CONFIG + abi.CONFIG_TOLD) >>> 2, 1) === 0) post({ kind: "look" });
    },
  });
  post({ kind: "ready", memory });
  try {
    loop.run();
  } catch (error) {
    fail(memory);
    throw error;
  }
}

thread.onmessage = async ({ data }: MessageEvent<WorkerSettings>) => {
  try {
    const core = await loadCore(SHARED_CORE);
    requireAbi(core);
    run(core, data);
  } catch (error) {
    post({ kind: "failed", error: error instanceof Error ? error : new Error(String(error)) });
  }
};
