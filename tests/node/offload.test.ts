// What a cable does with the frames that the kernel left to a network card: the same as the core, and UDP besides.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as abi from "../../assembly/abi.js";
import type { Frame } from "../../host/link.js";
import { cut, segmentCount, settle } from "../../host-node/cable/offload.js";
import { ETHERNET, isWhole, tcpAt, tcpFrame } from "../core/internet.js";
import { taps, vnet } from "../core/taps.js";
import { random } from "../random.js";

const test = suite("offload of a cable");

const VNET_UDP = 5;
const ROUNDS = 60;

/** All that is made of a frame, or undefined where its head does not fit it. */
function settled(head: Uint8Array, octets: Frame, shift = 0): Frame[] | undefined {
  const left = settle(new DataView(Uint8Array.from(head).buffer), octets, shift);
  if (left === undefined) return undefined;
  if (left.headers === 0) return [octets];
  return Array.from({ length: segmentCount(left, octets.length) }, (_, i) => {
    const room = new Uint8Array(left.headers + left.segment);
    return room.subarray(0, cut(octets, left, i, room));
  });
}

for (const version of [4, 6] as const) {
  test(`is the core's, octet for octet, over IPv${version}`, () => {
    const { below, pick } = random(version);
    for (let i = 0; i < ROUNDS; i++) {
      const segment = pick([0, 200, 536, 1448]);
      const sent = tcpFrame(version, 1 + below(segment === 0 ? 9_000 : 20_000), below(256));
      const head = vnet(sent, segment);
      const { read, take, socket } = taps();
      read(head, sent);
      assert.equal(settled(head, sent.slice()), take(socket));
    }
  });

  test(`cuts UDP over IPv${version} into datagrams`, () => {
    const sent = tcpFrame(version, 4_001);
    const [ip, udp] = [ETHERNET, tcpAt(sent)];
    sent[ip + (version === 4 ? 9 : 6)] = 17;
    const head = vnet(sent, 1_200);
    head[abi.VNET_SEGMENT_KIND] = VNET_UDP;
    const found = settled(head, sent)!;
    const payload = sent.length - udp - 8;
    assert.is(found.length, Math.ceil(payload / 1_200));
    for (const each of found) {
      assert.ok(isWhole(each));
      assert.is(new DataView(each.buffer).getUint16(udp + 4), each.length - udp);
    }
    const carried = found.flatMap((each) => [...each.subarray(udp + 8)]);
    assert.equal(Uint8Array.from(carried), sent.subarray(udp + 8));
  });
}

test("counts a tag that was put back, which the head does not know of", () => {
  const plain = tcpFrame(4, 4_000);
  const tagged = Uint8Array.of(...plain.subarray(0, 12), 0x81, 0, 0, 6, ...plain.subarray(12));
  const found = settled(vnet(plain, 1_448), tagged, 4)!;
  assert.is(found.length, 3);
  assert.ok(found.every((each) => each[12] === 0x81 && each[15] === 6 && isWhole(each, ETHERNET + 4)));
});

test("makes nothing of a head that does not fit its frame", () => {
  const { below } = random(3);
  for (let i = 0; i < 20_000; i++) {
    const head = Uint8Array.from({ length: abi.VNET_SIZE }, () => below(256));
    if (below(2) === 0) head[abi.VNET_CHECKSUM_START + 1] = 0;
    const octets = Uint8Array.from({ length: 14 + below(200) }, () => below(256));
    for (const each of settled(head, octets) ?? []) assert.ok(each.length <= octets.length);
  }
});

test.run();
