// Opens a gateway on this machine: with its files, and all its forwards, or not at all.

import type { Clock } from "../../host/link.js";
import { type Forward, forwardText } from "../../host/slirp/forward.js";
import { Gateway } from "../../host/slirp/gateway.js";
import type { GatewayOptions } from "../../host/slirp/options.js";
import { nodeClock } from "../clock.js";
import { reason } from "../reason.js";
import { shortage } from "../resources/process.js";
import { explain } from "../servers/guard.js";
import { nodeBackend } from "./backend.js";
import { type Display, openDisplay } from "./display.js";

export interface GatewayPlan {
  readonly options: GatewayOptions;
  readonly forwards: readonly Forward[];
  /** Guests that show windows of programs out here. */
  readonly displays?: readonly Display[];
  /** The folder that guests may read by TFTP. */
  readonly tftp?: string | undefined;
}

/** Throws an error with an errno, and what could not be had. */
export async function openGateway(plan: GatewayPlan, clock: Clock = nodeClock): Promise<Gateway> {
  const { options, forwards, displays = [], tftp } = plan;
  const backend = await named(`tftp ${tftp}`, () => nodeBackend({ tftp }));
  const gateway = new Gateway({ ...options, tftp: tftp !== undefined }, backend, clock);
  gateway.onfault = (error) => shortage.note(`${gateway.name}: a packet is dropped`, explain(error));
  const onclose = () => backend.close();
  gateway.closers.push(onclose);
  try {
    for (const forward of forwards) await named(forwardText(forward), () => gateway.forwards.add(forward));
    for (const display of displays) await openDisplay(gateway, display);
    return gateway;
  } catch (error) {
    gateway.close();
    throw error;
  }
}

/** Says what it was that failed, in words, and keeps the errno. */
async function named<T>(what: string, attempt: () => Promise<T>): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    const { code, errno } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw Object.assign(new Error(`${what}: ${reason(error)}`), { code, errno });
  }
}
