// Opens a switch in a page or in a worker.

import type { Engine } from "../host/engine.js";
import { LocalEngine } from "../host/engine.js";
import { applySettings, type Settings, vdeMac } from "../host/settings.js";
import { Switch } from "../host/switch.js";
import { browserClock } from "./clock.js";
import { openWorkerEngine } from "./engine.js";
import { CORE, loadCore } from "./wasm.js";

export interface OpenOptions extends Settings {
  /** Takes one line for people at a time. */
  readonly log?: (text: string) => void;
  /** Runs when the thread of the core died. Nothing is forwarded any more. */
  readonly onfailure?: (error: Error) => void;
}

/** A switch, forwarding: on a thread of its own in a page that is cross-origin isolated, else where this is called. */
export async function openSwitch(options: OpenOptions = {}): Promise<Switch> {
  const engine = await openEngine(options);
  try {
    const sw = new Switch(engine, { mac: vdeMac(crypto.getRandomValues(new Uint8Array(4))), ...options });
    applySettings(sw, options);
    return sw;
  } catch (error) {
    await engine.close();
    throw error;
  }
}

async function openEngine({ log = () => {}, onfailure = (error) => log(error.message) }: OpenOptions): Promise<Engine> {
  const secret = crypto.getRandomValues(new BigUint64Array(2));
  if (globalThis.crossOriginIsolated && typeof Worker !== "undefined") {
    try {
      return await openWorkerEngine(secret, onfailure);
    } catch (error) {
      // A server that sends the page's headers may not send them with the worker's file: all else works without it.
      log(`${error instanceof Error ? error.message : error}; the switch runs on this thread`);
    }
  }
  return new LocalEngine(await loadCore(CORE), browserClock, secret);
}
