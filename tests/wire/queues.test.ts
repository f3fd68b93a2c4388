// What waits, for how long, and who is dropped: bandwidth, speed, buffers, CoDel; and that the counters add up.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Direction } from "../../host/wire/value.js";
import { random } from "../random.js";
import { numbered, WireBench, type WireSetup } from "./bench.js";

const test = suite("wire: queues");

/** When each of `count` frames came that were sent at once. Their size counts with two octets of header. */
function burst(set: WireSetup["set"], count: number, size: number, way: Direction = 0): number[] {
  const bench = new WireBench(set && { set });
  return bench.run(count, 0, { way, size }).map(({ atMs }) => atMs);
}

function every(ms: number, count: number, first = ms): number[] {
  return Array.from({ length: count }, (_, i) => first + i * ms);
}

test("bandwidth: one frame after the other, as long as its octets take", () => {
  assert.equal(burst({ bandwidth: "10000" }, 20, 498), every(50, 20));
  assert.equal(burst({ bandwidth: "LR10000" }, 3, 498, 1), [0, 0, 0]);
  assert.equal(burst({ bandwidth: "8000", delay: "100" }, 3, 998), every(125, 3, 225));
  const giga = burst({ bandwidth: "125000000" }, 1000, 1248);
  assert.ok(Math.abs(giga.at(-1)! - 10) < 1e-6);
});

test("bandwidth: less than an octet a second is slow, and no fault", () => {
  assert.equal(burst({ bandwidth: "0.5" }, 2, 498), [1_000_000, 2_000_000]);
});

test("burst: so many octets at once, and then the bandwidth", () => {
  const arrivals = burst({ bandwidth: "1000", burst: "1000" }, 6, 248);
  assert.equal(arrivals, [0, 0, 0, 0, 250, 500]);
});

test("burst: over any time no more than the burst and what the bandwidth carries", () => {
  const bench = new WireBench({ set: { bandwidth: "10000", burst: "2000" } });
  const chance = random(4);
  for (let i = 0; i < 300; i++) {
    bench.send(0, 98 + chance.below(400));
    bench.pass(chance.below(60));
  }
  bench.drain();
  const arrivals = bench.arrivals[0];
  for (let from = 0; from < arrivals.length; from += 7) {
    let octets = 0;
    for (const { atMs, octets: frame } of arrivals.slice(from)) {
      octets += frame.length + 2;
      assert.ok(octets <= 2000 + 500 + (atMs - arrivals[from]!.atMs) * 10 + 1e-6);
    }
  }
});

test("speed: the interface is busy as long as a frame takes", () => {
  assert.equal(burst({ speed: "10000" }, 4, 498), every(50, 4));
  const bench = new WireBench({ set: { speed: "10000" } });
  bench.send(0, 498);
  assert.is(bench.channel().inputFreeMs, 50);
  assert.is(bench.channel(1).inputFreeMs, 0);
});

test("delay and fifo: a slow direction does not hold up the other", () => {
  const bench = new WireBench({ set: { delay: "LR500" } });
  bench.send(0);
  bench.send(1);
  assert.is(bench.arrivals[1].length, 1);
});

test("fifo: a delay that ends does not let frames overtake", () => {
  const bench = new WireBench({ set: { delay: "1000" } });
  bench.send();
  bench.filter.set("delay", "0");
  bench.send();
  bench.pass(999);
  assert.is(bench.arrivals[0].length, 0);
  bench.pass(1);
  assert.equal(
    bench.arrivals[0].map(({ number }) => number),
    [0, 1],
  );
});

test("mtu: a longer frame is lost; the header counts", () => {
  const bench = new WireBench({ set: { mtu: "1000" } });
  for (const size of [997, 998, 999, 1000]) bench.send(0, size);
  assert.equal(
    bench.arrivals[0].map(({ octets }) => octets.length),
    [997, 998],
  );
  assert.is(bench.channel().statistics.lost.mtu, 2);
});

test("chanbufsize: so many octets may wait, and no frame beyond that passes", () => {
  const bench = new WireBench({ set: { chanbufsize: "1000", delay: "300" } });
  bench.run(5, 0, { size: 398 });
  assert.is(bench.arrivals[0].length, 2);
  assert.equal(burst({ chanbufsize: "100" }, 1, 398), []);
});

test("qlen: so many frames may wait for the bandwidth, besides the one that is sent", () => {
  const bench = new WireBench({ set: { bandwidth: "1000", qlen: "5" } });
  assert.is(bench.run(20, 0, { size: 98 }).length, 6);
  assert.is(bench.channel().statistics.lost.qlen, 14);
  assert.is(burst({ delay: "1000", qlen: "1" }, 20, 98).length, 20, "what is on its way does not wait");
});

/** The mean wait of frames that come 1.2 times as fast as they leave, in the second half of the run, and how many are lost. */
function overload(set: WireSetup["set"]): { waitMs: number; lost: number } {
  const bench = new WireBench({ set: { bandwidth: "125000", ...set } });
  const arrivals = bench.run(20_000, 10, { size: 1498 });
  const late = arrivals.filter(({ number }) => number > 10_000);
  const waits = late.map(({ number, atMs }) => atMs - number * 10);
  return { waitMs: waits.reduce((sum, ms) => sum + ms, 0) / waits.length, lost: bench.channel().statistics.allLost };
}

test("codel: a standing queue is kept near its target, where a full one keeps everyone waiting", () => {
  const [tail, codel] = [overload({ qlen: "100" }), overload({ codel: "15" })];
  assert.ok(tail.waitMs > 1000, `${tail.waitMs}`);
  assert.ok(codel.waitMs < 100, `${codel.waitMs}`);
  for (const { lost } of [tail, codel]) assert.ok(Math.abs(lost / 20_000 - 1 / 6) < 0.03, `${lost}`);
  assert.is(overload({ codel: "1G" }).lost, 0);
});

test("codel: a burst that is soon over loses nothing", () => {
  const bench = new WireBench({ set: { bandwidth: "1M", codel: "5" } });
  assert.is(bench.run(60, 0, { size: 1498 }).length, 60);
});

test("memory: what waits has a limit, and what is beyond it is counted", () => {
  const bench = new WireBench({ set: { delay: "1000" } });
  for (let i = 0; i < 9000; i++) bench.channel().put(numbered(i, 9000), 0, 9000, 0);
  const { lost, received } = bench.channel().statistics;
  assert.ok(lost.memory > 1000 && lost.memory < 3000, `${lost.memory}`);
  assert.is(bench.channel().queued, received - lost.memory);
  bench.drain();
  for (let i = 0; i < 3; i++) bench.send(0, 9000);
  assert.is(bench.channel().queued, 3, "and it is used again");
});

test("flush: what waits is dropped, and nobody waits behind it", async () => {
  const bench = new WireBench({ set: { bandwidth: "1", delay: "1000" } });
  for (let i = 0; i < 5; i++) bench.send();
  assert.is(await bench.open().say("flush"), "1000 Success\n");
  assert.equal([bench.channel().queued, bench.channel().statistics.lost.flush], [0, 5]);
  bench.filter.preset("none");
  bench.send();
  assert.is(bench.arrivals[0].length, 1);
});

test("flush: CoDel begins anew, and drops nothing of what is flushed", () => {
  const bench = new WireBench({ set: { bandwidth: "125000", codel: "15" } });
  const { statistics } = bench.channel();
  const losses = (): number => {
    const before = statistics.lost.codel;
    for (let i = 0; i < 500; i++) {
      bench.send(0, 1498);
      bench.pass(6);
    }
    return statistics.lost.codel - before;
  };
  const fresh = losses();
  assert.ok(fresh > 5, `${fresh}`);
  const { queued } = bench.channel();
  bench.channel().flush();
  assert.equal([statistics.lost.flush, statistics.lost.codel], [queued, fresh]);
  assert.is(losses(), fresh);
});

test("memory: a frame beyond all frames is lost, and no more", () => {
  const bench = new WireBench({ set: { delay: "5" } });
  assert.is(bench.channel().put(new Uint8Array(300_000), 0, 300_000, 0), false);
  assert.is(bench.channel().statistics.lost.memory, 1);
});

test("where there is no room, what is due stays, in its order", () => {
  const bench = new WireBench({ set: { delay: "10" } });
  for (let i = 0; i < 3; i++) bench.send();
  bench.clock.pass(10);
  assert.is(
    bench.channel().release(10, () => false),
    0,
  );
  assert.is(bench.channel().queued, 3);
  bench.pass(0);
  assert.equal(
    bench.arrivals[0].map(({ number }) => number),
    [0, 1, 2],
  );
});

const WAYS = [0, 1] as const;
const VALUES = ["0", "1", "5", "50", "100+100", "40+20N", "1000", "64K", "1M"];
const COMMANDS = [
  "loss",
  "lostburst",
  "delay",
  "dup",
  "bandwidth",
  "speed",
  "noise",
  "mtu",
  "chanbufsize",
  "fifo",
].concat([
  "burst",
  "qlen",
  "codel",
  "correlation",
  "reorder",
  "preset",
  "seed",
  "markov-numnodes",
  "markov-setnode",
  "markov-time",
]);

test("counters add up, whatever is set meanwhile", async () => {
  const chance = random(2026);
  const bench = new WireBench({ seed: 9 });
  const manager = bench.open();
  for (let round = 0; round < 1500; round++) {
    const command = chance.pick(COMMANDS);
    const value =
      command === "preset" ? chance.pick(["dsl", "3g", "lte", "satellite", "lossy-wifi"]) : chance.pick(VALUES);
    const state = chance.below(4) === 0 ? `[${chance.below(3)}]` : "";
    await manager.say(`${command} ${chance.pick(["", "LR", "RL"])}${value}${state}`);
    if (chance.below(9) === 0) await manager.say(`setedge ${chance.below(3)},${chance.below(3)},${chance.below(60)}`);
    for (let i = 0; i < 20; i++) bench.send(chance.pick(WAYS), 14 + chance.below(1500));
    bench.pass(chance.below(300));
    for (const way of WAYS) addsUp(bench, way);
  }
  for (let state = 0; state < bench.filter.chain.count; state++) bench.filter.clear(state);
  bench.drain();
  for (const way of WAYS) {
    assert.is(bench.channel(way).queuedOctets, 0);
    addsUp(bench, way);
  }
});

function addsUp(bench: WireBench, way: Direction): void {
  const { statistics, queued } = bench.channel(way);
  const { received, duplicated, passed, allLost } = statistics;
  assert.is(received + duplicated, passed + allLost + queued);
  assert.is(passed, bench.arrivals[way].length);
}

test("stats: what was counted and measured, for each direction", async () => {
  const bench = new WireBench({ seed: 77, set: { delay: "LR100", loss: "RL100" } });
  bench.run(1000, 10, { size: 98 });
  bench.send(1);
  const lines = (await bench.open().say("stats")).split("\n");
  assert.equal(lines.slice(1, 6), [
    "Seed 77",
    "LR received 1000 duplicated 0",
    "LR passed 1000 lost 0 queued 0 corrupted 0",
    "LR lost by loss 0 mtu 0 capacity 0 qlen 0 codel 0 memory 0 flush 0",
    lines[5],
  ]);
  const [, rate, p50, p99] =
    /^LR rate (\d+) octets\/s delay ms p50 ([\d.]+) p90 [\d.]+ p99 ([\d.]+)$/.exec(lines[5]!) ?? [];
  assert.ok(Math.abs(Number(rate) - 9800) < 200, rate);
  for (const delay of [p50, p99]) assert.ok(Math.abs(Number(delay) - 100) < 5, delay);
  assert.is(lines[8], "RL lost by loss 1 mtu 0 capacity 0 qlen 0 codel 0 memory 0 flush 0");
});

test("presets: each is another wire up than down, and takes away what was set", async () => {
  const bench = new WireBench({ set: { noise: "5" } });
  const manager = bench.open();
  for (const name of ["dsl", "3g", "lte", "satellite", "lossy-wifi"]) {
    assert.is(await manager.say(`preset ${name}`), "1000 Success\n");
    const [up, down] = bench.filter.chain.state(0).settings;
    assert.is(up.noise.value, 0);
    assert.ok(up.bandwidth.value > 0 && up.delay.value > 0);
    if (name !== "lossy-wifi") assert.ok(up.bandwidth.value < down.bandwidth.value, name);
  }
  assert.is(await manager.say("preset none"), "1000 Success\n");
  assert.ok(bench.channel().isClear);
  assert.match(
    await manager.say("preset dial-up"),
    /^1022 Invalid argument: the presets are none, dsl, 3g, lte, satellite/,
  );
  assert.is(await manager.say("preset lte[0]"), "1000 Success\n");
  assert.match(await manager.say("preset lte[1]"), /^1022 .*the states are 0 to 0/);
});

test.run();
