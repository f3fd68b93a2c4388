// Frames that were right, and then were changed: whatever comes, nothing is thrown, every sum that goes out is right, and
// what is kept is bounded. SLIRP_FUZZ sets how many.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ICMP, ICMPV6 } from "../../host/slirp/packet.js";
import { type Random, random } from "../random.js";
import { apart, type Bench, bench, MadeGuest } from "./guest.js";

const test = suite("slirp fuzz");
const COUNT = Number(process.env["SLIRP_FUZZ"] ?? 50_000);
const SEED = Number(process.env["SLIRP_SEED"] ?? 4);
const FAR = ["198.51.100.7", "10.0.2.2", "10.0.2.3", "255.255.255.255"];
const FAR_6 = ["2001:db8:7::7", "fd00::2", "fd00::3", "fe80::2", "ff02::1", "ff02::1:2", "64:ff9b::c633:6407"];
const PORTS = [53, 67, 69, 80, 547, 61_000];

/** Messages that services take: DNS, DHCP, TFTP, DHCPv6. */
function messages(): Uint8Array[] {
  const dns = Buffer.from("123401000001000000000000046e616d65076578616d706c650000010001", "hex");
  const dhcp = Buffer.alloc(300);
  dhcp.set([1, 1, 6, 0, 1, 2, 3, 4]);
  dhcp.set([2, 0, 0, 0, 0, 15], 28);
  dhcp.set([0x63, 0x82, 0x53, 0x63, 53, 1, 1, 50, 4, 10, 0, 2, 20, 255], 236);
  const tftp = Buffer.from("\0\x01file\0octet\0blksize\x001400\0tsize\x000\0", "latin1");
  const dhcpv6 = Buffer.from("010102030001000a00030001020000000f000003000c0000000100000000000000000e0000", "hex");
  return [dns, dhcp, tftp, dhcpv6, Buffer.alloc(4_000, 7)];
}

/** A frame that is right. */
function good(draw: Random, guest: MadeGuest, data: readonly Uint8Array[]): readonly Uint8Array[] {
  const v4 = draw.below(2) === 0;
  const from = v4 ? `10.0.2.${15 + draw.below(3)}` : draw.pick(["fd00::15", "fe80::15", "::"]);
  const to = draw.pick(v4 ? FAR : FAR_6);
  const [port, toPort] = [1_024 + draw.below(8), draw.pick(PORTS)];
  switch (draw.below(5)) {
    case 0:
      return guest.udp(from, port, to, toPort, draw.pick(data));
    case 1:
      return guest.make(
        from,
        to,
        v4 ? ICMP : ICMPV6,
        Uint8Array.of(draw.pick([8, 128, 133, 135, 136, 3]), 0, 0, 0, ...new Uint8Array(40)),
        255,
      );
    default: {
      const flags = draw.pick([2, 16, 17, 24, 4, 20, 18, 48]);
      const options = draw.pick([[], [2, 4, 5, 180, 4, 2, 3, 3, 3, 7, 1, 1], [1, 1, 5, 10, 0, 0, 0, 1, 0, 0, 9, 9]]);
      const numbers = { sequence: 1_000 + draw.below(3_000), acknowledged: draw.below(2 ** 32) };
      return guest.tcp(from, port, to, toPort, { ...numbers, flags, options, data: new Uint8Array(draw.below(600)) });
    }
  }
}

/** Changes a frame in a few places, and mends its sums in half of the cases, so that it gets further. */
function spoil(draw: Random, frame: Uint8Array): Uint8Array {
  const copy = frame.slice(0, draw.below(8) === 0 ? draw.below(frame.length + 1) : frame.length);
  for (let changes = draw.below(4); changes > 0 && copy.length > 14; changes--)
    copy[14 + draw.below(Math.min(copy.length - 14, 80))] = draw.pick([0, 1, 255, 128, draw.below(256)]);
  if (draw.below(2) === 0) mend(copy);
  return copy;
}

/** Writes right sums, where the headers can be made out. */
function mend(frame: Uint8Array): void {
  if (frame.length < 34 || frame[12] !== 8) return;
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
  const header = (frame[14]! & 15) * 4;
  if (header < 20 || 14 + header > frame.length) return;
  view.setUint16(24, 0);
  view.setUint16(24, ~sum(frame, 14, 14 + header, 0) & 0xffff);
  const [at, end] = [14 + header, Math.min(frame.length, 14 + view.getUint16(16))];
  const place = { 6: 16, 17: 6, 1: 2 }[frame[23]!];
  if (place === undefined || at + place + 2 > end) return;
  view.setUint16(at + place, 0);
  const start = frame[23] === 1 ? 0 : sum(frame, 26, 34, frame[23]! + end - at);
  view.setUint16(at + place, ~sum(frame, at, end, start) & 0xffff);
}

function sum(octets: Uint8Array, from: number, to: number, start: number): number {
  let total = start;
  for (let i = from; i < to; i += 2) total += (octets[i]! << 8) | (i + 1 < to ? octets[i + 1]! : 0);
  while (total > 0xffff) total = (total & 0xffff) + (total >>> 16);
  return total;
}

/** Lets the world do something, too. */
function stir(draw: Random, { world, clock }: Bench): void {
  clock.pass(draw.pick([0, 1, 50, 500, 5_000]));
  const stream = world.streams.at(-1 - draw.below(4));
  switch (draw.below(6)) {
    case 0:
      stream?.onconnect();
      break;
    case 1:
      if (stream && !stream.isDestroyed && !stream.isPaused) stream.ondata(new Uint8Array(draw.below(5_000)));
      break;
    case 2:
      stream?.onend();
      break;
    case 3:
      stream?.onerror(draw.pick(["ECONNRESET", "EHOSTUNREACH"]));
      break;
    case 4:
      for (const { heard, octets, host, port } of world.sent.splice(0).slice(-4)) heard(octets, host, port);
      break;
  }
  if (world.streams.length > 64) world.streams.splice(0, 32);
  if (world.sent.length > 64) world.sent.splice(0);
  world.queries.length = 0;
}

test(`${COUNT} frames, seed ${SEED}`, async () => {
  const draw = random(SEED);
  const lab = bench();
  lab.world.files.set("file", new Uint8Array(5_000));
  lab.world.answer = (query) => Uint8Array.of(...query.subarray(0, 2), 0x81, 0x80, ...query.subarray(4));
  const guests = [15, 16, 17].map((number) => new MadeGuest(lab, number));
  const data = messages();
  let outside = 0;
  lab.gateway.onframe = (frame) => {
    outside++;
    apart(frame);
  };
  for (let i = 0; i < COUNT; ) {
    for (const frame of good(draw, draw.pick(guests), data)) {
      lab.gateway.send(draw.below(4) === 0 ? frame : spoil(draw, frame));
      i++;
    }
    if (draw.below(20) === 0) stir(draw, lab);
    if (i % 1_000 === 0) await Promise.resolve();
  }
  const { limits } = lab.gateway.settings;
  assert.ok(outside > COUNT / 20, `${outside} frames came back`);
  assert.ok(lab.gateway.tcp.list().length <= limits.flows);
  assert.ok(lab.world.sockets <= limits.sockets);
  lab.clock.pass(10_000_000);
  assert.equal([lab.gateway.tcp.list().length, lab.world.sockets, lab.gateway.guests.held], [0, 0, 0]);
});

test.run();
