// The data plane's thread: owns the core, and sleeps in the kernel. It says to the main thread only "ready", "look" and
// "broken"; everything else goes through the shared memory.

import { readlinkSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import * as abi from "../../assembly/abi.js";
import { answer, fail } from "../../host/calls.js";
import { requireAbi } from "../../host/core.js";
import { monotonicMs } from "../clock.js";
import { epollRemove, quiet } from "../native/epoll.js";
import { addressOf } from "../native/libc.js";
import { setTimer } from "../native/timer.js";
import { loadCore } from "../wasm.js";
import { Endpoints } from "./endpoints.js";
import type { Message, WorkerSettings } from "./engine.js";
import { Loop } from "./loop.js";

const { epoll, bell, timer, epochMs } = workerData as WorkerSettings;
const core = loadCore("core.shared.wasm");
requireAbi(core);
const memory = core.memory.buffer as SharedArrayBuffer;
const words = new Uint32Array(memory);
const octets = new Uint8Array(memory);
const base = addressOf(memory);
words[(abi.CONFIG + abi.CONFIG_THREAD) >>> 2] = Number(readlinkSync("/proc/thread-self").split("/").at(-1));
const endpoints = new Endpoints(core, epoll, base);

function post(message: Message): void {
  parentPort?.postMessage(message);
}

function nowMs(): number {
  return Math.floor(monotonicMs() - epochMs) >>> 0;
}

const loop = new Loop({
  core,
  epoll,
  base,
  nowMs,
  setTimer: (delayMs) => setTimer(timer, delayMs),
  answer() {
    quiet(bell);
    if (Atomics.load(words, (abi.CONFIG + abi.CONFIG_STOP) >>> 2) === 1) return false;
    words[(abi.CONFIG + abi.CONFIG_NOW_MS) >>> 2] = nowMs(); // what a call starts, it starts now
    answer(core);
    return true;
  },
  tell() {
    if (Atomics.exchange(words, (abi.CONFIG + abi.CONFIG_TOLD) >>> 2, 1) === 0) post({ kind: "look" });
  },
  broken(endpoint, errno) {
    epollRemove(epoll, endpoints.fd(endpoint));
    octets[abi.ENDPOINTS + endpoint * abi.ENDPOINT_SIZE + abi.ENDPOINT_BROKEN] = errno;
    post({ kind: "broken", endpoint });
  },
});

post({ kind: "ready", memory });
try {
  loop.run();
} catch (error) {
  fail(memory);
  throw error;
}
