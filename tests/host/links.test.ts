// Links in the ports of a switch: frames to and from rings that the core shares, and what plugging in and out does.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { LINK_COUNT } from "../../assembly/abi.js";
import { linkPair } from "../../host/link-pair.js";
import { stillClock } from "../clock.js";
import { frame, lab, makeSwitch, words } from "../lab.js";
import { refuses } from "../refusal.js";

const test = suite("links");

test("carries frames to a link that answers while it is handed one", () => {
  const { say, stations } = lab();
  const [, two] = stations;
  const hear = two!.link.onframe;
  two!.link.onframe = (octets) => {
    hear(octets);
    two!.link.send(frame("b > a"));
  };
  assert.equal(say(1, "a > *"), ["1: b > a", "2: a > *", "3: a > *"]);
});

test("hands over all that many senders have for one link, more than its ring holds", () => {
  const { stations, pass, say } = lab(Array.from({ length: 9 }, (_, i) => ({ port: i })));
  say(0, "z > *");
  for (const { link } of stations.slice(1)) for (let i = 0; i < 40; i++) link.send(frame("a > z /1500"));
  assert.is(pass(0).filter((heard) => heard === "0: a > z /1500").length, 320);
});

test("hands over a long row of short frames in one go", () => {
  const { stations, pass, say } = lab(Array.from({ length: 9 }, (_, i) => ({ port: i })));
  say(0, "z > *");
  for (const { link } of stations.slice(1)) for (let i = 0; i < 64; i++) link.send(frame("a > z"));
  assert.is(pass(0).filter((heard) => heard === "0: a > z").length, 512);
});

test("carries any number of frames of any size, whole and in order", () => {
  const { stations, pass, say } = lab([{ port: 1 }, { port: 2, tagged: [7] }]);
  say(1, "a > *");
  for (let round = 0; round < 300; round++) {
    const sizes = [60 + ((round * 131) % 9150), 60 + ((round * 17) % 1400), 60 + (round % 7)];
    for (const size of sizes) stations[1]!.link.send(frame(`b > a /${size}`));
    assert.equal(
      pass(0),
      sizes.map((size) => `1: ${words(frame(`b > a /${size}`))}`),
    );
  }
});

test("plugs a link out when it closes, and forgets what was behind it", () => {
  const { say, stations, sw } = lab();
  say(1, "a > *");
  stations[0]!.link.close();
  assert.equal(sw.ports.get(1).endpoints, []);
  assert.is(sw.fdb.count, 0);
  assert.equal(say(2, "b > a"), ["3: b > a"]);
});

test("takes more of a link in one turn than its ring holds", () => {
  const { stations, pass } = lab();
  let heard = 0;
  stations[1]!.link.onframe = () => void heard++;
  for (let i = 0; i < 1000; i++) stations[0]!.link.send(frame("a > * /1514"));
  pass(0);
  assert.is(heard, 1000);
});

test("takes nothing from a link that was plugged out, which brings frames all the same", () => {
  const { sw, stations, pass } = lab();
  const [late, peer] = linkPair();
  const endpoint = sw.plug(late, { port: 4 });
  sw.unplug(endpoint);
  sw.plug(linkPair()[0], { port: 5 });
  assert.not(peer.send(frame("a > *")));
  late.onframe(frame("a > *"));
  assert.equal(pass(0), []);
  assert.is(stations.length, 3);
});

test("closes a link that is plugged out", () => {
  const { stations, sw } = lab();
  let closed = 0;
  stations[0]!.link.onclose = () => closed++;
  sw.unplug(stations[0]!.endpoint);
  sw.unplug(stations[0]!.endpoint);
  assert.is(closed, 1);
  assert.is(stations[0]!.link.send(frame("a > b")), false);
});

test("gives the rings of a link that is plugged out, and in again, while it hears a frame, to the new one clean", () => {
  const { say, stations, sw, plug } = lab();
  const [, two] = stations;
  two!.link.onframe = () => {
    sw.unplug(two!.endpoint);
    if (stations.length === 3) plug({ port: 2 });
  };
  say(1, "a > *", "a > *", "a > *");
  assert.equal(say(3, "c > *"), ["1: c > *", "2: c > *"]);
  assert.equal(say(1, "a > c"), ["3: a > c"]);
});

test("has room for 1,088 links, says so beyond them, and has room again when one goes", () => {
  const { sw } = makeSwitch(stillClock(), { ports: 1024 });
  const plug = (port: number): ReturnType<typeof sw.plug> => sw.plug(linkPair()[0], { port });
  const endpoints = Array.from({ length: LINK_COUNT }, (_, i) => plug(1 + (i % 1024)));
  refuses("EMFILE", () => plug(7));
  sw.unplug(endpoints[100]!);
  assert.is(plug(7).plug.link, 100);
});

test("carries frames between links of any number, the last as the first", () => {
  const clock = stillClock();
  const { sw } = makeSwitch(clock, { ports: 1024 });
  const heard: string[] = [];
  const far = Array.from({ length: 1024 }, (_, i) => {
    const [near, other] = linkPair();
    other.onframe = (octets) => void heard.push(`${i}: ${words(octets)}`);
    sw.plug(near, { port: i + 1 });
    return other;
  });
  const said = (from: number, text: string): string[] => {
    heard.length = 0;
    far[from]!.send(frame(text));
    clock.pass(0);
    return heard;
  };
  assert.is(said(31, "a > *").length, 1023);
  assert.is(said(1023, "b > *").length, 1023);
  for (const from of [0, 32, 63, 64, 1022]) assert.equal(said(from, "c > a"), ["31: c > a"]);
  assert.equal(said(500, "c > b"), ["1023: c > b"]);
});

test("is what it was after two thousand links that came and went", () => {
  const { say, plug, sw } = lab();
  for (let i = 0; i < 2_000; i++) {
    const station = plug({ port: 4 + (i % 3) });
    if (i % 100 === 0) assert.ok(say(1, "a > *").includes(`${station.port}: a > *`));
    sw.unplug(station.endpoint);
  }
  assert.equal(say(1, "a > *"), ["2: a > *", "3: a > *"]);
  assert.is(sw.memory.queued, 0);
});

test.run();
