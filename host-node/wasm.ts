// Instantiates the core from the file that `npm run build` wrote. One of two files that know the loader.

import { readFileSync } from "node:fs";
import { instantiateSync } from "@assemblyscript/loader";
import * as abi from "../assembly/abi.js";
import type { CoreFunctions } from "../host/engine.js";

/** What Node has of it, and its types have not. */
declare const WebAssembly: {
  readonly Memory: new (pages: { initial: number; maximum: number; shared: boolean }) => object;
};

const NO_ROOM =
  "there are too few addresses for the switch's memory: 10 GB of them are reserved, and a few MB used; " +
  "raise `ulimit -v` (LimitAS=) to 20 GB or infinity, or run it by node --disable-wasm-trap-handler, which needs 2 GB";

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
  const env = { memory: memoryOf(build === "core.shared.wasm") };
  return instantiateSync(wasm, { env }).exports as unknown as CoreModule;
}

/** V8 reserves 10 GB of addresses for it, so that every access is checked by the processor. */
function memoryOf(shared: boolean): object {
  try {
    return new WebAssembly.Memory({ initial: abi.MAP_PAGES, maximum: abi.MAP_PAGES, shared });
  } catch {
    throw Object.assign(new Error(NO_ROOM), { code: "ENOMEM" });
  }
}
