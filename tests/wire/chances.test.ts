// What chance does, against its formula: a still clock, a fixed seed, and sizes at which a formula that is nearly right
// fails, which the last assertion of each test shows.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Arrival, WireBench, type WireSetup } from "./bench.js";
import { autocorrelation, chiSquare, geometric, histogram, ks, mean, normalBelow, runs } from "./fit.js";

const test = suite("wire: chances");

const N = 40_000;

/** Whether each of N frames was lost. */
function lost(set: WireSetup["set"], seed = 7): boolean[] {
  const bench = new WireBench({ seed, ...(set && { set }) });
  const there = new Set(bench.run(N, 1).map(({ number }) => number));
  return Array.from({ length: N }, (_, i) => !there.has(i));
}

function count(flags: readonly boolean[]): [number, number] {
  const yes = flags.filter((flag) => flag).length;
  return [yes, flags.length - yes];
}

function fits(statistic: number): void {
  assert.ok(statistic < 1, `${statistic} times the bound`);
}

function differs(statistic: number): void {
  assert.ok(statistic > 1, `only ${statistic} times the bound: it would not show`);
}

test("loss: each frame by itself, as often as is set", () => {
  const flags = lost({ loss: "5" });
  fits(chiSquare(count(flags), [0.05, 0.95]));
  fits(chiSquare(histogram(runs(flags), 2), geometric(0.95, 2)));
  fits(chiSquare(histogram(runs(flags.map((flag) => !flag)), 50), geometric(0.05, 50)));
  differs(chiSquare(count(flags), [0.055, 0.945]));
});

test("loss: a range is drawn for each frame, and comes to its middle", () => {
  fits(chiSquare(count(lost({ loss: "30+30" })), [0.3, 0.7]));
  assert.equal(count(lost({ loss: "100" })), [N, 0]);
  assert.equal(count(lost({ loss: "0" })), [0, N]);
});

test("lostburst: Gilbert's chain, with the loss and the mean burst that are set", () => {
  const flags = lost({ loss: "30", lostburst: "5" });
  const stop = 0.3 / (5 * 0.7);
  fits(chiSquare(histogram(runs(flags), 20), geometric(1 / 5, 20)));
  fits(chiSquare(histogram(runs(flags.map((flag) => !flag)), 40), geometric(stop, 40)));
  const share = count(flags)[0] / N;
  const spread = Math.sqrt((0.3 * 0.7 * (1 + 1 - 1 / 5 - stop)) / (1 / 5 + stop) / N); // of a chain with two states
  assert.ok(Math.abs(share - 0.3) < 3.3 * spread, `${share}`);
  differs(chiSquare(histogram(runs(flags), 20), geometric(1 / 6, 20)));
});

test("lostburst: a loss that such bursts cannot reach makes them longer", () => {
  const flags = lost({ loss: "90", lostburst: "2" });
  assert.ok(Math.abs(count(flags)[0] / N - 0.9) < 0.01);
  assert.equal(new Set(runs(flags.map((flag) => !flag))), new Set([1]));
});

test("dup: each copy may have another", () => {
  const bench = new WireBench({ set: { dup: "40" } });
  const copies = new Array<number>(N).fill(0);
  for (const { number } of bench.run(N, 1)) copies[number]!++;
  fits(chiSquare(histogram(copies, 9), geometric(0.6, 9)));
  differs(chiSquare(histogram(copies, 9), geometric(0.62, 9)));
});

test("dup: 100 percent has an end", () => {
  const bench = new WireBench({ set: { dup: "100" } });
  assert.is(bench.run(3, 1).length, 3 * 256);
  assert.is(bench.channel().statistics.duplicated, 3 * 255);
});

/** How long each frame took. One frame is under way at a time. */
function delays(set: WireSetup["set"], frames = 20_000): number[] {
  const bench = new WireBench({ seed: 11, ...(set && { set }) });
  return bench.run(frames, 10_000).map(({ number, atMs }) => atMs - number * 10_000);
}

test("delay: constant, even and normal", () => {
  assert.equal(new Set(delays({ delay: "20" }, 100)), new Set([20]));
  const even = delays({ delay: "100+50" });
  fits(ks(even, (x) => (x - 50) / 100));
  differs(ks(even, (x) => (x - 46) / 108));
  const normal = delays({ delay: "100+60N" });
  fits(ks(normal, (x) => normalBelow(x, 100, 20)));
  differs(ks(normal, (x) => normalBelow(x, 100, 22)));
});

test("delay: what would be below nothing is none", () => {
  const samples = delays({ delay: "0+50" });
  assert.is(Math.min(...samples), 0);
  fits(chiSquare(count(samples.map((ms) => ms === 0)), [0.5, 0.5]));
});

test("correlation: a delay is like the one before, and as spread as ever", () => {
  for (const [delay, below] of [
    ["100+60N", (x: number) => normalBelow(x, 100, 20)],
    ["100+50", (x: number) => (x - 50) / 100],
  ] as const) {
    const samples = delays({ delay, correlation: "80" });
    const alike = autocorrelation(samples);
    assert.ok(Math.abs(alike - 0.8) < 0.03, `${alike}`);
    fits(
      ks(
        samples.filter((_, i) => i % 40 === 0),
        below,
      ),
    ); // so far apart they are strangers
    assert.ok(Math.abs(autocorrelation(delays({ delay }))) < 0.03);
  }
});

/** Frames that came before one that was sent earlier. */
function overtakers(arrivals: readonly Arrival[]): number {
  return arrivals.filter(({ number }, i) => arrivals.slice(i + 1, i + 40).some((later) => later.number < number))
    .length;
}

test("reorder: so many percent skip the delay, and overtake", () => {
  const bench = new WireBench({ set: { delay: "20", reorder: "10" } });
  const arrivals = bench.run(N, 5);
  const ahead = arrivals.filter(({ number, atMs }) => atMs === number * 5).length;
  fits(chiSquare([ahead, N - ahead], [0.1, 0.9]));
  differs(chiSquare([ahead, N - ahead], [0.107, 0.893]));
  assert.ok(overtakers(arrivals) > 0.09 * N);
});

test("fifo: no frame overtakes another, and without it they do", () => {
  const bench = new WireBench({ set: { delay: "100+90" } });
  assert.equal(
    bench.run(2000, 1).map(({ number }) => number),
    Array.from({ length: 2000 }, (_, i) => i),
  );
  const loose = new WireBench({ set: { delay: "100+90" } });
  loose.filter.isFifo = false;
  const arrivals = loose.run(N, 1);
  fits(
    ks(
      arrivals.map(({ number, atMs }) => atMs - number),
      (x) => (x - 10) / 180,
    ),
  );
  assert.ok(overtakers(arrivals) > 0.5 * N);
});

function wrongBits(octets: Uint8Array): number[] {
  return [...octets].flatMap((octet, at) =>
    [0, 1, 2, 3, 4, 5, 6, 7].filter((bit) => octet & (1 << bit)).map((bit) => 8 * at + bit),
  );
}

test("noise: bits are wrong as often as is set, anywhere in the frame, and nowhere else", () => {
  const bench = new WireBench({ set: { noise: "2000" } });
  const frames = 10_000;
  const [bits, p] = [8000, 2000 / 2 ** 23];
  const flips: number[] = [];
  const places: number[] = [];
  for (let i = 0; i < frames; i++) if (bench.channel().put(new Uint8Array(1000), 0, 1000, 0)) flips.push(0);
  bench.channel().release(0, (octets, at, size) => {
    const wrong = wrongBits(octets.subarray(at, at + size));
    flips.push(wrong.length);
    places.push(...wrong);
    return true;
  });
  const counts = histogram(
    flips.map((wrong) => wrong + 1),
    7,
  );
  fits(chiSquare(counts, binomial(bits, p, 7)));
  fits(ks(places, (bit) => (bit + 1) / bits));
  differs(chiSquare(counts, binomial(bits, 1.05 * p, 7)));
  assert.is(bench.channel().statistics.corrupted, frames - counts[0]!);
});

/** Shares of a binomial distribution from 0, the last for that and all above. */
function binomial(trials: number, p: number, bins: number): number[] {
  const shares = [(1 - p) ** trials];
  for (let k = 1; k < bins; k++) shares.push((shares[k - 1]! * ((trials - k + 1) / k) * p) / (1 - p));
  shares[bins - 1] = 1 - shares.slice(0, -1).reduce((sum, share) => sum + share, 0);
  return shares;
}

test("noise: at its most every bit is wrong, and there is an end to it", () => {
  const bench = new WireBench({ set: { noise: "8M" } });
  bench.send(0, 100);
  assert.is(wrongBits(bench.arrivals[0][0]!.octets.subarray(4)).length, 8 * 96);
});

test("noise: the frame that was lent is left as it was", () => {
  const bench = new WireBench({ set: { noise: "8M" } });
  const frame = new Uint8Array(60);
  bench.channel().put(frame, 0, 60, 0);
  assert.equal([...frame], new Array(60).fill(0));
});

test("states: each has its share of the time, and its own settings", async () => {
  const bench = new WireBench({ seed: 5 });
  const manager = bench.open();
  for (const line of ["markov-numnodes 3", "markov-time 10", "setedge 0,1,20", "setedge 1,2,50", "setedge 2,0,25"])
    await manager.say(line);
  await manager.say("loss 100[1]");
  const stays: number[] = [0, 0, 0];
  let last = 0;
  const lengths: number[] = [];
  for (let step = 0, since = 0; step < N; step++) {
    bench.send();
    bench.pass(10);
    const { current } = bench.filter.chain;
    stays[current]!++;
    if (current !== last && last === 0) lengths.push(step - since);
    if (current !== last && current === 0) since = step;
    last = current;
  }
  // Visits are equally many, so shares are as the mean stays: 5, 2 and 4 steps.
  for (const [state, share] of [5 / 11, 2 / 11, 4 / 11].entries())
    assert.ok(Math.abs(stays[state]! / N - share) < 0.012, `${state}: ${stays[state]! / N} for ${share}`);
  fits(chiSquare(histogram(lengths, 15), geometric(0.2, 15)));
  assert.is(bench.channel().statistics.lost.loss, N - bench.arrivals[0].length);
  assert.ok(Math.abs(bench.channel().statistics.lost.loss - stays[1]!) < 3);
});

test("seed: a run comes again exactly, and another seed gives another", () => {
  const all = { loss: "10", dup: "5", delay: "50+30N", noise: "100", correlation: "30", reorder: "5", lostburst: "2" };
  const run = (seed: number) => new WireBench({ seed, set: all }).run(2000, 3);
  assert.equal(run(1), run(1));
  assert.not.equal(run(1), run(2));
  const first = new WireBench({ seed: 3, set: all });
  const again = new WireBench({ seed: 4, set: all });
  again.filter.seed = 3;
  assert.equal(first.run(500, 3), again.run(500, 3));
});

test("seed: which frames are lost does not hang on what else is set, nor on the other direction", () => {
  const plain = lost({ loss: "10" });
  assert.equal(lost({ loss: "10", delay: "20+5", dup: "30", reorder: "5" }), plain);
  const bench = new WireBench({ seed: 7, set: { loss: "10" } });
  for (let i = 0; i < 50; i++) bench.send(1);
  const there = new Set(bench.run(1000, 1).map(({ number }) => number - 50));
  assert.equal(
    plain.slice(0, 1000),
    Array.from({ length: 1000 }, (_, i) => !there.has(i)),
  );
  assert.ok(mean(plain.map(Number)) > 0);
});

test.run();
