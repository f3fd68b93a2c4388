// What frames that wait take, and what a port can come to cost: in the core's memory, and in the kernel's.

import * as abi from "../assembly/abi.js";
import type { Core } from "./core.js";
import type { Engine } from "./engine.js";
import type { Endpoint } from "./ports.js";

/** What is waiting for an endpoint's peer. */
export interface Queue {
  /** How many frames may wait. */
  readonly limit: number;
  /** How many do: in the core's queue, and behind a peer that takes no more, about as many as the kernel has. */
  readonly waiting: number;
  readonly sent: number;
  readonly dropped: number;
  /** Octets of memory that the kernel has given to frames its peer has not read. */
  readonly kernel: number;
}

/** Slots of a kind, each with room for a frame. */
export interface Slots {
  readonly count: number;
  readonly free: number;
  readonly octets: number;
}

export interface Memory {
  readonly slots: Slots;
  readonly large: Slots;
  /** Frames that wait: in the core's queues, and about as many as the kernel has. */
  readonly queued: number;
  /** Octets that wait in the kernel. */
  readonly kernel: number;
  readonly endpoints: number;
  /** What one plug that reads nothing may hold, in octets: of the kernel's memory, and of its queue's. */
  readonly each: { readonly kernel: number; readonly queue: number };
}

/** What an endpoint has sent, lost, and still holds. */
export function queueOf(core: Core, engine: Engine, { core: index, plug }: Endpoint): Queue {
  const at = abi.ENDPOINTS + index * abi.ENDPOINT_SIZE;
  const queued = (core.u32(at + abi.ENDPOINT_TAIL) - core.u32(at + abi.ENDPOINT_HEAD)) >>> 0;
  return {
    limit: core.u32(at + abi.ENDPOINT_LIMIT),
    waiting: queued + core.u32(at + abi.ENDPOINT_HELD_FRAMES),
    sent: core.u64(at + abi.ENDPOINT_SENT),
    dropped: core.u64(at + abi.ENDPOINT_DROPPED),
    kernel: plug.fd === undefined ? 0 : (engine.unread?.(plug.fd) ?? 0),
  };
}

export function memoryOf(core: Core, engine: Engine, endpoints: readonly Endpoint[]): Memory {
  const field = (at: number): number => core.u32(abi.CONFIG + at);
  let [queued, kernel] = [0, 0];
  for (const endpoint of endpoints) {
    const queue = queueOf(core, engine, endpoint);
    queued += queue.waiting;
    kernel += queue.kernel;
  }
  return {
    slots: { count: abi.SLOT_COUNT, free: field(abi.CONFIG_SLOTS_FREE), octets: abi.SLOT_SIZE },
    large: { count: abi.LARGE_COUNT, free: field(abi.CONFIG_LARGE_FREE), octets: abi.LARGE_SIZE },
    queued,
    kernel,
    endpoints: endpoints.length,
    each: { kernel: engine.unreadMax ?? 0, queue: abi.QUEUE_SIZE },
  };
}

/** As the console shows it. */
export function* memoryLines({ slots, large, queued, kernel, endpoints, each }: Memory): Generator<string> {
  yield `slots ${slots.count - slots.free} of ${slots.count} in use, ${slots.octets} octets each`;
  yield `large slots ${large.count - large.free} of ${large.count} in use, ${large.octets} octets each`;
  yield `endpoints ${endpoints}, frames waiting ${queued}, octets in the kernel ${kernel}`;
  yield `a plug that reads nothing costs ${each.kernel} octets of the kernel's and ${each.queue} of its queue's at most`;
  yield `all that do share ${slots.count - slots.count / 8} slots`;
}
