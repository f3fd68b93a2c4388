// Every frame of 0 to 64 octets, with every type that might mean something: no trap, and not an octet of another frame.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { CONFIG, CONFIG_HUB } from "../../assembly/abi.js";
import type { Frame } from "../../host/link.js";
import { bench } from "./bench.js";

const test = suite("lengths");

const TYPES = [
  0x8100, 0x88a8, 0x9100, 0x0800, 0x0806, 0x86dd, 0x8808, 0x88cc, 0, 1, 46, 1500, 1501, 1535, 1536, 0xffff,
];
const TCIS = [0x0000, 0x0007, 0xe007, 0x0008, 0x0fff, 0xffff];

/** The first `size` octets of a frame with these words after its addresses. */
function cut(size: number, ...words: readonly number[]): Frame {
  const header = [1, 2, 3, 4, 5, 6, 2, 0, 0, 0, 0, 9, ...words.flatMap((word) => [word >> 8, word & 255])];
  return Uint8Array.from({ length: size }, (_, i) => header[i] ?? (i * 5) & 255);
}

function* everyFrame(): Generator<Frame> {
  for (let size = 0; size <= 64; size++)
    for (const type of TYPES) {
      yield cut(size, type);
      for (const tci of TCIS) for (const inner of TYPES) yield cut(size, type, tci, inner);
    }
}

/** Ports 1 and 2 are untagged in VLAN 7, port 3 is tagged in it. */
function three() {
  const core = bench();
  const endpoints = [1, 2, 3].map((port) => core.plug(port)) as [number, number, number];
  core.functions.portSetPvid(1, 7);
  core.functions.portSetPvid(2, 7);
  core.functions.vlanJoin(7, 3);
  return { ...core, endpoints };
}

function same(left: Frame, right: Frame): boolean {
  return left.length === right.length && left.every((octet, i) => octet === right[i]);
}

test("leaves as it came, or with one tag more or less", () => {
  const { send, take, endpoints, slotsFree } = three();
  const [one, two, third] = endpoints;
  const free = slotsFree();
  for (const frame of everyFrame()) {
    send(one, [new Uint8Array(64).fill(0xee), frame]);
    const [untagged, tagged] = [take(two)[1], take(third)[1]];
    const isTagged = frame.length >= 14 && frame[12] === 0x81 && frame[13] === 0;
    if (untagged !== undefined)
      assert.ok(same(untagged, isTagged ? Uint8Array.of(...frame.subarray(0, 12), ...frame.subarray(16)) : frame));
    if (tagged === undefined) continue;
    assert.equal([...tagged.subarray(12, 14), tagged[14]! & 15, tagged[15]], [0x81, 0, 0, 7]);
    assert.ok(same(tagged.subarray(16), frame.subarray(isTagged ? 16 : 12)));
  }
  assert.is(slotsFree(), free);
});

test("lets through exactly what is long enough for its header", () => {
  const { send, take, endpoints } = three();
  for (let size = 0; size <= 64; size++) {
    send(endpoints[0], [cut(size, 0x0800), cut(size, 0x8100, 7, 0x0800)]);
    const passed = take(endpoints[1]).length;
    assert.is(passed, size < 14 ? 0 : size < 18 ? 1 : 2, `${size} octets`);
    take(endpoints[2]);
  }
});

test("repeats everything from 14 octets as a hub", () => {
  const { send, take, endpoints, core } = three();
  core.setU8(CONFIG + CONFIG_HUB, 1);
  for (const frame of everyFrame()) {
    send(endpoints[0], [frame]);
    for (const endpoint of endpoints.slice(1)) {
      const [heard] = take(endpoint);
      assert.ok(frame.length < 14 ? heard === undefined : heard !== undefined && same(heard, frame));
    }
  }
});

test.run();
