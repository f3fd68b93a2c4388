// The load that receives: reads all its ports until they have been silent for a while, counts, and looks at each frame.

import {
  EPOLL_EVENT_DATA,
  EPOLL_EVENT_SIZE,
  EPOLLIN,
  epollAdd,
  epollCreate,
  epollWait,
} from "../host-node/native/epoll.js";
import { addressOf } from "../host-node/native/libc.js";
import { MSG_DONTWAIT } from "../host-node/native/socket.js";
import type { Frame } from "./frame.js";
import { NOTHING, type ReceiveOrder, type Role } from "./orders.js";
import { Vector } from "./vector.js";

const BATCH = 64;
const EVENTS = 64;
const SENDERS = 512;
export const SILENCE_MS = 200;

/** Frames as they arrive: how many, how many out of order, how many that somebody else should have got. */
class Tally {
  readonly byPort: number[];
  late = 0;
  strays = 0;
  /** The highest number seen, by port and sender. */
  readonly #newest: Uint32Array;
  readonly #ports: readonly number[];

  constructor(ports: readonly number[]) {
    this.#ports = ports;
    this.byPort = ports.map(() => 0);
    this.#newest = new Uint32Array(ports.length * SENDERS);
  }

  get received(): number {
    return this.byPort.reduce((sum, n) => sum + n, 0);
  }

  count(index: number, frame: Frame): void {
    if (!frame.isLoad) return;
    const port = this.#ports[index]!;
    if (!frame.isFor(port)) {
      this.strays++;
      return;
    }
    const pair = index * SENDERS + frame.sender;
    if (frame.number <= this.#newest[pair]!) this.late++;
    this.#newest[pair] = frame.number;
    this.byPort[index]!++;
  }

  /** Forgets the counts, not the numbers. */
  clear(): void {
    this.byPort.fill(0);
    this.late = 0;
    this.strays = 0;
  }
}

export function receiver({ ports }: ReceiveOrder, fds: readonly number[]): Role {
  const vector = new Vector(BATCH);
  const tally = new Tally(ports);
  const epoll = epollCreate();
  for (const [index, fd] of fds.entries()) epollAdd(epoll, fd, EPOLLIN, index);
  const memory = new ArrayBuffer(EVENTS * EPOLL_EVENT_SIZE);
  const events = new DataView(memory);
  const address = addressOf(memory);

  function read(count: number): void {
    for (let i = 0; i < count; i++) {
      const index = events.getUint32(i * EPOLL_EVENT_SIZE + EPOLL_EVENT_DATA, true);
      const frames = vector.receive(fds[index]!, MSG_DONTWAIT);
      for (let n = 0; n < frames; n++) tally.count(index, vector.frames[n]!);
    }
  }

  return (ms) => {
    tally.clear();
    const start = performance.now();
    let first = 0;
    let last = start;
    for (;;) {
      const count = epollWait(epoll, address, EVENTS, SILENCE_MS);
      const now = performance.now();
      if (count > 0) {
        first ||= now;
        last = now;
        read(count);
      } else if (now > start + ms) break;
      // A peer that never falls silent must not keep us.
      if (now > start + ms + 5000) break;
    }
    const { received, late, strays, byPort } = tally;
    return { ...NOTHING, received, late, strays, byPort: [...byPort], seconds: (last - first) / 1000 };
  };
}
