// A wire before a link: what every link must do, faults both ways, and the console of a switch that puts it there.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Link } from "../../host/link.js";
import { linkPair } from "../../host/link-pair.js";
import { Filter } from "../../host/wire/filter.js";
import { type FilteredLink, wireOf } from "../../host/wire/link.js";
import { applySettings, wireFrom } from "../../host/wire/settings.js";
import { nodeClock } from "../../host-node/clock.js";
import { exactClock } from "../../host-node/wire/exact-clock.js";
import { type StillClock, stillClock } from "../clock.js";
import { linkSuite } from "../conformance/link.js";
import { frame, words } from "../frame.js";
import { consoleBench } from "../host/console-bench.js";
import { until } from "../interop/wait.js";
import { refuses } from "../refusal.js";

linkSuite({ name: "wire without a fault", open: async () => through("") }).run();
linkSuite({ name: "wire with a delay", open: async () => through("delay=3") }).run();
linkSuite({
  name: "wire with a delay, on exact timers",
  open: async () => {
    const [left, right] = linkPair();
    return [wireFrom("delay=2,bandwidth=1G", { seed: 1, clock: exactClock() })(left), right];
  },
}).run();

async function through(settings: string): Promise<[Link, Link]> {
  const [left, right] = linkPair();
  return [wireFrom(settings, { seed: 1, clock: nodeClock })(left), right];
}

const test = suite("wire before a link");

interface Heard {
  readonly clock: StillClock;
  readonly near: Link;
  readonly far: Link;
  readonly filter: Filter;
  readonly atNear: string[];
  readonly atFar: string[];
}

function wired(settings: string): Heard {
  const clock = stillClock();
  const filter = new Filter({ seed: 1, now: () => clock.now() });
  applySettings(filter, settings);
  const [inside, far] = linkPair();
  const near = wireOf(filter, clock)(inside);
  const heard = { clock, near, far, filter, atNear: [] as string[], atFar: [] as string[] };
  near.onframe = (octets) => void heard.atNear.push(words(octets));
  far.onframe = (octets) => void heard.atFar.push(words(octets));
  return heard;
}

test("what is sent goes from left to right, what comes from right to left", () => {
  const { clock, near, far, atNear, atFar } = wired("delay=LR10,loss=RL100");
  assert.ok(near.send(frame("a > b")));
  far.send(frame("b > a"));
  clock.pass(9);
  assert.equal([atNear, atFar], [[], []]);
  clock.pass(1);
  assert.equal([atNear, atFar], [[], ["a > b"]]);
});

test("a setting that makes something due sooner is heard at once", () => {
  const { clock, near, atFar, filter } = wired("bandwidth=1");
  near.send(frame("a > b"));
  near.send(frame("a > c"));
  clock.pass(62_000);
  assert.equal(atFar, ["a > b"]);
  filter.chain.resize(2, clock.now());
  filter.onset();
  filter.chain.setEdge(0, 1, 100);
  clock.pass(1_000);
  assert.is(filter.chain.current, 1, "states go on without a frame");
  clock.pass(61_000);
  assert.equal(atFar, ["a > b", "a > c"]);
});

test("nothing comes, and no timer stays, after it is closed", () => {
  const { clock, near, far, atFar } = wired("delay=10");
  near.send(frame("a > b"));
  far.close();
  clock.pass(100);
  assert.equal(atFar, []);
  assert.is(near.send(frame("a > b")), false);
});

test("settings in a line are refused where they cannot be", () => {
  for (const line of ["loss", "loss=101", "toss=1", "preset=dial-up", "seed=x", "fifo=maybe", "delay=1[1]"])
    refuses("EINVAL", () => wired(line));
  const { filter } = wired("preset=dsl,loss=7,fifo=0,seed=42");
  assert.equal([filter.seed, filter.isFifo, filter.chain.state(0).settings[0].loss.value], [42, false, 7]);
});

test("a switch's console puts a wire before a link, lists it, and speaks to its console", async () => {
  const bench = consoleBench();
  const [inside, outside] = linkPair();
  const endpoint = bench.sw.plug(inside, { port: 3, description: "a link" });
  const manager = bench.open();
  const put = `wire/put 3 ${endpoint.id}`;
  assert.match(await manager.say(`wire/do 3 ${endpoint.id} showinfo`), /^0000 .*\n\.\n1022 .*there is no wire before/s);
  assert.match(await manager.say(`${put} loss=200`), /^1022 .*loss is 0 to 100/);
  assert.is(await manager.say(`${put} loss=RL100,delay=5`), "1000 Success\n");
  assert.match(await manager.say("wire/print"), /\nPort 0003 endpoint ID \d{4} wire left\n\.\n1000/);
  assert.match(await manager.say(`wire/do 3 ${endpoint.id} showinfo`), /\nLoss {3}L->R 0\+0U {3}R->L 100\+0U\n/);
  assert.is(await manager.say(`wire/do 3 ${endpoint.id} loss 0`), "0000 DATA END WITH '.'\n.\n1000 Success\n");
  assert.match(await manager.say(`wire/do 3 ${endpoint.id} loss -1`), /\.\n1022 Invalid argument: -1: a value is /);
  assert.match(await manager.say(`wire/do 3 ${endpoint.id} toss 1`), /\.\n1038 Function not implemented/);
  for (const nothing of ["", " "])
    assert.match(await manager.say(`wire/do 3 ${endpoint.id}${nothing}`), /\.\n1022 Invalid argument: which command/);
  assert.match(await manager.say(`wire/do 3 ${endpoint.id} shutdown`), /\.\n1001 .*port\/epclose/);
  outside.send(frame("a > *"));
  assert.is((bench.sw.linkOf(endpoint) as FilteredLink).filter.channel(1).statistics.received, 1);
  outside.close();
  bench.pass(0);
  assert.is(
    bench.sw.ports.list().some(({ endpoints }) => endpoints.length > 0),
    false,
  );
});

test("what is due soon is on time", async () => {
  const clock = exactClock();
  const late: number[] = [];
  for (let i = 0; i < 20; i++) {
    const dueMs = clock.now() + 2 + i / 10;
    clock.after(2 + i / 10, () => late.push(clock.now() - dueMs));
  }
  const off = clock.after(1, () => late.push(Number.NaN));
  off();
  await until("all timers rang", () => late.length === 20);
  assert.ok(
    late.every((ms) => ms >= 0),
    "none rings early, and none that was called off",
  );
});

test("exact timers that were called off are not kept until their time", () => {
  const clock = exactClock();
  const callOff = clock.after(1e6, () => {});
  const before = process.memoryUsage().arrayBuffers;
  for (let i = 0; i < 200_000; i++) clock.after(1e7, () => {})();
  assert.ok(process.memoryUsage().arrayBuffers - before < 1e6);
  callOff();
});

test.run();
