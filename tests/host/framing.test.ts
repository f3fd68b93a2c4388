// Frames in streams: found wherever a stream is cut.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { FRAME_MAX, type Framing, QEMU_FRAMING, Splitter, VDE_FRAMING, writeLength } from "../../host/framing.js";

const test = suite("framing");

/** A stream of frames of these sizes; each is filled with its number. */
function stream(framing: Framing, sizes: readonly number[]): Uint8Array {
  const parts = sizes.map((size, i) => {
    const part = new Uint8Array(framing.header + size).fill(i + 1);
    writeLength(part, 0, size, framing);
    return part;
  });
  return Buffer.concat(parts);
}

/** The sizes that a splitter finds where it is given the stream in pieces of `step` octets. */
function found(framing: Framing, octets: Uint8Array, step: number): number[] {
  const splitter = new Splitter(framing);
  const sizes: number[] = [];
  let start = 0;
  for (let end = 0; end < octets.length; ) {
    end = Math.min(end + step, octets.length);
    start = splitter.split(octets, start, end, (at, size) => {
      assert.ok(octets.subarray(at, at + size).every((octet) => octet === octets[at]));
      sizes.push(size);
      return true;
    });
  }
  return sizes;
}

for (const [name, framing] of [
  ["VDE's", VDE_FRAMING],
  ["QEMU's", QEMU_FRAMING],
] as const) {
  for (const step of [1, 2, 3, 61, 1 << 20]) {
    test(`${name}, in pieces of ${step}: what is empty or too long is passed over`, () => {
      const octets = stream(framing, [60, 0, 14, FRAME_MAX + 1, 1514, 20_000, FRAME_MAX, 1]);
      assert.equal(found(framing, octets, step), [60, 14, 1514, FRAME_MAX, 1]);
    });
  }
}

test("a frame that is not taken is found again", () => {
  const octets = stream(VDE_FRAMING, [60, 70]);
  const splitter = new Splitter(VDE_FRAMING);
  assert.is(
    splitter.split(octets, 0, octets.length, (_at, size) => size === 60),
    62,
  );
  assert.is(
    splitter.split(octets, 62, octets.length, () => true),
    octets.length,
  );
});

test("too long is counted", () => {
  const splitter = new Splitter(VDE_FRAMING);
  const octets = stream(VDE_FRAMING, [9_999, 9_999]);
  splitter.split(octets, 0, octets.length, () => true);
  assert.is(splitter.oversized, 2);
});

test("a length that no frame of QEMU's has is no stream of frames", () => {
  const octets = new Uint8Array(8).fill(0xff);
  assert.throws(() => new Splitter(QEMU_FRAMING).split(octets, 0, 8, () => true), /no stream of frames/);
});

test.run();
