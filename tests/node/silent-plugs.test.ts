// Plugs that never read: what they cost, who hears of it, and that nobody else pays for it.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as abi from "../../assembly/abi.js";
import { memoryLines } from "../../host/memory.js";
import type { Endpoint } from "../../host/ports.js";
import { frame } from "../interop/frames.js";
import type { Plug } from "../interop/plug.js";
import { until } from "../interop/wait.js";
import { type Bench, Client, onBench } from "./vde-bench.js";

const test = suite("a plug that never reads");

/** Of the kernel's memory and the queue's. */
const COST_MAX = 500_000;
const FRAMES = 6_000;

function endpointAt({ sw }: Bench, port: number): Endpoint {
  return sw.ports.get(port).endpoints[0]!;
}

function broadcast(size: number): Uint8Array {
  const octets = new Uint8Array(size).fill(0x5a);
  octets.fill(0xff, 0, 6);
  octets.set([2, 0, 0, 0, 0, 1, 0x88, 0xb5], 6);
  return octets;
}

/** Plugs in, and reads nothing of what comes. */
function silent(bench: Bench, port: number): Promise<Plug> {
  return new Client(bench).ask(port).plug();
}

/** Broadcasts, as fast as the switch reads, until it has sent it all on. */
async function flood(bench: Bench, size: number, count = FRAMES): Promise<void> {
  const port = 30;
  const client = new Client(bench).ask(port);
  const [plug, octets] = [await client.plug(), broadcast(size)];
  for (let sent = 0; sent < count; sent++)
    if (!plug.offer(octets)) await until("there is room", () => plug.offer(octets));
  await until("the switch has taken it all in", () => bench.sw.counters(port).rxFrames === count);
  client.hangUp();
  await until("the sender is gone", () => bench.sw.ports.get(port).endpoints.length === 0);
}

for (const size of [60, 300, 1_514, 4_000, 9_000])
  test(
    `costs less than half a megabyte, however many frames of ${size} octets come for it, and its counters say so`,
    onBench({}, async (bench) => {
      for (let port = 1; port <= 3; port++) await silent(bench, port);
      await flood(bench, size);
      for (let port = 1; port <= 3; port++) {
        const { kernel, waiting, dropped } = bench.sw.queueOf(endpointAt(bench, port));
        assert.ok(kernel > 0 && kernel + abi.QUEUE_SIZE < COST_MAX, `${kernel} octets in the kernel`);
        assert.ok(waiting > 0 && dropped > 0, `${waiting} waiting, ${dropped} dropped`);
        const lost = FRAMES - waiting - dropped; // what the kernel holds is known in octets only
        assert.ok(Math.abs(lost) < FRAMES / 20, `${waiting} waiting, ${dropped} dropped, ${lost} in neither`);
      }
    }),
  );

test(
  "is shown by the console: what waits for it, and what such a plug can cost",
  onBench({}, async (bench) => {
    await silent(bench, 1);
    await flood(bench, 1_514);
    const lines = [...memoryLines(bench.sw.memory)].join("\n");
    assert.match(lines, /^slots [1-9]\d* of 8192 in use, 9408 octets each$/m);
    assert.match(lines, /^endpoints 1, frames waiting [1-9]\d*, octets in the kernel [1-9]\d*$/m);
    const [, kernel, queue] = /costs (\d+) octets of the kernel's and (\d+) of its queue's at most/.exec(lines)!;
    assert.ok(Number(kernel) + Number(queue) < COST_MAX);
  }),
);

test(
  "has no more frames waiting than its queue may have, those in the kernel among them",
  onBench({}, async (bench) => {
    const [first, second] = [await silent(bench, 1), await silent(bench, 2)];
    const limit = 12;
    for (const port of [1, 2]) bench.sw.setQueueLimit(endpointAt(bench, port), limit);
    await flood(bench, 60);
    assert.is(bench.sw.queueOf(endpointAt(bench, 1)).waiting, limit);
    for (const plug of [first, second]) {
      let heard = 0;
      await until("it has read all", () => {
        while (plug.receive() !== undefined) heard++;
        return bench.sw.memory.queued === 0 || plug === first;
      });
      assert.ok(heard > 0 && heard <= limit, `${heard} frames`);
    }
  }),
);

test(
  "in great numbers costs a plug that reads none of its frames",
  onBench({}, async (bench) => {
    bench.sw.ports.count = 128;
    for (let port = 31; port <= 128; port++) await silent(bench, port);
    await flood(bench, 1_514);
    const [near, far] = [await silent(bench, 1), await silent(bench, 2)];
    far.send(frame("b > * here"));
    await near.hears("b > * here");
    for (let i = 0; i < 200; i++) await until("there is room", () => near.offer(frame(`a > b n${i}`)));
    await until("all have come", () => far.all().filter((text) => text.startsWith("a > b")).length === 200);
  }),
);

test.run();
