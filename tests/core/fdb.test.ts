// What the switch remembers, for how long, and how much of it.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { lab, macOf } from "../lab.js";

const test = suite("fdb");

test("forgets an address that was silent for a hundred seconds", () => {
  const { say, pass } = lab();
  say(1, "a > *");
  pass(100_000);
  assert.equal(say(2, "b > a"), ["1: b > a"]);
  pass(1);
  assert.equal(say(2, "b > a"), ["1: b > a", "3: b > a"]);
});

test("keeps an address that is heard of again", () => {
  const { say, pass, sw } = lab();
  for (let i = 0; i < 10; i++) {
    say(1, "a > *");
    pass(60_000);
  }
  assert.equal(say(2, "b > a"), ["1: b > a"]);
  assert.is(sw.fdb.count, 2);
});

test("sweeps out old addresses while nothing is said", () => {
  const { say, pass, sw } = lab();
  say(1, "a > *", "b > *");
  say(2, "c > *");
  assert.is(sw.fdb.count, 3);
  pass(103_000);
  assert.is(sw.fdb.count, 0);
});

test("counts an old address for nothing even where none is swept out", () => {
  const { say, pass, sw } = lab();
  sw.fdb.gcMs = 0;
  say(1, "a > *");
  pass(200_000);
  assert.is(sw.fdb.count, 1);
  assert.is(say(2, "b > a").length, 2);
});

test("takes a new age limit at once", () => {
  const { say, pass, sw } = lab();
  say(1, "a > *");
  pass(11_000);
  sw.fdb.expireMs = 10_000;
  assert.is(say(2, "b > a").length, 2);
});

test("lets an address move only after three seconds of silence", () => {
  const { say, pass } = lab();
  say(1, "a > *");
  pass(3_000);
  say(2, "a > *");
  assert.equal(say(3, "c > a"), ["1: c > a"]);
  pass(1);
  say(2, "a > *");
  assert.equal(say(3, "c > a"), ["2: c > a"]);
});

test("lets an address move at once where it need not persist", () => {
  const { say, sw, pass } = lab();
  sw.fdb.persistMs = 0;
  say(1, "a > *");
  pass(1);
  say(2, "a > *");
  assert.equal(say(3, "c > a"), ["2: c > a"]);
});

test("lets an address move that is forgotten already, however long it was to persist", () => {
  const { say, sw, pass } = lab();
  sw.fdb.gcMs = 0;
  sw.fdb.expireMs = 2_000;
  sw.fdb.persistMs = 60_000;
  say(1, "a > *");
  pass(2_001);
  say(2, "a > *");
  assert.equal(say(3, "c > a"), ["2: c > a"]);
});

test("does not let an address be taken by who repeats it: its owner stays known as long as he speaks", () => {
  const { say, pass } = lab();
  for (let i = 0; i < 50; i++) {
    say(1, "a > b");
    pass(500);
    say(2, "a > *");
    pass(500);
  }
  assert.equal(say(3, "c > a"), ["1: c > a"]);
});

test("knows the same address in each VLAN by itself", () => {
  const { say, sw } = lab([
    { port: 1, tagged: [7] },
    { port: 2, tagged: [8] },
    { port: 3, tagged: [7, 8] },
    { port: 4, tagged: [7, 8] },
  ]);
  say(1, "a > * #7");
  say(2, "a > * #8");
  assert.equal(say(3, "c > a #7"), ["1: c > a #7"]);
  assert.equal(say(3, "c > a #8"), ["2: c > a #8"]);
  assert.equal([sw.fdb.find(macOf("a"), 7).port, sw.fdb.find(macOf("a"), 8).port], [1, 2]);
});

test("flushes one port, one VLAN, or everything", () => {
  const { say, sw } = lab([
    { port: 1, tagged: [7] },
    { port: 2, tagged: [7] },
  ]);
  const vlans = (): string[] => [...sw.fdb.list()].map(({ port, vlan }) => `${port} #${vlan}`).sort();
  const speak = (): void => {
    say(1, "a > *", "a > * #7");
    say(2, "b > *", "b > * #7");
  };
  speak();
  sw.fdb.flushPort(1);
  assert.equal(vlans(), ["2 #0", "2 #7"]);
  speak();
  sw.fdb.flushVlan(7);
  assert.equal(vlans(), ["1 #0", "2 #0"]);
  speak();
  sw.fdb.flush();
  assert.equal(vlans(), []);
});

test("forgets what was behind a port when it is unplugged, and nothing else", () => {
  const { say, sw, stations } = lab();
  say(1, "a > *");
  say(2, "b > *");
  sw.unplug(stations[0]!.endpoint);
  assert.equal(
    [...sw.fdb.list()].map(({ mac }) => mac),
    [macOf("b")],
  );
});

test("remembers what is behind a port while one of its endpoints is in it", () => {
  const { say, sw, plug } = lab();
  const second = plug({ port: 1 });
  say(1, "a > *");
  sw.unplug(second.endpoint);
  assert.equal(say(2, "b > a"), ["1: b > a"]);
});

test("shows how long ago an address was seen", () => {
  const { say, pass, sw } = lab();
  say(1, "a > *");
  pass(4_500);
  assert.equal(sw.fdb.find(macOf("a"), 0), { mac: macOf("a"), vlan: 0, port: 1, ageMs: 4_500 });
});

test.run();
