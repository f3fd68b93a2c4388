// TCP segments that wait for a tap, and go there in one piece: what comes apart again as it came, and nothing else.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as abi from "../../assembly/abi.js";
import type { Frame } from "../../host/link.js";
import { checkSlots } from "../fuzz/invariants.js";
import { ETHERNET, isWhole, seal, tcpAt, tcpFrame } from "./internet.js";
import { taps, vnet } from "./taps.js";

const test = suite("merge");
const MSS = 1448;
const ACK = 0x10;
const PSH = 0x18;

/** Its segments, as a socket gets them. */
function segmentsOf(frame: Frame, size = MSS): Frame[] {
  const { read, take, socket } = taps();
  read(vnet(frame, size), frame);
  return take(socket);
}

/** What taps, and a plug whose frames have heads, get of frames that a socket sends together. */
function heard(frames: readonly Frame[]) {
  const core = taps();
  core.send(core.socket, frames);
  const came = core.take(core.other);
  for (const alike of [core.tap, core.headed]) assert.equal(core.take(alike), came);
  checkSlots(core.core);
  assert.is(core.slotsFree(), core.free);
  assert.is(core.largeFree(), abi.LARGE_COUNT - 1);
  return came.map((octets) => ({ head: octets.subarray(0, abi.VNET_SIZE), frame: octets.subarray(abi.VNET_SIZE) }));
}

for (const version of [4, 6] as const) {
  for (const size of [MSS + 1, 2 * MSS, 40_000, 60_001]) {
    test(`puts ${size} octets over IPv${version} together as they were`, () => {
      const sent = tcpFrame(version, size, ACK);
      const [one, ...others] = heard(segmentsOf(sent));
      assert.is(others.length, 0);
      assert.equal(one!.head, vnet(sent, MSS));
      assert.equal(one!.frame, sent);
    });
  }

  test(`cuts what it put together over IPv${version} into the same segments`, () => {
    const segments = segmentsOf(tcpFrame(version, 30_000, PSH));
    const [one] = heard(segments);
    assert.equal(segmentsOf(one!.frame.slice()), segments);
  });
}

/** What is changed in the third of six segments, and how many pieces they then go in. */
const CHANGES: readonly [what: string, pieces: number, change: (frame: Frame, tcp: number) => void][] = [
  ["a window", 3, (frame, tcp) => void frame.set([1, 2], tcp + 14)],
  ["an acknowledgement", 3, (frame, tcp) => void frame.set([9], tcp + 8)],
  ["a sequence number", 3, (frame, tcp) => void frame.set([9], tcp + 4)],
  ["a port", 3, (frame, tcp) => void frame.set([9], tcp)],
  ["a flag that ends the connection", 3, (frame, tcp) => void frame.set([0x11], tcp + 13)],
  ["an urgent pointer's flag", 3, (frame, tcp) => void frame.set([0x30], tcp + 13)],
  ["a push", 2, (frame, tcp) => void frame.set([PSH], tcp + 13)],
  ["a source", 3, (frame) => void frame.set([9], 11)],
  ["hops", 3, (frame) => void frame.set([9], ETHERNET + 8)],
  ["a kind of service", 3, (frame) => void frame.set([3], ETHERNET + 1)],
  ["leave to be cut", 3, (frame) => void frame.set([0, 0], ETHERNET + 6)],
  ["a place among fragments", 3, (frame) => void frame.set([0x40, 1], ETHERNET + 6)],
  ["another protocol", 3, (frame) => void frame.set([17], ETHERNET + 9)],
];

for (const [what, pieces, change] of CHANGES) {
  test(`hands on as it is what has ${what} of its own`, () => {
    const segments = segmentsOf(tcpFrame(4, 6 * MSS, ACK));
    change(segments[2]!, tcpAt(segments[2]!));
    seal(segments[2]!);
    const came = heard(segments);
    assert.is(came.length, pieces);
    const alone = came.find(({ head }) => head.every((octet) => octet === 0));
    if (pieces === 3) assert.equal(alone?.frame, segments[2]);
  });
}

for (const place of [ETHERNET + 10, ETHERNET + 20 + 16, ETHERNET + 40 + 700]) {
  test(`hides no octet that was changed on its way, at ${place}`, () => {
    for (let which = 0; which < 4; which++) {
      const segments = segmentsOf(tcpFrame(4, 4 * MSS, ACK));
      segments[which]![place]! ^= 0x20;
      const changed = heard(segments).filter(({ head, frame }) => head[0] === 0 && !isWhole(frame.slice()));
      assert.equal(
        changed.map(({ frame }) => frame),
        [segments[which]],
      );
    }
  });
}

test("keeps pieces within what IP can say", () => {
  const segments = [0, 1, 2, 3, 4, 5].flatMap((i) => {
    const part = tcpFrame(4, 14 * MSS, ACK);
    new DataView(part.buffer).setUint32(tcpAt(part) + 4, i * 14 * MSS);
    return segmentsOf(part);
  });
  const came = heard(segments);
  assert.is(came.length, 2);
  assert.ok(came.every(({ frame }) => frame.length <= ETHERNET + 65_535));
  assert.is(
    came.reduce((sum, { frame }) => sum + frame.length - ETHERNET - 40, 0),
    84 * MSS,
  );
});

test("keeps two connections apart that take turns", () => {
  const other = tcpFrame(4, 4 * MSS, ACK);
  other[tcpAt(other)]! ^= 1;
  const [left, right] = [segmentsOf(tcpFrame(4, 4 * MSS, ACK)), segmentsOf(other)];
  const came = heard(left.flatMap((frame, i) => [frame, right[i]!]));
  assert.equal(
    came.map(({ frame }) => frame),
    left.flatMap((frame, i) => [frame, right[i]!]),
  );
});

test("counts every segment that a tap took", () => {
  const { send, take, socket, other, core } = taps();
  send(socket, segmentsOf(tcpFrame(4, 10 * MSS, ACK)));
  take(other);
  assert.is(core.u64(abi.ENDPOINTS + other * abi.ENDPOINT_SIZE + abi.ENDPOINT_SENT), 10);
});

test.run();
