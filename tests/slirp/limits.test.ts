// What one guest may take of a gateway: connections, ports, memory, octets a second; and how that is changed under way.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parseLimit, type SomeLimits } from "../../host/slirp/limits.js";
import { refuses } from "../refusal.js";
import { type Bench, BOTH, bench, MadeGuest, send } from "./guest.js";
import { ACK, Connection, FIN, SYN } from "./tcp-guest.js";

const test = suite("slirp limits");
const FAR = "198.51.100.7";
const MEBIBYTE = 1 << 20;

function benchWith(limits: SomeLimits): Bench {
  return bench({ ...BOTH, limits });
}

/** Opens so many connections, whose outside sends and takes nothing. */
async function openMany(lab: Bench, guest: MadeGuest, count: number, from = "10.0.2.15"): Promise<Connection[]> {
  const all = Array.from({ length: count }, (_, i) => new Connection(lab, guest, FAR, 80, 1_000 + i, from));
  for (const each of all) await each.open();
  return all;
}

test("many addresses are one guest, where one hardware address has them all", async () => {
  const lab = benchWith({ flowsPerGuest: 10, socketsPerGuest: 10 });
  const guest = new MadeGuest(lab);
  for (let i = 0; i < 40; i++) {
    const from = i % 2 === 0 ? `10.0.2.${100 + i}` : `fd00::${100 + i}`;
    const far = i % 2 === 0 ? FAR : "2001:db8:7::7";
    new Connection(lab, guest, far, 80, 1_000, from).say(SYN);
    send(lab, guest.udp(from, 5, far, 5, new Uint8Array(4)));
  }
  assert.equal([lab.gateway.tcp.list().length, lab.world.sockets], [10, 10]);
  assert.is(lab.gateway.drops.get("a limit was reached"), 60);
  assert.is(lab.gateway.guests.list()[0]?.refused, 60);
});

test("a guest that does not read takes no more memory than it may, and goes on when it reads", async () => {
  const lab = benchWith({ memoryPerGuest: MEBIBYTE });
  const connections = await openMany(lab, new MadeGuest(lab), 16);
  const other = new MadeGuest(lab, 16);
  const [free] = await openMany(lab, other, 1, "10.0.2.16");
  const { streams } = lab.world;
  for (let round = 0; round < 8; round++)
    for (const stream of streams.slice(0, 16)) if (!stream.isPaused) stream.ondata(new Uint8Array(65_536));
  const [held] = lab.gateway.guests.list();
  assert.ok(held!.held > MEBIBYTE && held!.held <= MEBIBYTE + 65_536, `${held!.held} octets`);
  assert.ok(streams.slice(0, 16).every(({ isPaused }) => isPaused));
  streams[16]!.ondata(Buffer.from("hello"));
  assert.not(streams[16]!.isPaused, "another guest's goes on");
  await lab.take();
  for (let round = 0; round < 40 && streams.slice(0, 16).some(({ isPaused }) => isPaused); round++) {
    for (const each of connections) each.say(ACK, "", { acknowledged: ackOf(lab, each) });
    await lab.take();
  }
  assert.ok(
    streams.slice(0, 16).every(({ isPaused }) => !isPaused),
    "all are read again",
  );
  free!.say(ACK);
});

/** All that was sent on a connection so far: the guest acknowledges it without having looked. */
function ackOf({ gateway }: Bench, connection: Connection): number {
  const flow = gateway.tcp.list().find(({ ends }) => ends.guestPort === connection.port)!;
  return (connection.acknowledged + flow.sender.nxt) >>> 0;
}

test("where all together hold too much, those that hold little do not hear of it", async () => {
  const lab = benchWith({ memory: MEBIBYTE });
  const greedy = new MadeGuest(lab);
  await openMany(lab, greedy, 8);
  await openMany(lab, new MadeGuest(lab, 16), 1, "10.0.2.16");
  const { streams } = lab.world;
  streams[8]!.ondata(new Uint8Array(1_000));
  for (let i = 0; i < 8; i++) streams[i]!.ondata(new Uint8Array(200_000));
  assert.ok(streams.slice(0, 8).every(({ isPaused }) => isPaused));
  streams[8]!.ondata(new Uint8Array(1_000));
  assert.not(streams[8]!.isPaused);
});

test("what a guest sends is not taken while too much of it waits for the world, and is when that has left", async () => {
  const lab = benchWith({ memoryPerGuest: MEBIBYTE });
  const connections = await openMany(lab, new MadeGuest(lab), 10);
  for (const stream of lab.world.streams) stream.queued = 120_000;
  for (const each of connections) each.say(ACK, "x");
  await lab.take();
  for (const each of connections) each.say(ACK, "y");
  await lab.take();
  assert.ok(lab.world.streams.every(({ text }) => text === "x"));
  for (const stream of lab.world.streams) {
    stream.queued = 0;
    stream.ondrain();
  }
  for (const each of connections) each.raw({ ...each.last, flags: ACK, data: Buffer.from("y") });
  await lab.take();
  assert.ok(lab.world.streams.every(({ text }) => text === "xy"));
});

test("what has ended, but has not left, stays the guest's, and is not waited for without end", async () => {
  const lab = benchWith({});
  const [connection] = await openMany(lab, new MadeGuest(lab), 1);
  const [stream] = lab.world.streams;
  stream!.onend();
  await connection!.hear();
  stream!.queued = 100_000;
  connection!.say(ACK | FIN, "", { acknowledged: connection!.acknowledged + 1 });
  await lab.take();
  lab.clock.pass(20_000);
  assert.is(lab.gateway.guests.held, 100_000);
  assert.not(stream!.isDestroyed);
  lab.clock.pass(200_000);
  assert.equal([lab.gateway.guests.held, lab.gateway.tcp.list().length], [0, 0]);
  assert.ok(stream!.isDestroyed);
});

test("a guest has a rate in each direction, and another guest one of its own", async () => {
  const lab = benchWith({ ratePerGuest: 10_000, burstPerGuest: 20_000 });
  const [one, two] = [new MadeGuest(lab, 15), new MadeGuest(lab, 16)];
  const datagram = (guest: MadeGuest, from: string) => guest.udp(from, 5, FAR, 5, new Uint8Array(958)); // 1,000 in all
  for (let i = 0; i < 50; i++) send(lab, datagram(one, "10.0.2.15"));
  assert.is(lab.world.sent.length, 20);
  send(lab, datagram(two, "10.0.2.16"));
  assert.is(lab.world.sent.length, 21);
  lab.clock.pass(1_000);
  for (let i = 0; i < 50; i++) send(lab, datagram(one, "10.0.2.15"));
  assert.is(lab.world.sent.length, 31);
  const { heard, host, port } = lab.world.sent[0]!;
  lab.frames.length = 0;
  for (let i = 0; i < 50; i++) heard(new Uint8Array(958), host, port);
  assert.is((await lab.take()).length, 20);
  assert.is(lab.gateway.drops.get("faster than its rate"), 30 + 40 + 30);
  lab.gateway.limit({ ratePerGuest: 0 });
  for (let i = 0; i < 50; i++) heard(new Uint8Array(958), host, port);
  assert.is((await lab.take()).length, 50);
});

test("who changes its hardware address all the time takes a bounded memory, and escapes no limit", () => {
  const lab = benchWith({ flows: 4, sockets: 4 });
  for (let number = 1; number < 6_000; number++)
    send(lab, new MadeGuest(lab, number).udp("10.0.2.15", number, FAR, 5, new Uint8Array(4)));
  assert.is(lab.world.sockets, 4);
  assert.ok(lab.gateway.guests.list().length <= 4_104, `${lab.gateway.guests.list().length} guests`);
});

test("limits are read as they are written", () => {
  assert.equal(parseLimit("guestflows=7"), { flowsPerGuest: 7 });
  for (const text of ["", "flows", "flows=", "flows=0", "flows=1e3", "nothing=1", "window=1", "guestrate=-1"])
    refuses("EINVAL", () => parseLimit(text));
});

test.run();
