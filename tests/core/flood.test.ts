// Who sends from very many addresses: what he can take from others, and what he cannot.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as abi from "../../assembly/abi.js";
import type { Frame } from "../../host/link.js";
import { frame, lab, plain, SECRET, type Station } from "../lab.js";

const test = suite("flood");
const RING_FULL = 500;

/** A frame from the address of a number, to everybody. */
function from(number: number): Frame {
  const octets = frame("a > *");
  new DataView(octets.buffer).setUint32(8, number);
  octets[7] = 0x77;
  return octets;
}

/** Lets a station send from addresses `first` to `last`. */
function sendFrom({ pass }: ReturnType<typeof lab>, { link }: Station, first: number, last: number): void {
  for (let i = first; i <= last; i++) {
    link.send(from(i));
    if (i % RING_FULL === 0) pass(0);
  }
  pass(0);
}

test("holds 65,536 addresses at once, and finds each of them", () => {
  const bench = lab(plain.slice(0, 2));
  const [one, two] = bench.stations;
  sendFrom(bench, one!, 1, 65_536);
  assert.is(bench.sw.fdb.count, 65_536);
  assert.is(new Set([...bench.sw.fdb.list()].map(({ mac }) => mac)).size, 65_536);
  for (const number of [1, 2, 32_768, 65_535, 65_536]) {
    const text = from(number).subarray(6, 12);
    const reply = frame("b > a");
    reply.set(text);
    assert.is(bench.say(two!, reply).length, 1);
  }
});

test("evicts only the addresses of who floods, while a pair that speaks stays known", () => {
  const bench = lab();
  const [, , flooder] = bench.stations;
  for (let round = 0; round < 20; round++) {
    bench.say(1, "a > b");
    bench.say(2, "b > a");
    sendFrom(bench, flooder!, 1 + round * 10_000, (round + 1) * 10_000);
    bench.pass(1_000);
  }
  assert.equal(bench.say(1, "a > b"), ["2: a > b"]);
  assert.equal(bench.say(2, "b > a"), ["1: b > a"]);
  assert.is(bench.sw.fdb.count, 65_536);
});

test("takes room for a newcomer from whoever has most, and from others nothing", () => {
  const bench = lab(plain);
  const [one, two, three] = bench.stations;
  bench.sw.fdb.limit = 3_000;
  sendFrom(bench, one!, 1, 1_400);
  sendFrom(bench, two!, 10_001, 11_600);
  sendFrom(bench, three!, 20_001, 30_000);
  const counts = [1, 2, 3].map((port) => bench.sw.counters(port).addresses);
  assert.is(
    counts.reduce((sum, count) => sum + count),
    3_000,
  );
  for (const count of counts) assert.ok(Math.abs(count - 1_000) <= 64, `${counts}`);
});

test("holds a port to its limit: its own oldest address goes", () => {
  const { say, sw, pass } = lab();
  sw.fdb.setPortLimit(1, 2);
  for (const text of ["a > *", "b > *", "c > *"]) {
    say(1, text);
    pass(1_000);
  }
  assert.is(sw.counters(1).addresses, 2);
  assert.equal(say(2, "x > a").length, 2);
  assert.equal(say(2, "x > b").length, 1);
  assert.equal(say(2, "x > c").length, 1);
});

test("learns nothing behind a port whose limit is 0, and still forwards", () => {
  const { say, sw } = lab();
  sw.fdb.setPortLimit(1, 0);
  assert.is(say(1, "a > *").length, 2);
  assert.is(sw.fdb.count, 0);
});

test("does not let an address move to a port whose limit is 0", () => {
  const { say, sw, pass } = lab();
  sw.fdb.setPortLimit(2, 0);
  say(1, "a > *");
  pass(10_000);
  say(2, "a > *");
  assert.equal(say(3, "c > a"), ["1: c > a"]);
});

test("forgets the oldest at once when a limit is lowered", () => {
  const { say, sw, pass } = lab();
  for (const text of ["a > *", "b > *", "c > *"]) {
    say(1, text);
    pass(1_000);
  }
  say(2, "d > *");
  sw.fdb.limit = 2;
  assert.equal([...sw.fdb.list()].map(({ mac }) => mac.at(-1)).sort(), ["3", "4"]);
  sw.fdb.setPortLimit(1, 0);
  assert.equal(
    [...sw.fdb.list()].map(({ port }) => port),
    [2],
  );
});

test("learns nothing where the limit in all is 0", () => {
  const { say, sw } = lab();
  sw.fdb.limit = 0;
  assert.is(say(1, "a > *").length, 2);
  assert.is(sw.fdb.count, 0);
});

test("places addresses by its secret: two switches with others differ", () => {
  const cells = (secret: bigint[]): string => {
    const bench = lab(plain, {}, secret);
    sendFrom(bench, bench.stations[0]!, 1, 100);
    const index = new Uint32Array(bench.core.octets.buffer, abi.INDEX, abi.INDEX_COUNT);
    return [...index.keys()].filter((cell) => index[cell] !== 0).join();
  };
  assert.is(cells([...SECRET]), cells([...SECRET]));
  assert.is.not(cells([...SECRET]), cells([...SECRET].reverse()));
});

test.run();
