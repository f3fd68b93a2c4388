// The load that sends. A full socket is waited for in the kernel, as libvdeplug's blocking sockets do: so a slow switch
// slows its senders down, and what is lost is lost in the switch.

import { MSG_DONTWAIT, MSG_NOSIGNAL } from "../host-node/native/socket.js";
import { NOTHING, type Role, type SendOrder } from "./orders.js";
import { Vector } from "./vector.js";

const TICK_MS = 1; // how often a sender with a rate wakes up
const REFUSALS = 4; // as many full ports in a row, and the switch is behind with all of them

const sleeper = new Int32Array(new SharedArrayBuffer(4));

function sleep(ms: number): void {
  Atomics.wait(sleeper, 0, 0, ms);
}

function pick<T>(list: readonly T[]): T {
  return list[(Math.random() * list.length) | 0]!;
}

/** All but the port itself, where there is another: a switch sends nothing back. */
function others(to: readonly number[], port: number): readonly number[] {
  return to.length > 1 ? to.filter((other) => other !== port) : to;
}

export function sender(order: SendOrder, fds: readonly number[]): Role {
  const { ports, to, burst, perSecond = Number.POSITIVE_INFINITY } = order;
  const vector = new Vector(burst, order.size);
  const numbers = ports.map(() => 0);
  const targets = ports.map((port) => (to === "all" ? [undefined] : others(to, port)));
  let refusals = 0; // in a row

  function compose(index: number, count: number): void {
    for (let i = 0; i < count; i++) {
      const frame = vector.frames[i]!;
      frame.address(ports[index]!, pick(targets[index]!));
      if (order.disguised) frame.disguise();
      frame.number = numbers[index]! + i + 1;
    }
  }

  /** One burst from one port. A full port is passed over; only where one after another is, it waits for one of them. */
  function sendBurst(index: number, count: number): number {
    compose(index, count);
    const wait = ports.length === 1 || refusals >= REFUSALS;
    const sent = vector.send(fds[index]!, count, MSG_NOSIGNAL | (wait ? 0 : MSG_DONTWAIT));
    numbers[index]! += sent;
    refusals = sent === 0 ? refusals + 1 : 0;
    return sent;
  }

  return (ms) => {
    const start = performance.now();
    let sent = 0;
    for (let now = start; now < start + ms; now = performance.now()) {
      const due = ((now - start) / 1000) * perSecond - sent;
      if (due < 1) sleep(TICK_MS);
      else sent += sendBurst((Math.random() * ports.length) | 0, Math.min(burst, Math.floor(due)));
    }
    return { ...NOTHING, sent, seconds: (performance.now() - start) / 1000 };
  };
}
