// Frames that leave work to be done, over a socket between two ends that agreed on it, and what is put together for it.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as abi from "../../assembly/abi.js";
import type { Frame } from "../../host/link.js";
import { Batch } from "../../host-node/cable/batch.js";
import { DatagramSide } from "../../host-node/cable/datagrams.js";
import { SideLink } from "../../host-node/cable/link.js";
import { cut, finishAll, type Leftover, transport } from "../../host-node/cable/offload.js";
import { runOf, tcpHeaders } from "../../host-node/cable/run.js";
import { isSide, type Side } from "../../host-node/cable/side.js";
import { close } from "../../host-node/native/libc.js";
import {
  bindTo,
  connectTo,
  MSG_DONTWAIT,
  SOCK_DGRAM,
  sendOctets,
  sockaddrUn,
  unixSocket,
} from "../../host-node/native/socket.js";
import { receiveInto } from "../../host-node/native/stream.js";
import { openSwitch } from "../../host-node/open.js";
import { openLink } from "../../host-node/transports/open.js";
import { ETHERNET, isWhole, tcpAt, tcpFrame } from "../core/internet.js";
import { vnet } from "../core/taps.js";
import { frame, words } from "../interop/frames.js";
import { inLab, type Lab } from "../interop/lab.js";
import { plugInto } from "../interop/plug.js";
import { until } from "../interop/wait.js";
import { random } from "../random.js";

const test = suite("frames with heads");

const ACK = 0x10;

/** Two connected sockets, an end with heads over the first, and what comes out at the second. */
function ends(lab: Lab): { side: DatagramSide; heard: () => Uint8Array[]; say: (octets: Uint8Array) => void } {
  const [near, far] = ["near", "far"].map((name) => {
    const fd = unixSocket(SOCK_DGRAM);
    bindTo(fd, sockaddrUn(lab.path(name)), name);
    return fd;
  }) as [number, number];
  connectTo(near, sockaddrUn(lab.path("far")), "far");
  connectTo(far, sockaddrUn(lab.path("near")), "near");
  const open = new Set([near, far]);
  const end = (fd: number, heads: boolean) =>
    new DatagramSide({ name: "test", fd, heads, onclose: () => open.delete(fd) && close(fd) });
  const [side, other] = [end(near, true), end(far, false)];
  lab.later(() => open.forEach((fd) => void close(fd)));
  const room = new Batch(1 << 17);
  const heard = () => {
    const found: Uint8Array[] = [];
    for (;;) {
      const size = receiveInto(far, room.base, room.octets.length, MSG_DONTWAIT);
      if (size < 0) return found;
      found.push(room.octets.slice(0, size));
    }
  };
  const say = (octets: Uint8Array) => {
    room.octets.set(octets);
    room.clear();
    room.add(0, octets.length);
    other.write(room);
  };
  return { side, heard, say };
}

/** Frames one behind the other, each with its checksum left where it has TCP or UDP. */
function batchOf(frames: readonly Frame[]): Batch {
  const batch = new Batch(1 << 18);
  let at = 0;
  for (const frame of frames) {
    batch.octets.set(frame, at);
    batch.add(at, frame.length, transport(frame));
    at += frame.length;
  }
  return batch;
}

/** What a frame of TCP is cut into, as a cable does it. */
function segments(whole: Frame, segment: number): Frame[] {
  const start = tcpAt(whole);
  const left: Leftover = { headers: start + 20, segment, start, isTcp: true };
  const count = Math.ceil((whole.length - left.headers) / segment);
  return Array.from({ length: count }, (_, i) => {
    const room = new Uint8Array(left.headers + segment);
    return room.slice(0, cut(whole, left, i, room));
  });
}

for (const version of [4, 6] as const) {
  test(
    `segments of TCP over IPv${version} are one again, octet for octet what was cut`,
    inLab(async (lab) => {
      const { side, heard } = ends(lab);
      for (const [payload, flags] of [
        [60_000, ACK],
        [1_449, 0x18],
        [2_896, 0x19],
      ] as const) {
        const whole = tcpFrame(version, payload, flags);
        side.write(batchOf(segments(whole, 1_448)));
        assert.equal(heard(), [Uint8Array.from([...vnet(whole, 1_448), ...whole])]);
      }
    }),
  );

  test(
    `nothing is put together over IPv${version} that differs in anything else`,
    inLab(async (lab) => {
      const whole = tcpFrame(version, 2_896, ACK);
      const [first, second] = segments(whole, 1_448) as [Frame, Frame];
      const tcp = tcpAt(whole);
      const lengths = version === 4 ? [2, 3, 4, 5, 10, 11] : [4, 5];
      const free = new Set([...lengths.map((at) => ETHERNET + at), tcp + 16, tcp + 17]);
      assert.is(runOf(batchOf([first, second]), 0).frames, 2);
      for (let at = 0; at < tcp + 20; at++) {
        const changed = second.slice();
        changed[at]! ^= 0x20;
        const batch = batchOf([first, changed]);
        batch.start[1] = tcp; // whatever it says, as one that passes `transport` may
        assert.is(runOf(batch, 0).frames, free.has(at) ? 2 : 1, `octet ${at}`);
      }
      assert.is(runOf(batchOf([second, first]), 0).frames, 1);
      const { side, heard } = ends(lab);
      const udp = first.slice();
      udp[ETHERNET + (version === 4 ? 9 : 6)] = 17;
      side.write(batchOf([udp, udp, first]));
      assert.is(heard().length, 3);
    }),
  );
}

test("segments that a switch would not believe are left as they are", () => {
  const joined = (segment: number) => runOf(batchOf(segments(tcpFrame(4, 3 * segment, ACK), segment)), 0).frames;
  assert.equal([511, 512].map(joined), [1, 3]);
});

test("no more is put together than an IP packet holds", () => {
  const whole = tcpFrame(4, 65_495, ACK);
  const parts = segments(whole, 1_448);
  const next = parts.at(-1)!;
  assert.is(runOf(batchOf(parts), 0).size, whole.length);
  const long = segments(whole, 1_448).slice(0, -1);
  const more = [...long, Uint8Array.from([...next, ...new Uint8Array(1_448 - (next.length - 54))])];
  assert.is(runOf(batchOf(more), 0).frames, long.length);
});

test(
  "what a switch sends is listed with what is left to be done, and finished is right",
  inLab(async (lab) => {
    const { side, say } = ends(lab);
    const whole = tcpFrame(4, 40_000);
    const small = tcpFrame(6, 100);
    for (const each of [
      [...vnet(whole, 1_448), ...whole],
      [...vnet(small, 0), ...small],
      [...new Uint8Array(10), ...small],
    ])
      say(Uint8Array.from(each));
    assert.is(side.read(), 3);
    const { batch } = side;
    assert.equal([...batch.start.subarray(0, 3)], [34, 54, 0]);
    assert.equal([...batch.segment.subarray(0, 3)], [1_448, 0, 0]);
    assert.equal(batch.frame(0), whole);
    batch.first = 1;
    finishAll(batch);
    assert.ok(isWhole(batch.frame(1)));
    assert.equal(batch.frame(2), small);
  }),
);

test(
  "a link gets frames that everybody may have: cut, and with their checksums",
  inLab(async (lab) => {
    const { side, say } = ends(lab);
    const link = new SideLink(side);
    const got: Frame[] = [];
    link.onframe = (frame) => void got.push(frame.slice());
    const [whole, small] = [tcpFrame(6, 3_000), tcpFrame(4, 100)];
    for (const [head, frame] of [
      [vnet(whole, 1_448), whole],
      [vnet(small, 0), small],
    ] as const)
      say(Uint8Array.from([...head, ...frame]));
    await until("all of them", () => got.length === 4);
    assert.ok(got.every((frame) => isWhole(frame)));
    assert.equal(
      got.map(({ length }) => length),
      [1_522, 1_522, 178, 154],
    );
    link.close();
  }),
);

/** A plug that asks for heads. */
async function ask(dir: string): Promise<Side> {
  const side = await openLink(dir, { description: "test", heads: true });
  if (!isSide(side)) throw new Error("a plug is a pair of descriptors");
  return side;
}

test(
  "a switch agrees to heads, gives others their frames without, and takes no harm from what is shorter than a head",
  inLab(async (lab) => {
    const sw = await openSwitch({ vde: { dir: lab.path("sw") } });
    lab.later(() => sw.close());
    const side = await ask(lab.path("sw"));
    lab.later(() => side.close());
    assert.ok(side.heads);
    const peer = await plugInto(lab, lab.path("sw"));
    for (let size = 0; size < 24; size++) sendOctets(side.output, new Uint8Array(size));
    side.write(batchOf([frame("a > * hello")]));
    await peer.hears("a > * hello");
    peer.send(frame("b > a and back"));
    await until("the answer", () => side.read() > 0);
    assert.is(words(side.batch.frame(0)), "b > a and back");
  }),
);

test(
  "a plug before which a wire was put is believed no more than one without",
  inLab(async (lab) => {
    const sw = await openSwitch({ vde: { dir: lab.path("sw") } });
    lab.later(() => sw.close());
    const side = await ask(lab.path("sw"));
    lab.later(() => side.close());
    const peer = await plugInto(lab, lab.path("sw"));
    sw.lead(sw.ports.list()[0]!.endpoints[0]!, (link) => link);
    const whole = tcpFrame(4, 3 * 512);
    for (const segment of [511, 512]) sendOctets(side.output, Uint8Array.from([...vnet(whole, segment), ...whole]));
    const heard: number[] = [];
    await until("segments", () => {
      for (let each = peer.receive(); each !== undefined; each = peer.receive()) heard.push(each.length);
      return heard.length >= 3;
    });
    assert.equal(heard, [566, 566, 566]);
  }),
);

test(
  "a node has no heads to give, nor a switch whose directory's name leaves no room to agree",
  inLab(async (lab) => {
    const node = await openLink(`hub://${lab.path("hub")}`, { description: "test" });
    lab.later(() => void node.close());
    const long = lab.path("x".repeat(94 - lab.path("").length));
    const sw = await openSwitch({ vde: { dir: long } });
    lab.later(() => sw.close());
    for (const dir of [lab.path("hub"), long]) {
      const side = await ask(dir);
      assert.not.ok(side.heads, dir);
      await side.close();
    }
  }),
);

test(
  "whatever a head says, what is listed can be cut, finished and sent on",
  inLab(async (lab) => {
    const { side, heard, say } = ends(lab);
    const { below, pick } = random(3);
    for (let round = 0; round < 2_000; round++) {
      const frame = tcpFrame(pick([4, 6]), below(pick([10, 2_000, 60_000])));
      const head = vnet(frame, below(3) * below(2_000));
      if (below(2) > 0) head[below(10)] = below(256);
      if (below(2) > 0) frame[below(80)] = below(256);
      say(Uint8Array.from([...head, ...frame.subarray(0, below(4) === 0 ? below(80) : frame.length)]));
      const count = side.read();
      for (let i = 0; i < count; i++) {
        const start = side.batch.start[i]!;
        if (start > 0) assert.is(start, transport(side.batch.frame(i)));
        const segment = side.batch.segment[i]!;
        if (segment > 0) assert.ok(start > 0 && tcpHeaders(side.batch.frame(i), start) + segment <= 9_280);
        else assert.ok(side.batch.size[i]! <= 9_280);
      }
      side.write(side.batch);
      for (const each of heard()) assert.ok(each.length > abi.VNET_SIZE);
    }
  }),
);

test.run();
