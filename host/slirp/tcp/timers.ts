// What a connection does when its time has come: sends again, gives up, asks whether the guest is there, goes.

import type { Flow } from "./flow.js";

/** A guest that was silent for so long is asked whether it is there. */
export const KEEPALIVE_MS = 300_000;
const PROBE_MS = 30_000;
const PROBES_MAX = 5;
/** How often, and how many times, it is looked whether all has left of a connection that has ended. */
const LEAVING_MS = 2_000;
const LEAVES_MAX = 60;

export interface Acts {
  /** Sends what may be sent. */
  output(flow: Flow): void;
  /** Ends it with a reset; `code` is why, where the outside said so. */
  fail(flow: Flow, code: string): void;
  remove(flow: Flow): void;
}

/** Does what is due, and says when something is next: Infinity where the connection is gone. */
export function runTimers(flow: Flow, nowMs: number, acts: Acts): number {
  const { sender } = flow;
  if (sender.isHeld) acts.output(flow);
  if (sender.dueMs > 0 && sender.dueMs <= nowMs && !sender.timeout(nowMs)) acts.fail(flow, "");
  if (flow.dueMs <= nowMs) isDue(flow, nowMs, acts);
  if (flow.state === "closed") return Number.POSITIVE_INFINITY;
  return sender.dueMs > 0 ? Math.min(flow.dueMs, sender.dueMs) : flow.dueMs;
}

function isDue(flow: Flow, nowMs: number, { fail, remove }: Acts): void {
  switch (flow.state) {
    case "connecting":
      fail(flow, "ETIMEDOUT");
      break;
    case "syn-sent":
    case "syn-received":
      if (!flow.shake(nowMs)) fail(flow, "");
      break;
    case "waiting":
      if (!stays(flow, nowMs)) remove(flow);
      break;
    case "open":
      if (!probe(flow, nowMs)) fail(flow, "");
      break;
  }
}

/** What has not left yet counts as the guest's, as long as it may wait for an outside that does not read. */
function stays(flow: Flow, nowMs: number): boolean {
  flow.dueMs = nowMs + LEAVING_MS;
  return (flow.stream?.queued ?? 0) > 0 && flow.probes++ < LEAVES_MAX;
}

/** False where a guest has answered none of several. */
function probe(flow: Flow, nowMs: number): boolean {
  flow.dueMs = flow.heardMs + KEEPALIVE_MS;
  if (flow.dueMs > nowMs) return true;
  if (flow.probes++ >= PROBES_MAX) return false;
  flow.keepAlive();
  flow.dueMs = nowMs + PROBE_MS;
  return true;
}
