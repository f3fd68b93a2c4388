// How soon a port that comes up may speak under spanning tree, and what keeps it from closing a loop by that.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { picture } from "../../host/console/fstp.js";
import type { Frame, Link } from "../../host/link.js";
import { linkPair } from "../../host/link-pair.js";
import type { Station } from "../lab.js";
import { bench, bpdu, CONFIGURATION, hex, states } from "./fstp-bench.js";

const test = suite("fstp trial");
/** How long a new guest waits at most, and the standard's Edge Delay, in milliseconds. */
const SOON = 300;
const EDGE_DELAY = 3000;
const PROBES = "034c4f4f4d01";

type Bench = ReturnType<typeof bench>;

const isProbe = (frame: Frame) => hex(frame).startsWith(PROBES);
const bpdusOf = ({ heard }: Station) => heard.filter((frame) => hex(frame).startsWith("0180c2000000"));

/** Lets time pass in steps, as it does where something happens meanwhile. */
function wait(made: Bench, ms: number): void {
  for (let i = 0; i < ms; i++) made.clock.pass(1);
}

/** A bridge behind stations that says nothing, and floods whatever is no BPDU. */
function flood(from: Station, ...to: readonly Station[]): void {
  from.link.onframe = (frame) => {
    from.heard.push(frame.slice());
    if (!hex(frame).startsWith("0180c2")) for (const { link } of to) link.send(frame.slice());
  };
}

test("a new guest talks within 0.3 s, and not before twelve proposals went unanswered", () => {
  const made = bench();
  wait(made, EDGE_DELAY);
  const guest = made.plug({ port: 4 });
  wait(made, 100);
  assert.is(states(made)[3], "discarding");
  wait(made, SOON - 100);
  assert.is(states(made)[3], "forwarding");
  assert.ok(bpdusOf(guest).length >= 12, `${bpdusOf(guest).length} proposals`);
  made.pass(0);
  assert.equal(made.say(4, "a > *"), ["1: a > *", "2: a > *", "3: a > *"]);
});

test("setfstp 1 interrupts guests for no more than 0.3 s", () => {
  const made = bench();
  wait(made, EDGE_DELAY);
  made.sw.fstp.enabled = false;
  made.sw.fstp.enabled = true;
  wait(made, SOON);
  assert.equal(states(made), ["forwarding", "forwarding", "forwarding"]);
});

test("a guest in a VLAN with a tree of its own, and in one without, talks as soon", () => {
  const made = bench([
    { port: 1, vlan: 7 },
    { port: 2, tagged: [7, 8] },
    { port: 3, trunk: true },
  ]);
  wait(made, SOON);
  assert.equal(states(made, 7), ["forwarding", "forwarding", "forwarding"]);
  assert.equal(states(made, 8).at(-1), "forwarding");
});

test("a port takes a bridge that is heard during the trial for one, and waits for its agreement", () => {
  const made = bench();
  wait(made, 150);
  made.say(1, bpdu({ flags: 0x0c, root: "f000020000000001" }));
  wait(made, 2 * SOON);
  assert.equal(states(made), ["discarding", "forwarding", "forwarding"]);
});

for (const [what, words] of [
  ["a rapid bridge", bpdu({ flags: 0x0c, root: "f000020000000001" })],
  ["a bridge that knows STP only", CONFIGURATION],
] as const)
  test(`a port closes at once at the first BPDU of ${what} that was late`, () => {
    const made = bench();
    made.sw.fstp.setOption(1, "rootguard", true);
    wait(made, SOON);
    assert.is(states(made)[0], "forwarding");
    made.stations[0]!.link.send(words);
    made.clock.pass(0);
    assert.is(states(made)[0], "discarding");
    wait(made, SOON);
    assert.is(states(made)[0], "discarding");
  });

test("a port where a bridge was heard once is given the standard's time", () => {
  const made = bench();
  made.say(1, bpdu({ flags: 0x0c, root: "f000020000000001" }));
  wait(made, EDGE_DELAY - 100);
  assert.is(states(made)[0], "discarding");
  wait(made, 200);
  assert.is(states(made)[0], "forwarding");
});

test("two ports into a bridge that says nothing: no loop closes, not for a moment", () => {
  const made = bench();
  const [one, two] = made.stations;
  flood(one!, two!);
  flood(two!, one!);
  for (let ms = 0; ms < 2 * EDGE_DELAY; ms++) {
    made.clock.pass(1);
    assert.ok(states(made).slice(0, 2).includes("discarding"), `both forward at ${ms} ms`);
  }
  assert.equal(states(made), ["forwarding", "discarding", "forwarding"]);
});

test("a second way into a bridge that says nothing stays closed while it is there, and opens when it is gone", () => {
  const made = bench([{ port: 1 }, { port: 3 }]);
  wait(made, EDGE_DELAY + SOON);
  const second = made.plug({ port: 2 });
  flood(made.stations[0]!, second);
  flood(second, made.stations[0]!);
  wait(made, 30_000);
  assert.equal(states(made), ["forwarding", "discarding", "forwarding"]);
  assert.ok(made.sw.fstp.branch(0, 2)?.isBridged);
  assert.ok([...picture(made.sw, 0)].includes("     +- x port 0002  Designated  discarding  a bridge without FSTP"));
  second.link.onframe = () => {};
  wait(made, EDGE_DELAY + 1000);
  assert.equal(states(made), ["forwarding", "forwarding", "forwarding"]);
});

test("a guest behind a port of late is not cut off by a second way that is plugged in then", () => {
  const made = bench([{ port: 2 }, { port: 3 }]);
  wait(made, SOON);
  const second = made.plug({ port: 1 });
  flood(made.stations[0]!, second);
  flood(second, made.stations[0]!);
  for (let ms = 0; ms < 2 * EDGE_DELAY; ms++) {
    made.clock.pass(1);
    assert.equal([...states(made)].sort(), ["discarding", "forwarding", "forwarding"], `at ${ms} ms`);
    assert.is(made.sw.vlans.members(0).find(({ port }) => port === 2)?.state, "forwarding");
  }
});

test("a loop that closes behind a port that has just opened is found in a moment", () => {
  const made = bench();
  wait(made, SOON);
  const [one, two] = made.stations;
  flood(one!, two!);
  wait(made, SOON);
  assert.is(states(made)[0], "discarding");
});

test("what another switch asks at the same time is heard, so that two do not open towards one bridge", () => {
  const made = bench();
  wait(made, 20);
  const probe = made.stations[1]!.heard.find(isProbe);
  assert.ok(probe !== undefined);
  const foreign = probe.slice();
  foreign.set([2, 0, 0, 0, 0, 9], 6);
  made.say(1, foreign);
  wait(made, 10 * SOON - 200);
  assert.equal(states(made), ["discarding", "forwarding", "forwarding"]);
  wait(made, SOON);
  assert.is(states(made)[0], "forwarding");
});

test("probes that are made up, old or cut short change nothing", () => {
  const made = bench();
  wait(made, SOON);
  const probe = made.stations[1]!.heard.find(isProbe)!;
  const other = (at: number, octets: readonly number[]) => {
    const frame = probe.slice();
    frame.set(octets, at);
    return frame;
  };
  made.say(1, other(24, [0, 0, 0, 0]), other(20, [0xff, 0xff]), other(22, [0x0f, 0xff]), probe.slice(0, 20));
  assert.equal(states(made), ["forwarding", "forwarding", "forwarding"]);
  wait(made, EDGE_DELAY);
  made.say(1, probe);
  assert.equal(states(made), ["forwarding", "forwarding", "forwarding"]);
});

test("a switch that stood still has not listened: it asks again before it opens a port", () => {
  const made = bench();
  wait(made, 100);
  for (let i = 0; i < 20; i++) made.clock.skip(40); // each step is late
  assert.equal(states(made), ["discarding", "discarding", "discarding"]);
  wait(made, SOON);
  assert.equal(states(made), ["forwarding", "forwarding", "forwarding"]);
});

test("a port whose frames are long on their way is given the standard's time, and so is one with a wire before it", () => {
  const made = bench();
  const far = (port: number, isDistant: boolean): Link => {
    const [inside] = linkPair();
    inside.isDistant = isDistant;
    made.sw.plug(inside, { port });
    return inside;
  };
  far(4, true);
  far(5, false);
  const led = far(6, false);
  const endpoint = made.sw.ports.get(6).endpoints[0]!;
  made.sw.lead(endpoint, () => led);
  wait(made, SOON);
  assert.equal(states(made).slice(3), ["discarding", "forwarding", "discarding"]);
  wait(made, EDGE_DELAY);
  assert.equal(states(made).slice(3), ["forwarding", "forwarding", "forwarding"]);
});

test("a shared LAN, and a port without AutoEdge, are not opened sooner", () => {
  const made = bench();
  made.sw.fstp.setOption(1, "shared", true);
  made.sw.fstp.setOption(2, "noautoedge", true);
  made.sw.fstp.enabled = false;
  made.sw.fstp.enabled = true;
  wait(made, EDGE_DELAY + SOON);
  assert.equal(states(made), ["discarding", "discarding", "forwarding"]);
});

test("a port that has just opened closes for another trial where this bridge agrees to a better one", () => {
  const made = bench();
  wait(made, 2 * SOON);
  const uplink = made.plug({ port: 4 });
  uplink.link.send(bpdu({ flags: 0x0e }));
  made.clock.pass(0);
  assert.equal(states(made), ["discarding", "discarding", "discarding", "forwarding"]);
  wait(made, SOON);
  assert.equal(states(made), ["forwarding", "forwarding", "forwarding", "forwarding"]);
});

test.run();
