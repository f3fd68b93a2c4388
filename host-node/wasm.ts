// Instantiates the core from the file that `npm run build` wrote. One of two files that know the loader.

import { readFileSync } from "node:fs";
import { instantiateSync } from "@assemblyscript/loader";
import * as abi from "../assembly/abi.js";
import type { CoreFunctions } from "../host/engine.js";

/** What Node has of it, and its types have not. */
declare const WebAssembly: {
  readonly Memory: new (pages: { initial: number; maximum: number; shared: boolean }) => object;
};

/** Everything that assembly/index.ts exports. */
export interface CoreModule extends CoreFunctions {
  receive(endpoint: number, count: number, nowMs: number): number;
  receiveTap(endpoint: number, size: number, nowMs: number): number;
  prepare(endpoint: number): number;
  sent(endpoint: number, count: number): void;
  refused(endpoint: number): void;
  wait(endpoint: number, held: number): void;
}

/** A new core. `build` is "core.wasm", "core.debug.wasm" (checks its assertions) or "core.shared.wasm" (for threads). */
export function loadCore(build = process.env["CORE"] ?? "core.wasm"): CoreModule {
  const wasm = readFileSync(new URL(`../../build/${build}`, import.meta.url));
  const pages = { initial: abi.MAP_PAGES, maximum: abi.MAP_PAGES, shared: build === "core.shared.wasm" };
  return instantiateSync(wasm, { env: { memory: new WebAssembly.Memory(pages) } }).exports as unknown as CoreModule;
}
