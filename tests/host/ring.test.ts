// Rings: what is pushed comes out, whole and in order, over any number of turns; what finds no room is counted.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { RING_DATA } from "../../assembly/abi.js";
import { Ring } from "../../host/ring.js";
import { random } from "../random.js";

const test = suite("ring");
const CAPACITY = 1024;

function ring(startAt = 0): Ring {
  const memory = new SharedArrayBuffer(RING_DATA + CAPACITY);
  new Uint32Array(memory).fill(startAt, 0, RING_DATA / 4);
  return new Ring(memory, 0, CAPACITY);
}

function record(size: number, first: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, i) => (first + i) & 255);
}

function read(from: Ring): Uint8Array[] {
  return Array.from(from.records(), (each) => each.slice());
}

test("gives back what it was given, in order", () => {
  const tested = ring();
  for (let size = 0; size < 20; size++) assert.ok(tested.push(record(size, size)));
  assert.equal(
    read(tested),
    Array.from({ length: 20 }, (_, size) => record(size, size)),
  );
  assert.equal(read(tested), []);
});

for (const [name, startAt] of [
  ["many turns", 0],
  ["the turn of its cursors", 2 ** 32 - 4096],
] as const)
  test(`keeps records whole over ${name}`, () => {
    const tested = ring(startAt);
    const { below } = random(1);
    const waiting: Uint8Array[] = [];
    for (let step = 0; step < 20_000; step++) {
      const next = record(below(300), step);
      if (below(2) === 0 && tested.push(next)) waiting.push(next);
      if (below(5) === 0) assert.equal(read(tested), waiting.splice(0));
    }
  });

test("counts what finds no room, and goes on when there is some", () => {
  const tested = ring();
  while (tested.push(record(100, 0)));
  tested.push(record(100, 0));
  assert.is(tested.lost, 2);
  assert.is(read(tested).length, 9);
  assert.ok(tested.push(record(100, 0)));
  assert.is(tested.push(record(CAPACITY, 0)), false);
  tested.reset();
  assert.is(tested.lost, 0);
});

test("lends a record until the next one is asked for, and only what was there at the start", () => {
  const tested = ring();
  tested.push(record(10, 1));
  let count = 0;
  for (const each of tested.records()) {
    assert.equal(each, record(10, 1));
    tested.push(record(10, 1));
    count++;
  }
  assert.is(count, 1);
  assert.is(read(tested).length, 1);
});

test("keeps the record that a reader breaks off at", () => {
  const tested = ring();
  tested.push(record(10, 1));
  tested.push(record(10, 2));
  for (const _ of tested.records()) break;
  assert.is(read(tested).length, 2);
});

test.run();
