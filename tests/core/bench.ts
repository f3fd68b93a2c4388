// The core alone, with the test in the kernel's place: frames are put into its receive vector, and taken from its
// transmit vector, piece by piece.

import * as abi from "../../assembly/abi.js";
import { Core } from "../../host/core.js";
import { eachDirty, startCore } from "../../host/engine.js";
import type { Frame } from "../../host/link.js";
import { loadCore } from "../../host-node/wasm.js";
import { SECRET } from "../lab.js";

export function bench() {
  const functions = loadCore();
  const core = new Core(functions.memory.buffer, (name, ...args) => functions[name](...args));
  startCore(core, BigUint64Array.from(SECRET));

  /** Plugs in a socket, or a tap, making the port where it is not there. Returns the endpoint, 0 where all are taken. */
  function plug(port: number, kind: number = abi.KIND_SOCKET): number {
    if (core.u8(abi.PORTS + port * abi.PORT_SIZE) === abi.PORT_FREE) functions.portCreate(port);
    return functions.plug(port, kind, -1, 0);
  }

  /** Lets frames come in by an endpoint, in batches. A size of its own stands for what the kernel says of the frame. */
  function send(endpoint: number, frames: readonly Frame[], nowMs = 0): void {
    for (let start = 0; start < frames.length; start += abi.BATCH) {
      const batch = frames.slice(start, start + abi.BATCH);
      batch.forEach((frame, i) => {
        const message = abi.RX + i * abi.MMSGHDR_SIZE;
        core.octets.set(frame.subarray(0, abi.FRAME_MAX), core.u64(core.u64(message + abi.MMSGHDR_IOV)));
        core.setU32(message + abi.MMSGHDR_FRAME_SIZE, Math.min(frame.length, abi.FRAME_MAX));
        core.setU32(message + abi.MMSGHDR_FLAGS, frame.length > abi.FRAME_MAX ? abi.MSG_TRUNC : 0);
      });
      functions.receive(endpoint, batch.length, nowMs);
    }
  }

  /** Takes all that waits for an endpoint, or `limit` frames of it. */
  function take(endpoint: number, limit = Number.POSITIVE_INFINITY): Frame[] {
    const taken: Frame[] = [];
    unlist(core, endpoint);
    while (taken.length < limit) {
      const count = Math.min(functions.prepare(endpoint), limit - taken.length);
      if (count === 0) break;
      for (let i = 0; i < count; i++) taken.push(gather(core, abi.TX + i * abi.MMSGHDR_SIZE));
      functions.sent(endpoint, count);
    }
    return taken;
  }

  /** The endpoints that are listed to be flushed. The list is empty then. */
  function dirty(): number[] {
    const listed: number[] = [];
    eachDirty(core, (endpoint) => listed.push(endpoint));
    return listed;
  }

  const slotsFree = (): number => core.u32(abi.CONFIG + abi.CONFIG_SLOTS_FREE);
  return { functions, core, plug, send, take, dirty, slotsFree };
}

/** Takes an endpoint off the list of those to flush, as a host does before it asks what waits. */
function unlist(core: Core, endpoint: number): void {
  const others: number[] = [];
  eachDirty(core, (listed) => {
    if (listed !== endpoint) others.push(listed);
  });
  others.forEach((other, i) => {
    core.setU16(abi.DIRTY + 2 * i, other);
  });
  core.setU32(abi.CONFIG + abi.CONFIG_DIRTY_COUNT, others.length);
}

/** A frame as the kernel would send it: its pieces, one after the other. */
function gather(core: Core, message: number): Frame {
  const pieces = core.u64(message + abi.MMSGHDR_IOV);
  const octets: number[] = [];
  for (let i = 0; i < core.u64(message + abi.MMSGHDR_IOV_COUNT); i++) {
    const at = core.u64(pieces + i * abi.IOVEC_SIZE + abi.IOVEC_BASE);
    octets.push(...core.octets.subarray(at, at + core.u64(pieces + i * abi.IOVEC_SIZE + abi.IOVEC_OCTETS)));
  }
  return Uint8Array.from(octets);
}
