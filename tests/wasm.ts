// The core under test: build/core.wasm, or the file in build/ that CORE names. CORE=core.debug.wasm has assertions.

import { readFileSync } from "node:fs";
import { instantiateSync } from "@assemblyscript/loader";
import type { Call } from "../host/core.js";
import type { CoreFunctions } from "../host/engine.js";

/** Every function of the core, those too that only a host with a kernel calls. */
export interface CoreInstance extends CoreFunctions, Record<Call, (...args: readonly number[]) => number> {
  receive(endpoint: number, count: number, nowMs: number): number;
  receiveTap(endpoint: number, size: number, nowMs: number): number;
  prepare(endpoint: number): number;
  sent(endpoint: number, count: number): void;
  refused(endpoint: number): void;
  wait(endpoint: number): void;
}

const file = process.env["CORE"] ?? "core.wasm";
const octets = readFileSync(new URL(`../../build/${file}`, import.meta.url));

/** A fresh core, not yet started. */
export function loadCore(): CoreInstance {
  return instantiateSync(octets).exports as unknown as CoreInstance;
}
