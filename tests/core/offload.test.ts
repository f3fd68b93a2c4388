// What a tap leaves to be done, and who gets it how: finished for everybody, as it is for another tap.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as abi from "../../assembly/abi.js";
import type { Frame } from "../../host/link.js";
import { checkSlots } from "../fuzz/invariants.js";
import { frame, words } from "../lab.js";
import { random } from "../random.js";
import { ETHERNET, isWhole, tcpAt, tcpFrame } from "./internet.js";
import { taps, vnet } from "./taps.js";

const test = suite("offload");

const NOTHING = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
/** What TCP segments carry, put together, and whether each follows the one before. */
function reassemble(segments: readonly Frame[], ip = ETHERNET): Frame {
  const sequence = (octets: Frame): number => new DataView(octets.buffer).getUint32(tcpAt(octets, ip) + 4);
  const payloads = segments.map((octets) => octets.subarray(tcpAt(octets, ip) + 20));
  let next = sequence(segments[0]!);
  segments.forEach((octets, i) => {
    assert.is(sequence(octets), next);
    next = (next + payloads[i]!.length) >>> 0;
  });
  return Uint8Array.from(payloads.flatMap((payload) => [...payload]));
}

test("passes a plain frame of a tap on like any other", () => {
  const { read, take, socket, other } = taps();
  read(NOTHING, frame("a > * /1000"));
  assert.equal(take(socket).map(words), ["a > * /1000"]);
  assert.equal(
    take(other).map((octets) => [...octets.subarray(0, 10), words(octets.subarray(10))]),
    [[...NOTHING, "a > * /1000"]],
  );
});

for (const version of [4, 6] as const) {
  test(`finishes a checksum over IPv${version} for a socket`, () => {
    for (const size of [0, 1, 2, 7, 8, 1000, 1001]) {
      const { read, take, socket } = taps();
      const sent = tcpFrame(version, size);
      read(vnet(sent, 0), sent);
      const [heard] = take(socket);
      assert.is(heard?.length, sent.length);
      assert.equal(heard!.subarray(tcpAt(sent) + 18), sent.subarray(tcpAt(sent) + 18));
      assert.ok(isWhole(heard!));
    }
  });

  test(`cuts TCP over IPv${version} into segments for a socket, each of them right`, () => {
    for (const size of [1449, 2896, 2897, 9000, 60_001]) {
      const { read, take, socket, other, headed, slotsFree, free } = taps();
      const sent = tcpFrame(version, size, 0x99);
      read(vnet(sent, 1448), sent);
      const segments = take(socket);
      assert.is(segments.length, Math.ceil(size / 1448));
      assert.ok(segments.every((octets) => isWhole(octets)));
      assert.equal(reassemble(segments), sent.subarray(tcpAt(sent) + 20));
      const flags = segments.map((octets) => octets[tcpAt(octets) + 13]);
      assert.equal([flags[0], flags.at(-1)], [0x90, 0x19]);
      take(other);
      take(headed);
      assert.is(slotsFree(), free);
    }
  });

  test(`hands TCP over IPv${version} to another tap in one piece, with its head`, () => {
    const { read, take, other } = taps();
    const sent = tcpFrame(version, 60_000);
    read(vnet(sent, 1448), sent);
    const [heard] = take(other);
    assert.equal(heard?.subarray(0, 10), vnet(sent, 1448));
    assert.equal(heard?.subarray(10), sent);
  });

  test(`a plug whose frames have heads gets TCP over IPv${version} like a tap, and is like one to others`, () => {
    const { read, take, tap, socket, headed } = taps();
    const sent = tcpFrame(version, 60_000);
    const whole = [...vnet(sent, 1448), ...sent];
    read(vnet(sent, 1448), sent);
    assert.equal(take(headed), [Uint8Array.from(whole)]);
    take(socket);
    read(vnet(sent, 1448), sent, headed);
    assert.equal(take(tap), [Uint8Array.from(whole)]);
    const segments = take(socket);
    assert.ok(segments.length === 42 && segments.every((octets) => isWhole(octets)));
    read(NOTHING, frame("a > * /1000"), headed);
    assert.equal(take(socket).map(words), ["a > * /1000"]);
  });

  test(`moves a tap's head along with a tag, and tags every segment over IPv${version}`, () => {
    const { read, take, socket, other, functions } = taps();
    for (const port of [2, 3]) functions.vlanJoin(7, port);
    functions.portSetPvid(1, 7);
    const sent = tcpFrame(version, 4000);
    read(vnet(sent, 1448), sent);
    const [heard] = take(other);
    const moved = vnet(sent, 1448);
    for (const field of [abi.VNET_HEADERS_SIZE, abi.VNET_CHECKSUM_START]) moved[field] = moved[field]! + 4;
    assert.equal(heard?.subarray(0, 10), moved);
    const segments = take(socket);
    assert.ok(segments.every((octets) => octets[12] === 0x81 && octets[15] === 7 && isWhole(octets, ETHERNET + 4)));
    assert.equal(reassemble(segments, ETHERNET + 4), sent.subarray(tcpAt(sent) + 20));
  });
}

for (const type of [0x8100, 0x88a8]) {
  test(`cuts what came with a tag of type ${type.toString(16)} behind that tag`, () => {
    const { read, take, socket, functions } = taps();
    for (const port of [1, 2]) functions.vlanJoin(6, port);
    const plain = tcpFrame(4, 4000);
    const sent = Uint8Array.of(...plain.subarray(0, 12), type >> 8, type & 255, 0, 6, ...plain.subarray(12));
    const head = vnet(plain, 1448);
    for (const field of [abi.VNET_HEADERS_SIZE, abi.VNET_CHECKSUM_START]) head[field] = head[field]! + 4;
    read(head, sent);
    const segments = take(socket);
    assert.is(segments.length, 3);
    assert.ok(segments.every((octets) => isWhole(octets, ETHERNET + 4)));
    assert.ok(segments.every((octets) => words(octets.subarray(0, 18)) === words(sent.subarray(0, 18))));
    assert.equal(reassemble(segments, ETHERNET + 4), plain.subarray(tcpAt(plain) + 20));
  });
}

test("cuts what came with two tags behind both", () => {
  const { read, take, socket, headed, functions } = taps();
  for (const port of [2, 4]) functions.vlanJoin(6, port);
  const plain = tcpFrame(4, 4000);
  const sent = Uint8Array.of(...plain.subarray(0, 12), 0x81, 0, 0, 6, 0x88, 0xa8, 0, 7, ...plain.subarray(12));
  const head = vnet(plain, 1448);
  for (const field of [abi.VNET_HEADERS_SIZE, abi.VNET_CHECKSUM_START]) head[field] = head[field]! + 8;
  read(head, sent, headed);
  const segments = take(socket);
  assert.is(segments.length, 3);
  assert.ok(segments.every((octets) => isWhole(octets, ETHERNET + 8)));
  assert.equal(reassemble(segments, ETHERNET + 8), plain.subarray(tcpAt(plain) + 20));
});

test("cuts the largest frame of a tap into the smallest segments that Linux makes", () => {
  const { read, take, socket } = taps();
  const sent = tcpFrame(4, 65_495);
  read(vnet(sent, 36), sent);
  const segments = take(socket);
  assert.is(segments.length, Math.ceil(65_495 / 36));
  assert.equal(reassemble(segments), sent.subarray(tcpAt(sent) + 20));
});

test("numbers the segments of IPv4 on, packet by packet", () => {
  const { read, take, socket } = taps();
  const sent = tcpFrame(4, 4000);
  read(vnet(sent, 1000), sent);
  const ids = take(socket).map((octets) => (octets[ETHERNET + 4]! << 8) | octets[ETHERNET + 5]!);
  assert.equal(
    ids,
    [0, 1, 2, 3].map((i) => ids[0]! + i),
  );
});

test("takes no segments that are longer than its frames may be", () => {
  const { read, take, socket, core } = taps();
  const sent = tcpFrame(4, 30_000);
  read(vnet(sent, 9_300), sent);
  assert.equal(take(socket), []);
  assert.is(core.u64(abi.PORTS + abi.PORT_SIZE + abi.PORT_DROPS + 8 * abi.DROP_GIANT), 1);
});

test("drops what would need more slots than are left", () => {
  const { read, send, plug, core, socket, slotsFree } = taps();
  const fillers = Array.from({ length: 40 }, (_, i) => plug(10 + i));
  for (const filler of fillers) {
    const text = `02:00:00:00:01:${filler.toString(16)}`;
    send(filler, [frame(`${text} > ${text}`)]);
    send(socket, new Array<Frame>(4096).fill(frame(`b > ${text}`)));
  }
  const sent = tcpFrame(4, 60_000);
  assert.ok(slotsFree() < 40);
  read(vnet(sent, 1448), sent);
  assert.is(core.u64(abi.PORTS + 2 * abi.PORT_SIZE + abi.PORT_DROPS + 8 * abi.DROP_MEMORY), 1);
});

test("believes a plug nothing that a tap's kernel would not say", () => {
  const lies: Record<string, (head: Uint8Array) => void> = {
    "segments so small that one frame is a thousand": (head) => head.set([511 & 255, 511 >> 8], abi.VNET_SEGMENT_SIZE),
    "segments whose checksums are right": (head) => head.set([0], abi.VNET_FLAGS),
    "flags that nobody knows": (head) => head.set([5], abi.VNET_FLAGS),
    "segments of another kind": (head) => head.set([3], abi.VNET_SEGMENT_KIND),
    "a checksum that is no checksum's place": (head) => head.set([2], abi.VNET_CHECKSUM_OFFSET),
    "a header before the IP header": (head) => head.set([20], abi.VNET_CHECKSUM_START),
    "a header beyond the end": (head) => head.set([255, 255], abi.VNET_CHECKSUM_START),
  };
  for (const [lie, tell] of Object.entries(lies)) {
    const { read, take, tap, socket, headed } = taps();
    const sent = tcpFrame(4, 4_000);
    const head = vnet(sent, 1448);
    tell(head);
    read(head, sent, headed);
    assert.equal([...take(tap), ...take(socket)], [], lie);
  }
});

/** Where a plug may not have a checksum written: in what the core has read already to find a frame's VLAN. */
for (const [what, tags, start] of [
  ["the addresses", [], 0],
  ["the type", [], 6],
  ["the type, at an odd place", [], 5],
  ["the IP header", [], 20],
  ["the type within a tag", [0x81, 0, 0, 0], 10],
] as const) {
  test(`lets nobody have a checksum written into ${what}`, () => {
    for (const by of ["tap", "headed"] as const) {
      const { read, take, socket, ...core } = taps();
      const plain = tcpFrame(4, 1_000);
      const sent = Uint8Array.of(...plain.subarray(0, 12), ...tags, ...plain.subarray(12));
      const head = Uint8Array.of(abi.VNET_NEEDS_CHECKSUM, 0, 0, 0, 0, 0, start, 0, 6, 0);
      read(head, sent, core[by]);
      assert.equal(take(socket), [], by);
    }
  });
}

test("a plug that takes no more leaves large slots to others", () => {
  const { read, take, functions, headed, socket, other, slotsFree, free, largeFree, core } = taps();
  const all = largeFree();
  const sent = tcpFrame(4, 60_000);
  functions.wait(headed, 0);
  for (let i = 0; i < 200; i++) {
    read(vnet(sent, 1448), sent);
    take(socket);
    assert.is(take(other).length, 1, `frame ${i} for the port that flows`);
  }
  assert.ok(largeFree() >= all / 2 - 1);
  checkSlots(core);
  functions.resume(headed);
  assert.ok(take(headed).length >= all / 4);
  assert.equal([slotsFree(), largeFree()], [free, all]);
});

test("loses nothing and reads nothing that is not there, whatever a tap says of a frame", () => {
  const { read, take, tap, socket, other, headed, core, slotsFree, free, largeFree } = taps();
  const { below, pick } = random(7);
  const large = largeFree();
  for (let round = 0; round < 3_000; round++) {
    const sent = tcpFrame(pick([4, 6]), below(pick([10, 2_000, 60_000])));
    const head = vnet(sent, below(3) * below(2_000));
    if (below(3) > 0) head[below(10)] = below(256);
    if (below(3) === 0) sent[below(80)] = below(256);
    read(head, sent.subarray(0, below(4) === 0 ? below(80) : sent.length), pick([tap, headed]));
    if (below(4) === 0) checkSlots(core);
    for (const endpoint of [tap, socket, other, headed]) if (below(3) > 0) take(endpoint);
  }
  for (const endpoint of [tap, socket, other, headed]) take(endpoint);
  assert.equal([slotsFree(), largeFree()], [free, large]);
});

test.run();
