// A switch as a program holds it: settings, refusals, and what it lets go of in the end.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { QUEUE_COUNT } from "../../assembly/abi.js";
import type { Capture } from "../../host/captures.js";
import { linkPair } from "../../host/link-pair.js";
import { stillClock } from "../clock.js";
import { frame, lab, macOf, makeSwitch, words } from "../lab.js";
import { refuses } from "../refusal.js";

const test = suite("switch");

test("starts as a switch of VDE does: 32 ports, VLAN 0, a hundred seconds, no hub", () => {
  const { sw } = makeSwitch(stillClock(), { ports: 32 });
  assert.equal([sw.ports.count, [...sw.vlans.list()], sw.fdb.expireMs, sw.fdb.persistMs], [32, [0], 100_000, 3_000]);
  assert.equal([sw.hub, sw.transparent, sw.mtu, sw.fdb.limit], [false, false, 9198, 65_536]);
  assert.is(sw.mac, "02:00:00:00:ee:00");
});

test("refuses an MTU below 46, above 9,216, or of half an octet", () => {
  const { sw } = lab();
  for (const mtu of [0, 45, 9217, 1500.5, Number.NaN]) refuses("EINVAL", () => Object.assign(sw, { mtu }));
  assert.is(sw.mtu, 9198);
});

test("refuses a queue of no frames, or of more than it has room for", () => {
  const { sw, stations } = lab();
  for (const frames of [0, QUEUE_COUNT + 1]) {
    refuses("EINVAL", () => Object.assign(sw, { queueLimit: frames }));
    refuses("EINVAL", () => sw.setQueueLimit(stations[0]!.endpoint, frames));
  }
});

test("gives a new queue limit to endpoints that come after it", () => {
  const { sw, plug, stations } = lab();
  sw.queueLimit = 5;
  assert.is(sw.queueOf(plug({ port: 4 }).endpoint).limit, 5);
  assert.is(sw.queueOf(stations[0]!.endpoint).limit, QUEUE_COUNT);
  sw.setQueueLimit(stations[0]!.endpoint, 7);
  assert.is(sw.queueOf(stations[0]!.endpoint).limit, 7);
});

test("counts what each endpoint was sent, and what it lost", () => {
  const { sw, say, stations } = lab();
  say(1, "a > *", "a > *");
  assert.equal(sw.queueOf(stations[1]!.endpoint), { limit: QUEUE_COUNT, waiting: 0, sent: 2, dropped: 0, kernel: 0 });
  assert.is(sw.queueOf(stations[0]!.endpoint).sent, 0);
});

test("plugs a second link into a port, and a link into any that is free", () => {
  const { sw, say } = lab();
  assert.is(sw.plug(linkPair()[0], { port: 1 }).port, 1);
  assert.is(sw.plug(linkPair()[0]).port, 4);
  assert.equal(say(1, "a > *"), ["2: a > *", "3: a > *"]);
});

test("names an endpoint as its link does, unless it is told otherwise", () => {
  const { sw } = lab([]);
  assert.is(sw.plug(linkPair()[0]).description, "left");
  assert.is(sw.plug(linkPair()[0], { description: "the printer" }).description, "the printer");
});

test("shows the frames that pass to who watches, as they come in and as they go out", () => {
  const { sw, say, pass } = lab([
    { port: 1, vlan: 7 },
    { port: 2, tagged: [7] },
  ]);
  const seen: string[] = [];
  const tap = ({ port, outgoing, timeMs, frame: octets }: Capture): void => {
    seen.push(`${timeMs} ${port} ${outgoing ? "out" : "in"} ${words(octets)}`);
  };
  say(1, "a > *");
  sw.captures.add(tap);
  pass(250);
  say(1, "a > * /1000");
  sw.captures.remove(tap);
  say(1, "a > *");
  assert.equal(seen, ["250 1 in a > * /1000", "250 2 out a > * #7 /1004"]);
});

test("tells who listens of addresses learned and forgotten", () => {
  const { sw, say, pass } = lab();
  const told: string[] = [];
  const listener = (_: unknown, text: string): void => void told.push(text);
  sw.events.add("hash/+", listener);
  sw.events.add("hash/-", listener);
  say(1, "a > *");
  pass(103_000);
  assert.equal(told, [`${macOf("a")} VLAN 00:00 Port 1`, `${macOf("a")} VLAN 00:00 Port 1`]);
  sw.events.removeAll(listener);
  say(1, "a > *");
  assert.is(told.length, 2);
});

test("knows how long it has been up", () => {
  const clock = stillClock(5_000);
  const { sw } = makeSwitch(clock);
  clock.pass(1_234);
  assert.equal([sw.startedMs, sw.uptimeMs], [5_000, 1_234]);
});

test("counts at its port what a link brings that its ring does not hold", () => {
  const { sw } = makeSwitch(stillClock());
  const [[a, far], [b, other], [c]] = [linkPair(), linkPair(), linkPair()];
  const endpoint = sw.plug(a, { port: 1 });
  sw.plug(b, { port: 1 });
  sw.plug(c, { port: 2 });
  for (const link of [far, far, other]) link.send(new Uint8Array(1 << 16));
  assert.equal(
    [sw.counters(1).drops.ring, sw.counters(2).drops.ring, sw.counters(3).drops.ring],
    [3, undefined, undefined],
  );
  sw.unplug(endpoint);
  assert.is(sw.counters(1).drops.ring, 1);
});

test("goes on over the turn of its clock, 2^32 milliseconds", () => {
  const clock = stillClock(2 ** 32 - 50_000);
  const { sw } = makeSwitch(clock);
  const [[a, outside], [b, other]] = [linkPair(), linkPair()];
  sw.plug(a, { port: 1 });
  sw.plug(b, { port: 2 });
  sw.plug(linkPair()[0], { port: 3 });
  let heard = 0;
  other.onframe = () => heard++;
  other.send(frame("b > *"));
  clock.pass(60_000);
  outside.send(frame("a > b"));
  clock.pass(0);
  assert.is(heard, 1);
  assert.is(sw.fdb.find(macOf("b"), 0).ageMs, 60_000);
  assert.is(sw.counters(3).txFrames, 1);
  clock.pass(45_000);
  assert.equal(
    [...sw.fdb.list()].map(({ mac }) => mac),
    [macOf("a")],
  );
});

test("refuses what is no whole number in its range, before the core hears of it", () => {
  const { sw } = lab();
  const others: readonly unknown[] = [-1, 1.5, Number.NaN, 2 ** 32, "3", null];
  for (const value of others as number[]) {
    refuses("EINVAL", () => sw.plug(linkPair()[0], { port: value }));
    refuses("EINVAL", () => sw.ports.get(value));
    refuses("EINVAL", () => sw.counters(value));
    refuses("EINVAL", () => sw.resetCounters(value));
    refuses("EINVAL", () => sw.vlans.create(value));
    refuses("EINVAL", () => sw.vlans.addPort(value, 1));
    refuses("EINVAL", () => sw.fdb.flushPort(value));
    refuses("EINVAL", () => sw.fdb.flushVlan(value));
    refuses("EINVAL", () => sw.fdb.setPortLimit(value, 5));
    refuses("EINVAL", () => sw.fdb.setPortLimit(1, value));
    for (const name of ["mtu", "queueLimit"]) refuses("EINVAL", () => Object.assign(sw, { [name]: value }));
    for (const name of ["size", "limit", "expireMs", "persistMs", "gcMs"])
      refuses("EINVAL", () => Object.assign(sw.fdb, { [name]: value }));
    refuses("EINVAL", () => Object.assign(sw.fstp, { priority: value }));
    refuses("EINVAL", () => Object.assign(sw.ports, { count: value }));
  }
  refuses("EINVAL", () => sw.counters(4097));
  refuses("EINVAL", () => Object.assign(sw.fstp, { priority: 0x10000 }));
});

test("tells how long it has run for longer than the core's clock counts, and ages across its end", () => {
  const clock = stillClock();
  let skippedMs = 0;
  const { sw } = makeSwitch({ ...clock, now: () => clock.now() + skippedMs });
  const [inside, outside] = linkPair();
  sw.plug(inside);
  skippedMs = 2 ** 32 - 2_000;
  outside.send(frame("a > *"));
  clock.pass(0);
  clock.pass(5_000);
  assert.is(sw.uptimeMs, 2 ** 32 + 3_000);
  assert.is(sw.fdb.find(macOf("a"), 0).ageMs, 5_000);
});

test("closes every link when it closes, and does nothing after that", async () => {
  const { sw, stations, clock } = lab();
  let closed = 0;
  for (const { link } of stations) link.onclose = () => closed++;
  await sw.close();
  assert.is(closed, 3);
  assert.is(stations[0]!.link.send(frame("a > b")), false);
  clock.pass(200_000);
  assert.is(sw.memory.queued, 0);
});

test.run();
