// Machines that are none, which show what the link to a machine does to it; and messages of strangers.

import {
  broadcastChannel,
  emulator,
  type Link,
  linkPair,
  type Machine,
  messagePort,
  openSwitch,
  v86,
} from "etherloom/browser";
import * as assert from "uvu/assert";
import { frame, words } from "../../frame.js";
import { until } from "../../interop/wait.js";

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

/** As much of v86 as a card needs. */
class Emulator {
  readonly listeners = new Set<(value: never) => void>();
  readonly given: string[] = [];
  /** How deep calls into it are nested. */
  depth = 0;
  deepest = 0;
  readonly bus = {
    send: (event: string, value: unknown) => {
      this.deepest = Math.max(this.deepest, ++this.depth);
      this.given.push(`${event} ${words(value as Uint8Array)}`);
      this.depth--;
    },
  };

  add_listener(event: string, listener: (value: never) => void): void {
    assert.is(event, "net0-send");
    this.listeners.add(listener);
  }

  remove_listener(_event: string, listener: (value: never) => void): void {
    this.listeners.delete(listener);
  }

  /** The guest sends from a card whose memory is used again at once. */
  transmit(text: string): void {
    this.depth++;
    const memory = new Uint8Array(32_768);
    const octets = frame(text);
    memory.set(octets, 100);
    for (const listener of this.listeners) listener(memory.subarray(100, 100 + octets.length) as never);
    memory.fill(0xee);
    this.depth--;
  }
}

/** Frames are copied, come in a turn of their own, and go where they should. */
export async function behave(): Promise<void> {
  const [left, right, sw] = [new Emulator(), new Emulator(), await openSwitch()];
  const kept: Uint8Array[] = [];
  const watched = v86(left, { type: "ne2k" });
  const hear = sw.plug(watched, { port: 1 });
  const onframe = watched.onframe;
  watched.onframe = (octets) => {
    kept.push(octets);
    onframe(octets);
  };
  sw.plug(v86(right), { port: 2 });
  left.transmit("a > *");
  assert.equal(right.given, []);
  await until("the other machine gets it", () => right.given.length === 1);
  assert.equal(right.given, ["net0-receive a > *"]);
  assert.equal(kept.map(words), ["a > *"]);
  right.transmit("b > a");
  await until("the answer", () => left.given.length === 1);
  assert.is(left.deepest, 1); // never while it was in a call itself
  sw.unplug(hear);
  assert.is(left.listeners.size, 0);
  left.transmit("a > b");
  right.transmit("b > *");
  await pause(50);
  assert.is(left.given.length, 1);
  sw.plug(v86(left), { port: 1 });
  left.transmit("a > *");
  await until("it is plugged in again", () => right.given.length === 2);
  await sw.close();
}

/** What breaks behind the link does not break the guest; what breaks in the machine does not break the link. */
export async function breakNothing(): Promise<void> {
  const errors: unknown[] = [];
  const machine: Machine = {
    send: () => {
      throw new Error("in the machine");
    },
    onframe: () => {},
  };
  const link = emulator(machine, { onerror: (error) => void errors.push(error) });
  link.onframe = () => {
    throw new Error("behind the link");
  };
  machine.onframe(frame("a > *"));
  for (let i = 0; i < 3; i++) link.send(frame("b > a"));
  await until("all errors", () => errors.length === 4);
}

/** A card gets no more at once than it can take, and what waits for it is bounded. */
export async function pace(): Promise<void> {
  const bursts: number[] = [];
  let now = 0;
  const machine: Machine = {
    send: () => {
      if (now++ === 0) {
        bursts.push(0);
        Promise.resolve().then(() => {
          now = 0;
        });
      }
      bursts[bursts.length - 1]!++;
    },
    onframe: () => {},
  };
  const link = emulator(machine, { pace: { burst: 4, pauseMs: 1, waiting: 10 } });
  const taken = Array.from({ length: 100 }, () => link.send(frame("a > b"))).filter((was) => was).length;
  await until("all that was taken", () => bursts.reduce((sum, count) => sum + count, 0) === taken);
  assert.equal([taken, link.lost, bursts], [10, 90, [4, 4, 2]]);
}

/** Who is at the other end may send anything. */
export async function bearGarbage(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  const link = messagePort(port1);
  const heard = ear(link);
  const garbage = [
    null,
    undefined,
    0,
    -1,
    Number.NaN,
    "x",
    {},
    [],
    { alive: 7 },
    new ArrayBuffer(9),
    new Uint8Array(0),
  ];
  const cut = [new Uint8Array(1), new Uint8Array([0]), new Uint8Array([0, 60, 1]), new Uint8Array(70_000).fill(255)];
  for (const message of [...garbage, ...cut]) port2.postMessage(message);
  port2.postMessage(batch("a > b"));
  await until("a frame behind all that", () => heard.length > 0);
  assert.equal(heard, ["a > b"]);
  const lan = broadcastChannel("garbage");
  const heardThere = ear(lan);
  const [all, peer] = [new BroadcastChannel("etherloom/garbage"), broadcastChannel("garbage")];
  for (const message of garbage) all.postMessage(message);
  for (let i = 0; i < 300; i++) all.postMessage({ from: `stranger ${i}`, isHere: true });
  await until("its peer is there, or there are too many", () => lan.peers > 0);
  await pause(100);
  assert.ok(lan.peers <= 255);
  all.close();
  peer.close();
  lan.close();
  assert.equal(heardThere, []);
  link.close();
}

/** Nothing is kept for who does not listen. */
export async function boundBacklog(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  const link = messagePort(port1);
  let taken = 0;
  const big = frame("a > b /1514");
  for (let i = 0; i < 200; i++) {
    for (let j = 0; j < 100; j++) if (link.send(big)) taken++;
    await Promise.resolve();
  }
  assert.ok(taken * 1516 <= 1 << 20, `${taken} frames were taken for somebody who never answers`);
  assert.is(link.lost, 20_000 - taken);
  port2.postMessage(1 << 30); // says that it took all, and more than that
  await until("it is believed", () => link.send(big));
  link.close();
}

/** A link that is used as a cable to itself does no harm. */
export async function loop(): Promise<void> {
  const sw = await openSwitch({ fstp: true });
  const [one, other] = linkPair();
  sw.plug(one, { port: 1 });
  sw.plug(other, { port: 2 });
  await until("one end is held", () => [1, 2].some((port) => sw.fstp.branch(0, port)?.role === "Backup"));
  await sw.close();
}

function ear(link: Link): string[] {
  const heard: string[] = [];
  link.onframe = (octets) => void heard.push(words(octets));
  return heard;
}

function batch(text: string): Uint8Array {
  const octets = frame(text);
  return Uint8Array.of(octets.length >> 8, octets.length & 255, ...octets);
}
