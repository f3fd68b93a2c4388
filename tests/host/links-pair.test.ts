// Two links back to back are links like any other.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { LOST_IN_RING } from "../../host/counters.js";
import { linkPair } from "../../host/link-pair.js";
import { linkSuite } from "../conformance/link.js";
import { frame, words } from "../frame.js";
import { consoleBench } from "./console-bench.js";

linkSuite({ name: "pair", open: async () => linkPair() }).run();

const test = suite("link that nobody listens to");

test("what is beyond its limits is counted, and shown at the port that it comes into", () => {
  const { sw } = consoleBench();
  const [inside, outside] = linkPair();
  for (let i = 0; i < 600; i++) outside.send(frame("a > b"));
  assert.is(inside.unheard, 88);
  sw.plug(inside, { port: 1 });
  assert.is(sw.counters(1).drops[LOST_IN_RING.name], 88);
});

test("frames come first, then the end of the link", async () => {
  const [left, right] = linkPair();
  const heard: string[] = [];
  left.send(frame("a > b"));
  left.close();
  right.onclose = () => void heard.push("end");
  right.onframe = (octets) => void heard.push(words(octets));
  assert.equal(heard, [], "not while listeners are being set");
  await Promise.resolve();
  assert.equal(heard, ["a > b", "end"]);
});

test("a frame that breaks who listens first ends the link with the reason, and nothing else", async () => {
  const [left, right] = linkPair();
  const heard: string[] = [];
  left.send(frame("a > b"));
  right.onclose = (reason) => void heard.push(reason?.message ?? "");
  right.onframe = () => {
    throw new Error("broken by it");
  };
  await new Promise((done) => setImmediate(done));
  assert.equal(heard, ["broken by it"]);
});

test("who closes it hears nothing more of it", async () => {
  const [left, right] = linkPair();
  const heard: string[] = [];
  left.send(frame("a > b"));
  right.onframe = (octets) => void heard.push(words(octets));
  right.close();
  await Promise.resolve();
  assert.equal(heard, []);
});

test.run();
