// ICMP errors both ways: what the world says against guests' packets, and what guests say against those that they were sent.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { address } from "../../host/slirp/address.js";
import { ICMP, ICMPV6, TCP } from "../../host/slirp/packet.js";
import { bench, type Heard, MadeGuest, send } from "./guest.js";
import { ACK, Connection, SYN, said } from "./tcp-guest.js";
import { MadeStream } from "./world.js";

const test = suite("slirp errors");
const GUEST = "10.0.2.15";
const FAR = "198.51.100.7";
const FAR_6 = "2001:db8:7::7";

/** Of an ICMP message: its type and code, the number behind them, and the packet that it quotes. */
function error({ from, data }: Heard) {
  const view = new DataView(data.buffer, data.byteOffset);
  return { from, type: view.getUint8(0), code: view.getUint8(1), value: view.getUint32(4), quote: data.subarray(8) };
}

/** A guest's error about a packet that it was sent. */
function complain(guest: MadeGuest, about: Heard, type: number, code: number, mtu = 0, from = about.to): Uint8Array[] {
  const head = Uint8Array.of(type, code, 0, 0, 0, 0, mtu >>> 8, mtu & 255);
  return guest.make(from, about.from, ICMP, Buffer.concat([head, about.frame.subarray(14, 14 + 48)]));
}

test("a guest hears which of its datagrams did not arrive, why, and from whom", async () => {
  const lab = bench();
  const guest = new MadeGuest(lab);
  await lab.take();
  send(lab, guest.udp(GUEST, 1_000, FAR, 2_000, new Uint8Array(100)));
  send(lab, guest.udp(GUEST, 1_000, FAR, 2_001, new Uint8Array(100)));
  const [first] = lab.world.sent;
  assert.is(first!.hops, 63);
  first!.failed({ reason: "port", by: FAR }, FAR, 2_000);
  const [heard] = (await lab.take()).map(error);
  assert.equal([heard!.from, heard!.type, heard!.code], [FAR, 3, 3]);
  const quote = new DataView(heard!.quote.buffer, heard!.quote.byteOffset);
  assert.equal([quote.getUint16(20), quote.getUint16(22)], [1_000, 2_000], "the ports that it was about");
  assert.equal(heard!.quote.subarray(12, 20), Uint8Array.of(...address(GUEST), ...address(FAR)));
  first!.failed({ reason: "hops", by: "192.0.2.1" }, FAR, 2_000);
  first!.failed({ reason: "host" }, FAR, 2_000);
  first!.failed({ reason: "size", mtu: 1_400, by: "192.0.2.1" }, FAR, 2_000);
  first!.failed({ reason: "network", by: "127.0.0.1" }, FAR, 2_000);
  const all = (await lab.take()).map(error).map(({ from, type, code, value }) => `${from} ${type} ${code} ${value}`);
  assert.equal(all, ["192.0.2.1 11 0 0", "10.0.2.2 3 1 0", "192.0.2.1 3 4 1400", "10.0.2.2 3 0 0"]);
});

test("in IPv6, and for IPv4 hosts by IPv6, too", async () => {
  const lab = bench();
  const guest = new MadeGuest(lab);
  await lab.take();
  for (const far of [FAR_6, `64:ff9b::${FAR}`]) send(lab, guest.udp("fd00::15", 1_000, far, 2_000, new Uint8Array(9)));
  await lab.take();
  for (const { failed, host } of lab.world.sent) failed({ reason: "port", by: host }, host, 2_000);
  const heard = (await lab.take()).map(error);
  assert.equal(
    heard.map(({ from, type, code }) => [from, type, code]),
    [
      [FAR_6, 1, 4],
      ["64:ff9b::c633:6407", 1, 4],
    ],
  );
  lab.world.sent[0]!.failed({ reason: "size", mtu: 1_300, by: FAR_6 }, FAR_6, 2_000);
  assert.equal(
    (await lab.take()).map(error).map(({ type, value }) => [type, value]),
    [[2, 1_300]],
  );
});

test("nonsense is not passed on, nor more than a guest can make use of", async () => {
  const lab = bench();
  const guest = new MadeGuest(lab);
  send(lab, guest.udp(GUEST, 1_000, FAR, 2_000, new Uint8Array(9)));
  await lab.take();
  const { failed } = lab.world.sent[0]!;
  for (const mtu of [0, 68, 575, 1_500, 65_535]) failed({ reason: "size", mtu }, FAR, 2_000);
  failed({ reason: "port" }, "192.0.2.99", 2_000); // nobody that it has sent to
  assert.equal(await lab.take(), []);
  for (let i = 0; i < 1_000; i++) failed({ reason: "port" }, FAR, 2_000);
  assert.is((await lab.take()).length, 50);
});

test("what a ping meets on its way is told, too", async () => {
  const lab = bench();
  const guest = new MadeGuest(lab);
  await lab.take();
  const asked: unknown[] = [];
  Object.assign(lab.world, {
    ping(host: string, _data: Uint8Array, answered: (outcome: object) => void, hops: number) {
      asked.push([host, hops]);
      answered({ reason: "hops", by: host.includes(":") ? "2001:db8::1" : "192.0.2.1" });
    },
  });
  send(lab, guest.make(GUEST, FAR, ICMP, Uint8Array.of(8, 0, 0, 0, 0, 1, 0, 2), 2));
  send(lab, guest.make("fd00::15", FAR_6, ICMPV6, Uint8Array.of(128, 0, 0, 0, 0, 1, 0, 2), 5));
  assert.equal(
    (await lab.take()).map(error).map(({ from, type }) => [from, type]),
    [
      ["192.0.2.1", 11],
      ["2001:db8::1", 3],
    ],
  );
  assert.equal(asked, [
    [FAR, 1],
    [FAR_6, 4],
  ]);
});

test("a guest that does not listen any more has the host's port closed, and only its own", async () => {
  const lab = bench();
  const guest = new MadeGuest(lab);
  send(lab, guest.udp(GUEST, 1_000, FAR, 2_000, new Uint8Array(9)));
  const { heard, host, port } = lab.world.sent[0]!;
  await lab.take();
  heard(new Uint8Array(5), host, port);
  const [answer] = await lab.take();
  send(lab, complain(new MadeGuest(lab, 16), answer!, 3, 3, 0, "10.0.2.16"));
  send(lab, complain(guest, answer!, 3, 1)); // a host that is not reached now may be later
  assert.is(lab.world.sockets, 1);
  send(lab, complain(guest, answer!, 3, 3));
  assert.is(lab.world.sockets, 0);
});

test("a guest, and nobody else, may refuse a way in by ICMP", async () => {
  const lab = bench();
  const guest = new MadeGuest(lab);
  send(lab, guest.udp(GUEST, 1, FAR, 1, new Uint8Array(1))); // so that it is known
  await lab.gateway.forwards.add({
    kind: "tcp",
    host: undefined,
    port: 8_080,
    guest: address(GUEST),
    guestPort: 80,
  });
  await lab.take();
  const stream = new MadeStream();
  lab.world.listeners.get(8_080)!(stream);
  const [syn] = (await lab.take()).filter(({ protocol }) => protocol === TCP);
  assert.is(said(syn!).flags, SYN);
  send(lab, complain(new MadeGuest(lab, 16), syn!, 3, 3, 0, "10.0.2.16"));
  const other = { ...syn!, frame: syn!.frame.map((octet, i) => (i === 38 ? octet ^ 1 : octet)) };
  send(lab, complain(guest, other, 3, 3)); // another sequence number
  assert.not(stream.isDestroyed);
  send(lab, complain(guest, syn!, 3, 3));
  assert.ok(stream.isDestroyed);
  assert.equal(lab.gateway.tcp.list(), []);
});

test("segments that are too long for a way behind a guest are sent again, and shorter", async () => {
  const lab = bench();
  const guest = new MadeGuest(lab);
  const connection = new Connection(lab, guest, FAR, 80);
  await connection.open([2, 4, 5, 180]);
  lab.world.streams[0]!.ondata(new Uint8Array(2_000));
  const [long] = await lab.take();
  assert.is(long!.data.length, 1_480);
  send(lab, complain(guest, long!, 3, 4, 1_000));
  lab.clock.pass(2_000);
  const again = (await lab.take()).at(-1);
  assert.is(again!.data.length, 980);
  send(lab, complain(guest, again!, 3, 4, 1)); // none is as short as that
  lab.clock.pass(4_000);
  assert.ok((await lab.take()).at(-1)!.data.length >= 100);
  assert.is(lab.gateway.tcp.list()[0]?.state, "open");
  connection.say(ACK);
});

test.run();
