// Fetches the core from beside this module. It imports nothing but its memory, so that it needs no loader.

import * as abi from "../assembly/abi.js";
import type { CoreFunctions } from "../host/engine.js";

/** Where the core lies. Written out, since bundlers look for just this expression to take the file along. */
export const CORE = new URL("./core.wasm", import.meta.url);
export const SHARED_CORE = new URL("./core.shared.wasm", import.meta.url);

/** A new core, in as little memory as it can do with: browsers count the pages that nobody touches, too. */
export async function loadCore(url: URL): Promise<CoreFunctions> {
  const octets = await fetched(url);
  // Not streamed: a server that does not know the type of .wasm files serves them all the same.
  const pages = { initial: abi.MAP_PAGES_MIN, maximum: abi.MAP_PAGES_MIN, shared: url === SHARED_CORE };
  const { instance } = await WebAssembly.instantiate(octets, { env: { memory: new WebAssembly.Memory(pages) } });
  return instance.exports as unknown as CoreFunctions;
}

async function fetched(url: URL): Promise<ArrayBuffer> {
  const response = await fetch(url);
  const octets = await response.arrayBuffer();
  const isWasm = new DataView(octets).byteLength >= 4 && new DataView(octets).getUint32(0) === 0x0061736d;
  if (response.ok && isWasm) return octets;
  const advice = "it must lie beside the module; with Vite, put etherloom into optimizeDeps.exclude";
  throw new Error(`there is no switch core at ${url} (${response.status} ${response.statusText}): ${advice}`);
}
