// Opens a switch in a page or in a worker.

import { type Engine, LocalEngine } from "../host/engine.js";
import type { Endpoint } from "../host/ports.js";
import { applySettings, type Settings, vdeMac } from "../host/settings.js";
import { Switch } from "../host/switch.js";
import { browserClock } from "./clock.js";
import { openWorkerEngine, WorkerEngine } from "./engine.js";
import { type Handle, Lease } from "./lend.js";
import { messagePort } from "./transports/message-port.js";
import { CAN_AWAIT } from "./wake.js";
import { CORE, loadCore } from "./wasm.js";

export interface OpenOptions extends Settings {
  /** Takes one line for people at a time. */
  readonly log?: (text: string) => void;
  /** Runs when the thread of the core died. Nothing is forwarded any more. */
  readonly onfailure?: (error: Error) => void;
}

/** A port for another thread: `worker.postMessage(handle, [handle.port])`, and there `borrow(handle)`. */
export interface LentPort {
  readonly endpoint: Endpoint;
  readonly handle: Handle;
}

export class PageSwitch extends Switch {
  readonly #engine: Engine;

  constructor(engine: Engine, options: ConstructorParameters<typeof Switch>[1]) {
    super(engine, options);
    this.#engine = engine;
  }

  /** Whether the core has a thread of its own. */
  get isThreaded(): boolean {
    return this.#engine instanceof WorkerEngine;
  }

  /** Plugs another thread into a port, or into any. It comes out when that thread closes its link, or ends. */
  lend({ port, name = "worker" }: { port?: number; name?: string } = {}): LentPort {
    const shown = { ...(port !== undefined && { port }), description: name };
    if (!(this.#engine instanceof WorkerEngine) || !CAN_AWAIT) {
      const { port1, port2 } = new MessageChannel();
      return { endpoint: this.plug(messagePort(port1, name), shown), handle: { name, port: port2 } };
    }
    let lease: Lease | undefined;
    const lent = this.lendRings(shown, () => lease?.end());
    lease = new Lease(name, { memory: this.#engine.memory, link: lent.link, endpoint: lent.endpoint.core });
    lease.onend = () => {
      this.unplug(lent.endpoint);
      lent.release();
    };
    return { endpoint: lent.endpoint, handle: lease.handle };
  }
}

/** A switch, forwarding: on a thread of its own in a page that is cross-origin isolated, else where this is called. */
export async function openSwitch(options: OpenOptions = {}): Promise<PageSwitch> {
  const engine = await openEngine(options);
  try {
    const sw = new PageSwitch(engine, { mac: vdeMac(crypto.getRandomValues(new Uint8Array(4))), ...options });
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
