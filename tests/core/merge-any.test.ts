// Segments of any kind that wait for a tap: whatever they are, they come apart again as they came, in their order.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as abi from "../../assembly/abi.js";
import type { Frame } from "../../host/link.js";
import { checkSlots } from "../fuzz/invariants.js";
import { type Random, random } from "../random.js";
import { ETHERNET, seal, tcpAt, tcpFrame } from "./internet.js";
import { taps } from "./taps.js";

const test = suite("merge any");
const ROUNDS = 60;
const FLAGS = [0x18, 0x11, 0x30, 0x50, 0x90, 0x02, 0x14];
/** The number of a packet, which says nothing where it may not be cut, and may come out as another (RFC 6864 4.1). */
const NUMBER = [ETHERNET + 4, ETHERNET + 5];

/** A connection: what its next segment begins with. */
interface Flow {
  readonly version: 4 | 6;
  readonly port: number;
  readonly options: number;
  readonly size: number;
  sequence: number;
  number: number;
}

function flowOf({ below, pick }: Random, port: number): Flow {
  return {
    version: pick([4, 6]),
    port,
    options: pick([0, 0, 12, 20, 40]),
    size: pick([1, 7, 512, 1_000, 1_448, 8_000]),
    sequence: 0xffffffff - below(20_000),
    number: below(65_536),
  };
}

/** The next segment of a connection, which mostly goes on as it began. */
function segmentOf(flow: Flow, { below, pick }: Random): Frame {
  const size = below(15) === 0 ? below(flow.size + 2) : flow.size;
  const frame = tcpFrame(flow.version, flow.options + size, below(8) === 0 ? pick(FLAGS) : 0x10);
  const tcp = tcpAt(frame);
  const view = new DataView(frame.buffer);
  frame.fill(1, tcp + 20, tcp + 20 + flow.options); // NOPs, or what may differ
  if (flow.options > 0 && below(20) === 0) frame[tcp + 20 + below(flow.options)] = below(256);
  for (let i = tcp + 20 + flow.options; i < frame.length; i++) frame[i] = below(256);
  frame[tcp + 12] = ((20 + flow.options) / 4) << 4;
  view.setUint16(tcp, flow.port);
  view.setUint32(tcp + 4, flow.sequence);
  if (flow.version === 4) view.setUint16(ETHERNET + 4, flow.number);
  flow.number = (flow.number + 1) & 0xffff;
  flow.sequence = (flow.sequence + (below(15) === 0 ? below(3_000) : size)) >>> 0;
  const field = ETHERNET + below(tcp + 20 - ETHERNET);
  if (below(25) === 0 && !NUMBER.includes(field)) frame[field] = below(256);
  if (tcpAt(frame) === tcp) seal(frame);
  if (below(25) === 0) frame[below(frame.length)]! ^= 1 << below(8); // an octet that was changed on its way
  return below(25) === 0 ? padded(frame, below(20)) : frame;
}

/** A frame with octets behind its packet, as short ones have on Ethernet. */
function padded(frame: Frame, size: number): Frame {
  return Uint8Array.of(...frame, ...new Uint8Array(size));
}

/** What frames with heads come apart into, as another core cuts them. */
function apart(heard: readonly Frame[], { read, take, socket }: ReturnType<typeof taps>): Frame[] {
  return heard.flatMap((octets) => {
    if (octets[abi.VNET_FLAGS] === 0) return [octets.subarray(abi.VNET_SIZE)];
    read(octets.subarray(0, abi.VNET_SIZE), octets.subarray(abi.VNET_SIZE));
    return take(socket);
  });
}

test("gives back what it put together, octet for octet", () => {
  const seeds = random(11);
  const { below, pick } = seeds;
  const { send, take, core, socket, tap, other, headed, slotsFree, free, largeFree } = taps();
  const cutter = taps();
  let joined = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const flows = Array.from({ length: 1 + below(2) }, (_, i) => flowOf(seeds, 1_000 + i));
    const sent: Frame[] = [];
    for (let flow = flows[0]!; sent.length < abi.BATCH; flow = below(10) === 0 ? pick(flows) : flow)
      sent.push(segmentOf(flow, seeds));
    send(socket, sent);
    checkSlots(core);
    for (const endpoint of [tap, other, headed]) {
      const heard = take(endpoint);
      const came = apart(heard, cutter);
      assert.is(came.length, sent.length, `round ${round}`);
      for (const [i, frame] of came.entries()) assert.equal(frame, sent[i], `frame ${i} of round ${round}`);
      joined += sent.length - heard.length;
    }
    assert.equal([slotsFree(), largeFree()], [free, abi.LARGE_COUNT - 1]);
  }
  assert.ok(joined > 60 * ROUNDS, `it put ${joined} together`);
});

/** The next segment of a connection, which ends with a number. */
function numbered(flow: Flow, number: number): Frame {
  const frame = tcpFrame(flow.version, flow.size, 0x10);
  const view = new DataView(frame.buffer);
  view.setUint32(tcpAt(frame) + 4, flow.sequence);
  flow.sequence = (flow.sequence + flow.size) >>> 0;
  view.setUint32(frame.length - 4, number);
  seal(frame);
  return frame;
}

test("keeps order, and every slot, where ends stall, go on, refuse, leave and come back", () => {
  const seeds = random(5);
  const { below, pick } = seeds;
  const { send, take, plug, functions, core, socket, tap, other, headed, slotsFree, free, largeFree } = taps();
  const cutter = taps();
  const flow = { ...flowOf(seeds, 1_000), version: 4 as const, options: 0, size: 1_448 };
  const ends = [tap, other, headed].map((endpoint, i) => ({ endpoint, port: [1, 3, 4][i]!, next: 0 }));
  let count = 0;
  for (let round = 0; round < 600; round++) {
    send(
      socket,
      Array.from({ length: 1 + below(64) }, () => numbered(flow, ++count)),
    );
    const end = pick(ends);
    const act = below(8);
    if (act === 0) functions.wait(end.endpoint, 0);
    if (act === 1) functions.resume(end.endpoint);
    if (act === 2 && functions.prepare(end.endpoint) > 0) functions.refused(end.endpoint);
    if (act === 3) {
      functions.unplug(end.endpoint);
      end.endpoint = plug(end.port, end.port === 4 ? abi.KIND_OFFLOAD : abi.KIND_TAP);
    }
    if (act > 3)
      for (const frame of apart(take(end.endpoint, 1 + below(40)), cutter)) {
        const number = new DataView(frame.buffer, frame.byteOffset).getUint32(frame.length - 4);
        assert.ok(number > end.next, `${number} after ${end.next}`);
        end.next = number;
      }
    if (round % 10 === 0) checkSlots(core);
  }
  for (const { endpoint } of ends) take(endpoint);
  assert.equal([slotsFree(), largeFree()], [free, abi.LARGE_COUNT - 1]);
  assert.ok(ends.every(({ next }) => next > count / 2));
});

test.run();
