// Opens a switch on this machine: a data plane, the settings that hold from the start, and sockets for plugs.

import { randomBytes } from "node:crypto";
import { getSystemErrorMap } from "node:util";
import { applySettings, type Settings, vdeMac } from "../host/settings.js";
import { Switch } from "../host/switch.js";
import type { System } from "../host/system.js";
import { type DataPlane, openDataPlane } from "./dataplane/engine.js";
import { serveVde, type VdeOptions } from "./servers/vde.js";
import type { WebSocketOptions } from "./servers/websocket/options.js";
import type { WebSocketService } from "./servers/websocket/server.js";

export interface OpenOptions extends Settings {
  /** Where VDE plugs connect; nowhere where it is absent. */
  readonly vde?: Omit<VdeOptions, "log">;
  /** Serves WebSockets too. */
  readonly ws?: Omit<WebSocketOptions, "log">;
  /** Takes one line for people at a time. */
  readonly log?: (text: string) => void;
  /** How long the data plane may be stuck before it counts as dead, in seconds; 0 for as long as it likes. */
  readonly watchdogS?: number | undefined;
  /** Runs when the data plane died. Nothing is forwarded any more. */
  readonly onfailure?: (error: Error) => void;
}

/** What Linux says of a tap whose interface is gone, and Node has no words for. */
const EBADFD = 77;

/** A switch that takes its servers with it. */
export class OpenSwitch extends Switch {
  readonly hasHeads = true;
  /** What ends before the switch does, the last one first. */
  readonly closers: (() => void | Promise<void>)[] = [];
  /** Where plugs connect. */
  control: System["control"];
  /** Where WebSockets come to. */
  webSockets: WebSocketService | undefined;

  override async close(): Promise<void> {
    for (const close of this.closers.splice(0).reverse()) await close();
    await super.close();
  }
}

/** A switch, forwarding. Nothing is left running where it throws. */
export async function openSwitch(options: OpenOptions = {}): Promise<OpenSwitch> {
  const { vde, ws, log = () => {}, onfailure = (error) => log(error.message) } = options;
  const engine = await openDataPlane(options.watchdogS);
  let sw: OpenSwitch | undefined;
  try {
    sw = new OpenSwitch(engine, { mac: vdeMac(randomBytes(4)), ...options });
    engine.onfailure = onfailure;
    engine.onslow = log;
    engine.onbroken = unplugBroken(sw, log);
    applySettings(sw, options);
    if (vde) await serve(sw, { ...vde, log });
    if (ws) await serveSockets(sw, { ...ws, log });
    return sw;
  } catch (error) {
    await (sw ?? engine).close();
    throw error;
  }
}

async function serve(sw: OpenSwitch, options: VdeOptions): Promise<void> {
  const server = await serveVde(sw, options);
  sw.closers.push(() => server.close());
  sw.control = { dir: server.dir, mode: server.mode };
}

async function serveSockets(sw: OpenSwitch, options: WebSocketOptions): Promise<void> {
  const { serveWebSocket } = await import("./servers/websocket/server.js");
  const service = await serveWebSocket(sw, options);
  sw.closers.push(() => service.close());
  sw.webSockets = service;
}

function unplugBroken(sw: Switch, log: (text: string) => void): DataPlane["onbroken"] {
  return (core, errno) => {
    const endpoint = sw.ports
      .list()
      .flatMap((port) => port.endpoints)
      .find((each) => each.core === core);
    if (endpoint === undefined) return;
    const [, reason] = getSystemErrorMap().get(-errno) ?? ["", errno === EBADFD ? "it was deleted" : `error ${errno}`];
    log(`port ${endpoint.port}: unplugged ${endpoint.plug.module} ${endpoint.description}: ${reason}`);
    endpoint.plug.onbroken?.(new Error(reason));
    sw.unplug(endpoint);
  };
}
