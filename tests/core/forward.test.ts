// How frames find their way: learning, flooding, hub mode, and what a bridge never forwards.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { lab, plain } from "../lab.js";

const test = suite("forward");

test("floods a frame for an address that it never saw", () => {
  const { say } = lab();
  assert.equal(say(1, "a > b"), ["2: a > b", "3: a > b"]);
});

test("sends to the one port where it saw the address", () => {
  const { say } = lab();
  say(1, "a > b");
  assert.equal(say(2, "b > a"), ["1: b > a"]);
  assert.equal(say(1, "a > b"), ["2: a > b"]);
});

test("floods what goes to everybody or to a group, whoever is known", () => {
  const { say } = lab();
  say(1, "a > *");
  assert.equal(say(2, "b > *"), ["1: b > *", "3: b > *"]);
  assert.equal(say(2, "b > 01:00:5e:00:00:01"), ["1: b > 01:00:5e:00:00:01", "3: b > 01:00:5e:00:00:01"]);
});

test("learns nothing from a frame whose source is a group", () => {
  const { say, sw } = lab();
  assert.equal(say(1, "03:00:00:00:00:01 > *").length, 2);
  assert.is(sw.fdb.count, 0);
});

test("learns the address of zeros like any other", () => {
  const { say } = lab();
  say(1, "00:00:00:00:00:00 > *");
  assert.equal(say(2, "b > 00:00:00:00:00:00"), ["1: b > 00:00:00:00:00:00"]);
});

test("drops a frame for an address behind the port that it came from", () => {
  const { say, sw } = lab();
  say(1, "a > *", "b > *");
  assert.equal(say(1, "a > b"), []);
  assert.equal(sw.counters(1).drops, { local: 1 });
});

test("carries a frame octet for octet, of every length that it takes", () => {
  const { say } = lab();
  for (const size of [14, 15, 59, 60, 61, 1514, 1518, 9215, 9216]) {
    assert.equal(
      say(1, `a > b /${size}`),
      size === 60 ? ["2: a > b", "3: a > b"] : [2, 3].map((port) => `${port}: a > b /${size}`),
    );
  }
});

test("keeps the order of frames from one port to another", () => {
  const { say } = lab();
  const sizes = Array.from({ length: 200 }, (_, i) => `a > * /${100 + i}`);
  assert.equal(
    say(1, ...sizes).filter((heard) => heard.startsWith("2")),
    sizes.map((text) => `2: ${text}`),
  );
});

test("gives each endpoint of a port a copy, and none of another's frames", () => {
  const { say, stations, plug } = lab();
  const second = plug({ port: 1 });
  assert.equal(say(2, "b > *"), ["1: b > *", "1: b > *", "3: b > *"]);
  assert.equal(say(1, "a > *"), ["2: a > *", "3: a > *"]);
  assert.equal(say(second, "c > a"), []);
  assert.equal(say(2, "b > a"), ["1: b > a", "1: b > a"]);
  assert.equal(stations.length, 4);
});

test("filters 01:80:C2:00:00:00 to 0F, which stay on their cable", () => {
  const { say, sw } = lab();
  for (let last = 0; last < 16; last++) assert.equal(say(1, `a > 01:80:c2:00:00:0${last.toString(16)}`), []);
  assert.equal(sw.counters(1).drops, { reserved: 16 });
  assert.is(sw.fdb.count, 0);
  for (const next of ["01:80:c2:00:00:10", "01:80:c2:00:01:00", "01:80:c3:00:00:00", "01:80:c2:01:00:00"])
    assert.is(say(1, `a > ${next}`).length, 2);
});

test("filters them with a tag, too", () => {
  const { say } = lab([
    { port: 1, tagged: [7] },
    { port: 2, vlan: 7 },
  ]);
  assert.equal(say(1, "a > 01:80:c2:00:00:0e #7"), []);
  assert.equal(say(1, "a > 01:80:c2:00:00:0e #0"), []);
});

test("passes them on where it is to be transparent", () => {
  const { say, sw } = lab();
  sw.transparent = true;
  assert.equal(say(1, "a > 01:80:c2:00:00:0e"), ["2: a > 01:80:c2:00:00:0e", "3: a > 01:80:c2:00:00:0e"]);
});

test("as a hub sends every frame as it is to every other port, and learns nothing", () => {
  const { say, sw } = lab([{ port: 1 }, { port: 2, vlan: 7 }, { port: 0 }], { hub: true });
  const frames = ["a > b", "a > a", "a > b #7", "a > b #0p5", "a > b #7 #8", "a > b @9", "a > 01:80:c2:00:00:00"];
  for (const text of frames) assert.equal(say(1, text), [`0: ${text}`, `2: ${text}`]);
  assert.is(sw.fdb.count, 0);
});

test("forgets what it learned when it becomes a hub, and knows nothing when it is a switch again", () => {
  const { say, sw } = lab();
  say(1, "a > *");
  sw.hub = true;
  sw.hub = false;
  assert.is(sw.fdb.count, 0);
  assert.is(say(2, "b > a").length, 2);
});

test("forwards between all of the ports 0 to 4096 at once", () => {
  const { say, plug, sw } = lab([], { ports: 4096 });
  const used = [0, 1, 63, 64, 65, 127, 128, 511, 512, 1023, 1024, 4032, 4095, 4096];
  for (const port of used) plug({ port });
  for (const port of used)
    assert.equal(
      say(port, `02:00:00:00:01:${(port % 251).toString(16).padStart(2, "0")} > *`).map((heard) =>
        Number.parseInt(heard, 10),
      ),
      used.filter((other) => other !== port),
    );
  assert.is(sw.fdb.count, used.length);
});

test("holds 256 links in as many ports, and each hears a broadcast once", () => {
  const { say } = lab(
    Array.from({ length: 256 }, (_, i) => ({ port: 4 * i })),
    { ports: 1024 },
  );
  assert.is(say(512, "a > *").length, 255);
  assert.equal(say(1020, "b > a"), ["512: b > a"]);
});

test("has nowhere to send a frame that comes in by the only port", () => {
  const { say, sw } = lab(plain.slice(0, 1));
  assert.equal(say(1, "a > *"), []);
  assert.equal(sw.counters(1).drops, { nowhere: 1 });
});

test.run();
