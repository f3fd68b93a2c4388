// Frames that wait: how many may, who goes without when memory is short, and that none is ever lost track of.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as abi from "../../assembly/abi.js";
import type { Frame } from "../../host/link.js";
import { feed, Ring } from "../../host/ring.js";
import { frame, words } from "../lab.js";
import { bench } from "./bench.js";

const test = suite("queue");

/** Slots that stalled endpoints may not take; see assembly/queue.ts. */
const KEPT = abi.SLOT_COUNT / 8;

function many(text: string, count: number): Frame[] {
  return new Array<Frame>(count).fill(frame(text));
}

/** An address for each endpoint. */
function address(endpoint: number): string {
  return `02:00:00:01:${(endpoint >> 8).toString(16)}:${(endpoint & 255).toString(16)}`;
}

/** Lets endpoints say who they are, to nobody but themselves. */
function introduce({ send }: ReturnType<typeof bench>, endpoints: readonly number[]): void {
  for (const endpoint of endpoints) send(endpoint, many(`${address(endpoint)} > ${address(endpoint)}`, 1));
}

function sizes(count: number): number[] {
  return Array.from({ length: count }, (_, i) => 60 + i);
}

function drops(core: ReturnType<typeof bench>["core"], port: number, reason: number): number {
  return core.u64(abi.PORTS + port * abi.PORT_SIZE + abi.PORT_DROPS + 8 * reason);
}

test("keeps frames for an endpoint that takes none, up to its limit, and drops the newest", () => {
  const { plug, send, take, core, slotsFree } = bench();
  const [one, two] = [plug(1), plug(2)];
  const free = slotsFree();
  core.setU32(abi.ENDPOINTS + two * abi.ENDPOINT_SIZE + abi.ENDPOINT_LIMIT, 10);
  send(
    one,
    [100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111].map((size) => frame(`a > * /${size}`)),
  );
  assert.is(drops(core, 2, abi.DROP_QUEUE), 2);
  assert.equal(
    take(two).map((octets) => octets.length),
    [100, 101, 102, 103, 104, 105, 106, 107, 108, 109],
  );
  assert.is(slotsFree(), free);
});

/** The rings of a link, as a host has them. */
function rings({ core }: ReturnType<typeof bench>, link: number): { inward: Ring; outward: Ring } {
  const at = abi.LINKS + link * abi.LINK_SIZE;
  const { buffer } = core.octets;
  return {
    inward: new Ring(buffer, at + abi.LINK_IN, abi.LINK_IN_OCTETS),
    outward: new Ring(buffer, at + abi.LINK_OUT, abi.LINK_OUT_OCTETS),
  };
}

test("gives what waits for a descriptor to the link that takes its place, which keeps its addresses", () => {
  const set = bench();
  const { plug, send, take, functions, core, dirty } = set;
  const { inward, outward } = rings(set, 5);
  const [one, two] = [plug(1), plug(2)];
  send(two, many("b > b", 1));
  send(one, many("a > b", 3));
  dirty();
  functions.prepare(two);
  functions.wait(two, 0);
  functions.divert(two, 5);
  assert.equal(dirty(), [two]);
  functions.deliver(two);
  assert.equal([...outward.records()].map(words), ["a > b", "a > b", "a > b"]);
  inward.push(frame("b > a"));
  feed(new Uint32Array(core.octets.buffer), 5);
  functions.poll(0);
  assert.equal(take(one).map(words), ["b > a"]);
  functions.unplug(two);
  assert.is(core.u16(abi.LINK_ENDPOINTS + 2 * 5), 0);
});

test("drops what waits for a tap when a link takes its place, which has no room for a burst in one", () => {
  const set = bench();
  const { plug, send, functions, core, dirty } = set;
  const [one, tap] = [plug(1), plug(2, abi.KIND_TAP)];
  send(one, many("a > *", 3));
  functions.divert(tap, 0);
  assert.is(drops(core, 2, abi.DROP_CLOSED), 3);
  for (const endpoint of dirty()) functions.deliver(endpoint);
  assert.equal([...rings(set, 0).outward.records()], []);
});

test("holds a frame for all who wait for it in one slot", () => {
  const { plug, send, take, slotsFree } = bench();
  const endpoints = Array.from({ length: 500 }, (_, i) => plug(i));
  const free = slotsFree();
  send(endpoints[0]!, many("a > *", 100));
  assert.is(slotsFree(), free - 100);
  for (const endpoint of endpoints.slice(1)) assert.is(take(endpoint).length, 100);
  assert.is(slotsFree(), free);
});

test("always has room for who takes his frames, however many others take none", () => {
  const core = bench();
  const free = core.slotsFree();
  const [sender, flowing] = [core.plug(1), core.plug(2)];
  const stalled = Array.from({ length: 2000 }, (_, i) => core.plug(3 + (i % 1000)));
  introduce(core, [flowing, ...stalled]);
  for (const endpoint of stalled) {
    core.send(sender, many(`a > ${address(endpoint)}`, abi.BATCH));
    for (const listed of core.dirty()) if (listed !== flowing) core.functions.wait(listed, 0);
    core.send(sender, many(`a > ${address(flowing)}`, abi.BATCH));
    assert.is(core.take(flowing).length, abi.BATCH);
  }
  assert.ok(core.slotsFree() >= KEPT - abi.BATCH);
  assert.is(drops(core.core, 2, abi.DROP_SHARE), 0);
  assert.ok(drops(core.core, 102, abi.DROP_SHARE) > 0);
  for (const endpoint of stalled) core.take(endpoint);
  assert.is(core.slotsFree(), free);
});

test("shares memory among who take nothing: each holds less the more they are", () => {
  const core = bench();
  const sender = core.plug(1);
  const stalled = Array.from({ length: 15 }, (_, i) => core.plug(2 + i));
  introduce(core, stalled);
  for (const endpoint of stalled) core.functions.wait(endpoint, 0);
  for (let round = 0; round < 100; round++)
    for (const endpoint of stalled) core.send(sender, many(`a > ${address(endpoint)}`, 10));
  const share = core.slotsFree() - KEPT;
  const held = stalled.map((endpoint) => core.take(endpoint).length);
  for (const count of held) assert.ok(count > share / 2 && count < 2 * share, `${held}`);
});

test("drops the newest of what waits when a peer stops taking, down to the share", () => {
  const core = bench();
  const [one, two, three] = [core.plug(1), core.plug(2), core.plug(3)];
  const count = (abi.SLOT_COUNT / 16) * 5;
  for (const endpoint of [two, three])
    core.core.setU32(abi.ENDPOINTS + endpoint * abi.ENDPOINT_SIZE + abi.ENDPOINT_LIMIT, count);
  introduce(core, [two, three]);
  for (const endpoint of [two, three])
    core.send(
      one,
      sizes(count).map((size) => frame(`a > ${address(endpoint)} /${size}`)),
    );
  core.functions.wait(two, 0);
  const held = core.take(two).map((octets) => octets.length);
  assert.ok(held.length < count);
  assert.equal(held, sizes(held.length));
  assert.is(drops(core.core, 2, abi.DROP_SHARE), count - held.length);
  assert.is(core.take(three).length, count);
});

test("counts what the kernel holds for a peer that takes no more: as frames to its limit, as memory to its share", () => {
  const { plug, send, core, functions } = bench();
  const [one, two, three] = [plug(1), plug(2), plug(3)];
  const limitOf = (endpoint: number, limit: number) =>
    core.setU32(abi.ENDPOINTS + endpoint * abi.ENDPOINT_SIZE + abi.ENDPOINT_LIMIT, limit);
  const heldIn = () => core.u32(abi.CONFIG + abi.CONFIG_HELD);
  limitOf(two, 10);
  limitOf(three, 100);
  send(one, many("a > * /60", 10));
  functions.wait(two, 4 * 768); // four frames of that size, as Linux counts them
  assert.is(drops(core, 2, abi.DROP_QUEUE), 4);
  send(one, many("a > * /60", 1));
  assert.is(drops(core, 2, abi.DROP_QUEUE), 5);
  functions.wait(three, abi.SLOT_COUNT * abi.SLOT_SIZE);
  assert.is(drops(core, 3, abi.DROP_QUEUE) + drops(core, 3, abi.DROP_SHARE), 11);
  assert.is(heldIn(), 4 * 768 + abi.SLOT_COUNT * abi.SLOT_SIZE);
  functions.unplug(three);
  functions.resume(two);
  assert.is(heldIn(), 0);
  send(one, many("a > * /60", 4));
  assert.is(drops(core, 2, abi.DROP_QUEUE), 5);
});

test("drops what waited for an endpoint that is unplugged, and gets its slots back", () => {
  const { plug, send, core, functions, slotsFree } = bench();
  const [one, two] = [plug(1), plug(2)];
  const free = slotsFree();
  send(one, many("a > *", 7));
  functions.unplug(two);
  assert.is(drops(core, 2, abi.DROP_CLOSED), 7);
  assert.is(slotsFree(), free);
});

test("goes on with the next frame where a peer refuses one", () => {
  const { plug, send, take, core, functions } = bench();
  const [one, two] = [plug(1), plug(2)];
  send(one, [frame("a > *"), frame("b > *")]);
  functions.prepare(two);
  functions.refused(two);
  assert.equal(take(two).map(words), ["b > *"]);
  assert.is(drops(core, 2, abi.DROP_PEER), 1);
});

test("lists an endpoint once for what waits, and not at all while its peer takes nothing", () => {
  const { plug, send, take, functions, dirty } = bench();
  const [one, two, three] = [plug(1), plug(2), plug(3)];
  send(one, many("a > *", 5));
  assert.equal(dirty().sort(), [two, three]);
  for (const endpoint of [two, three]) take(endpoint, 1);
  functions.wait(two, 0);
  send(one, many("a > *", 5));
  assert.equal(dirty(), [three]);
  functions.resume(two);
  assert.equal(dirty(), [two]);
  assert.is(take(two).length, 9);
  functions.wait(two, 0);
  functions.resume(two);
  assert.equal(dirty(), []);
});

test("lists nobody twice, however often endpoints come and go between two flushes", () => {
  const { plug, send, functions, dirty, core } = bench();
  const one = plug(1);
  for (let i = 0; i < 3 * abi.ENDPOINT_COUNT; i++) {
    const two = plug(2);
    send(one, many("a > *", 1));
    functions.unplug(two);
  }
  const two = plug(2);
  send(one, many("a > *", 1));
  assert.equal(dirty(), [two]);
  assert.is(core.u16(abi.LINK_ENDPOINTS), 0);
});

test("takes a part of a batch, and goes on from there", () => {
  const { plug, send, take } = bench();
  const [one, two] = [plug(1), plug(2)];
  send(
    one,
    Array.from({ length: 150 }, (_, i) => frame(`a > * /${100 + i}`)),
  );
  const sizes = [...take(two, 10), ...take(two, 70), ...take(two)].map((octets) => octets.length);
  assert.equal(
    sizes,
    Array.from({ length: 150 }, (_, i) => 100 + i),
  );
});

test.run();
