// What has been done to gateways of this kind, and must do nothing here: each is the class of a fault that libslirp had.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ICMP, ICMPV6, UDP } from "../../host/slirp/packet.js";
import { bench, GATEWAY, MadeGuest, send } from "./guest.js";
import { ACK, Connection, SYN } from "./tcp-guest.js";

const test = suite("slirp hostile");
const GUEST = "10.0.2.15";
const FAR = "198.51.100.7";
const PIECE = 1_480;

/** A fragment of a datagram, with any place and size. */
function fragment(guest: MadeGuest, id: number, offset: number, size: number, isMore: boolean): Uint8Array {
  const [frame] = guest.make(GUEST, FAR, UDP, new Uint8Array(size).fill(1));
  const view = new DataView(frame!.buffer);
  view.setUint16(18, id);
  view.setUint16(20, (offset >>> 3) | (isMore ? 0x2000 : 0));
  view.setUint16(24, 0);
  let sum = 0;
  for (let at = 14; at < 34; at += 2) sum += view.getUint16(at);
  view.setUint16(24, ~((sum & 0xffff) + (sum >>> 16)) & 0xffff);
  return frame!;
}

test("CVE-2019-14378, CVE-2019-15890: fragments that overlap, end twice, or go beyond 65,535 octets", () => {
  const lab = bench();
  const guest = new MadeGuest(lab);
  const streams: [offset: number, size: number, more: boolean][][] = [
    [
      [0, PIECE, true],
      [8, PIECE, false],
    ],
    [
      [0, PIECE, true],
      [0, PIECE, true],
    ],
    [
      [PIECE, 100, false],
      [3_000, 100, false],
    ],
    [[65_528, PIECE, false]],
    [
      [64_000, PIECE, true],
      [65_480, 100, false],
    ],
    [[0, 1_479, true]],
    [[0, 0, true]],
  ];
  for (const [id, pieces] of streams.entries())
    send(
      lab,
      pieces.map(([offset, size, more]) => fragment(guest, id, offset, size, more)),
    );
  assert.equal(lab.world.sent, []);
  assert.is(lab.gateway.drops.get("fragments that do not fit together"), streams.length);
});

test("CVE-2020-1983: fragments that never end take a bounded memory, and go", () => {
  const lab = bench();
  const guest = new MadeGuest(lab);
  for (let id = 0; id < 500; id++)
    for (let at = 0; at < 70; at++) lab.gateway.send(fragment(guest, id, 8 * at, 8, true));
  assert.ok((lab.gateway.drops.get("fragments that do not fit together") ?? 0) >= 460);
  lab.clock.pass(60_000);
  assert.equal(lab.world.sent, []);
});

test("CVE-2020-10756, CVE-2021-3592 to 3595: lengths that claim more than came", async () => {
  const lab = bench();
  const guest = new MadeGuest(lab);
  const claims = [
    [UDP, Uint8Array.of(0x10, 0, 0, 67, 0xff, 0xff, 0, 0)],
    [UDP, Uint8Array.of(0x10, 0, 0, 69, 0, 7, 0, 0)],
    [UDP, Uint8Array.of(0x10, 0, 0, 69, 0, 10, 0, 0, 0, 1)],
    [ICMP, Uint8Array.of(8, 0, 0, 0)],
  ] as const;
  for (const [protocol, data] of claims) send(lab, guest.make(GUEST, GATEWAY, protocol, data));
  for (const [protocol, data] of claims.slice(0, 3)) send(lab, guest.make("fd00::15", "fd00::2", protocol, data));
  send(lab, guest.make("fd00::15", "fd00::2", ICMPV6, Uint8Array.of(128, 0, 0, 0)));
  const bootp = new Uint8Array(240);
  bootp.set([1, 1, 16], 0);
  send(lab, guest.udp("0.0.0.0", 68, "255.255.255.255", 67, bootp));
  assert.equal(await lab.take(), []);
});

test("CVE-2026-9539: urgent data are data, wherever they are said to be", async () => {
  const lab = bench();
  const guest = new Connection(lab, new MadeGuest(lab), FAR, 80);
  await guest.open();
  for (const urgent of [0, 1, 5, 0xffff]) guest.say(ACK | 32, "data", { urgent });
  await guest.hear();
  assert.is(lab.world.streams[0]?.text, "datadatadatadata");
});

test("a header that is longer than its packet, or shorter than a header", async () => {
  const lab = bench();
  const guest = new MadeGuest(lab);
  for (const head of [0x40, 0x44, 0x4f, 0x65]) {
    const [frame] = guest.make(GUEST, FAR, UDP, new Uint8Array(12));
    frame![14] = head;
    lab.gateway.send(frame!);
  }
  const connection = new Connection(lab, guest, FAR, 80);
  for (const offset of [0, 4, 15]) connection.raw({ sequence: 1, flags: SYN | ((offset - 5) << 12) });
  assert.equal(await lab.take(), []);
  assert.is(lab.gateway.drops.get("a header that is cut or wrong"), 7);
});

test("CVE-2020-29129, CVE-2020-29130: ARP, and frames that nothing is in, shorter than their headers", async () => {
  const lab = bench();
  const guest = new MadeGuest(lab);
  const mac = lab.gateway.settings.mac;
  for (const type of [0x0806, 0x0800, 0x86dd, 0x88f8])
    for (let size = 0; size < 28; size++) {
      const frame = new Uint8Array(14 + size);
      frame.set([...mac, ...guest.mac, type >>> 8, type & 255, 0, 1, 8, 0, 6, 4, 0, 1].slice(0, frame.length));
      lab.gateway.send(frame);
      lab.gateway.send(frame.subarray(0, Math.min(size, 14)));
    }
  assert.equal(await lab.take(), []);
  assert.equal(lab.frames, []);
  assert.equal(lab.gateway.neighbours.list(), []);
});

test("CVE-2019-6778, CVE-2020-7039, CVE-2020-8608: no protocol inside of a connection is read or rewritten", async () => {
  const lab = bench();
  const guest = new Connection(lab, new MadeGuest(lab), FAR, 113); // ident, of which the original took a copy for itself
  await guest.open();
  const text = `DCC CHAT chat ${"9".repeat(600)} 1\r\nPORT 10,0,2,15,4,1\r\n`;
  guest.say(ACK, text);
  await guest.hear();
  assert.is(lab.world.streams[0]?.text, text);
});

test("ICMP errors of guests, and about errors, say nothing to anybody", async () => {
  const lab = bench();
  const guest = new MadeGuest(lab);
  const [quoted] = guest.udp(GUEST, 7, FAR, 7, new Uint8Array(8));
  for (const type of [0, 3, 4, 5, 11, 12])
    send(lab, guest.make(GUEST, FAR, ICMP, Uint8Array.of(type, 0, 0, 0, 0, 0, 0, 0, ...quoted!.subarray(14))));
  assert.equal(await lab.take(), []);
  assert.equal(lab.world.sent, []);
});

test("no guest speaks for another network, for the gateway, or for everybody", async () => {
  const lab = bench();
  const guest = new MadeGuest(lab);
  for (const from of [
    "192.168.1.1",
    "127.0.0.1",
    GATEWAY,
    "10.0.2.3",
    "10.0.2.255",
    "10.0.2.0",
    "224.0.0.1",
    "0.0.0.0",
  ])
    send(lab, guest.udp(from, 5, FAR, 5, new Uint8Array(4)));
  for (const from of ["2001:db8::1", "::1", "fd00::2", "ff02::1", "64:ff9b::a00:20f"])
    send(lab, guest.udp(from, 5, "2001:db8:7::7", 5, new Uint8Array(4)));
  assert.equal([await lab.take(), lab.world.sent], [[], []]);
  assert.is(lab.gateway.drops.get("a source outside of the network"), 13);
});

test("an option that is not known is passed over, or ends its packet, as its first bits say", async () => {
  const lab = bench();
  const guest = new MadeGuest(lab);
  await lab.take();
  const datagram = Uint8Array.of(0, 5, 0, 5, 0, 8, 0, 0);
  const sent = async (header: number, option: number) => {
    const [frame] = guest.make(
      "fd00::15",
      "2001:db8:7::7",
      header,
      Uint8Array.of(UDP, 0, option, 2, 7, 7, 0, 0, ...datagram),
    );
    const before = lab.world.sent.length;
    // UDP's sum is of the datagram and of what IPv6 says of it, in which the extension has no part
    const [whole] = guest.make("fd00::15", "2001:db8:7::7", UDP, datagram);
    frame!.set(whole!.subarray(54), 62);
    send(lab, [frame!]);
    const told = (await lab.take())
      .filter(({ protocol }) => protocol === ICMPV6)
      .map(({ data }) => [...data.slice(0, 8)]);
    return [lab.world.sent.length - before, ...told.map(([type, code, , , , , , at]) => `${type} ${code} ${at}`)];
  };
  for (const header of [0, 60]) {
    assert.equal(await sent(header, 0x1e), [1]);
    assert.equal(await sent(header, 0x5e), [0]);
    for (const option of [0x9e, 0xde, 0xc7]) assert.equal(await sent(header, option), [0, "4 2 42"]);
  }
});

test("nobody is answered in the name of a group", async () => {
  const lab = bench();
  const guest = new MadeGuest(lab);
  await lab.take();
  const query = Buffer.from("abcd01000001000000000000046e616d65076578616d706c650000010001", "hex");
  lab.world.answer = (asked) => Uint8Array.from(asked, (octet, i) => (i === 2 ? 0x81 : octet));
  for (const port of [53, 69]) send(lab, guest.udp("fd00::15", 5, "ff02::1", port, query));
  for (const port of [53, 69]) send(lab, guest.udp(GUEST, 5, "10.0.2.255", port, query));
  assert.equal(await lab.take(), []);
});

test("nothing leads to the host but the gateway's own address, however it is written", async () => {
  const lab = bench();
  const guest = new MadeGuest(lab);
  const far = ["127.0.0.1", "127.9.9.9", "0.0.0.0", "169.254.169.254", "255.255.255.255", "240.0.0.1", "10.0.2.77"];
  for (const to of far) {
    send(lab, guest.udp(GUEST, 5, to, 80, new Uint8Array(4)));
    new Connection(lab, guest, to, 80, 40_001).say(SYN);
  }
  const mapped = far.flatMap((to) => [`64:ff9b::${to}`, `::ffff:${to}`, `::ffff:0:${to}`]);
  for (const to of [...mapped, "::1", "::", "fe80::1234", "64:ff9b::10.0.2.2", "fd00::77"]) {
    send(lab, guest.udp("fd00::15", 5, to, 80, new Uint8Array(4)));
    new Connection(lab, guest, to, 80, 40_002, "fd00::15").say(SYN);
  }
  await lab.take();
  assert.equal(
    lab.world.streams.map(({ to }) => to),
    [],
  );
  assert.equal(
    lab.world.sent.map(({ host }) => host),
    [],
  );
  new Connection(lab, guest, GATEWAY, 80, 40_003).say(SYN);
  new Connection(lab, guest, "fd00::2", 80, 40_003, "fd00::15").say(SYN);
  new Connection(lab, guest, `64:ff9b::${FAR}`, 80, 40_003, "fd00::15").say(SYN);
  new Connection(lab, guest, `::ffff:${FAR}`, 80, 40_004, "fd00::15").say(SYN);
  assert.equal(
    lab.world.streams.map(({ to }) => to && "host" in to && to.host),
    ["127.0.0.1", "::1", FAR, FAR],
  );
});

test("a guest takes no more than its share: connections, ports, leases, questions", async () => {
  const lab = bench();
  const guest = new MadeGuest(lab);
  for (let port = 1; port <= 5_000; port++) {
    new Connection(lab, guest, FAR, 80, port).say(SYN);
    send(lab, guest.udp(GUEST, port, FAR, 9, new Uint8Array(4)));
  }
  const other = new MadeGuest(lab, 16);
  send(lab, other.udp("10.0.2.16", 9, FAR, 9, new Uint8Array(4)));
  new Connection(lab, other, FAR, 80, 9, "10.0.2.16").say(SYN);
  const { flowsPerGuest, socketsPerGuest } = lab.gateway.settings.limits;
  assert.equal([lab.gateway.tcp.list().length, lab.world.sockets], [flowsPerGuest + 1, socketsPerGuest + 1]);
  lab.frames.length = 0;
  lab.clock.pass(400_000);
  assert.equal([lab.gateway.tcp.list().length, lab.world.sockets], [0, 0], "what nobody answers goes");
});

test.run();
