// OpenSSL's provider of ciphers that are not to be used any more. Node carries it, and does not load it unasked.

import { bind, cString } from "./libc.js";

/** Loads it for this process. False where there is none. */
export function loadLegacyCiphers(): boolean {
  try {
    const load = bind<[number, Uint8Array]>("int64_t OSSL_PROVIDER_load(int64_t context, void *name)");
    return [load(0, cString("default")), load(0, cString("legacy"))].every((provider) => provider !== 0);
  } catch {
    return false; // built with another library
  }
}
