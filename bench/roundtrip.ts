// The load that measures time: one frame under way at any moment, sent back by the other end.

import { MSG_NOSIGNAL } from "../host-node/native/socket.js";
import { type EchoOrder, NOTHING, type PingOrder, type Role } from "./orders.js";
import { SILENCE_MS } from "./receive.js";
import { Vector } from "./vector.js";

const MSG_WAITFORONE = 0x10000;

export function pinger({ ports: [port], to, size }: PingOrder, [fd]: readonly number[]): Role {
  const out = new Vector(1, size);
  const back = new Vector(1);
  let number = 0;
  return (ms) => {
    const trips: number[] = [];
    const start = performance.now();
    let now = start;
    const first = number;
    while (now < start + ms) {
      out.frames[0]!.address(port, to);
      out.frames[0]!.number = ++number;
      out.send(fd!, 1, MSG_NOSIGNAL);
      // One that was lost is seen by the socket's timeout; one of before must not be taken for its answer.
      while (back.receive(fd!, MSG_WAITFORONE) > 0 && back.frames[0]!.number !== number);
      const before = now;
      now = performance.now();
      if (back.frames[0]!.number === number) trips.push((now - before) * 1000);
    }
    trips.sort((a, b) => a - b);
    const [p50, p99] = [0.5, 0.99].map((part) => trips[Math.floor(trips.length * part)] ?? Number.NaN) as [
      number,
      number,
    ];
    return { ...NOTHING, sent: number - first, received: trips.length, p50, p99 };
  };
}

export function echo({ ports: [port] }: EchoOrder, [fd]: readonly number[]): Role {
  const vector = new Vector(1, 64);
  return (ms) => {
    const start = performance.now();
    let last = start;
    let received = 0;
    while (performance.now() < Math.max(start + ms, last + SILENCE_MS)) {
      if (vector.receive(fd!, MSG_WAITFORONE) === 0) continue;
      last = performance.now();
      const frame = vector.frames[0]!;
      if (!frame.isLoad || !frame.isFor(port)) continue;
      const { number } = frame;
      frame.reply();
      frame.number = number;
      vector.send(fd!, 1, MSG_NOSIGNAL);
      received++;
    }
    return { ...NOTHING, received };
  };
}
