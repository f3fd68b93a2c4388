// What every link must do. The test of each transport runs this on its own links.

import { suite, type Test } from "uvu";
import * as assert from "uvu/assert";
import type { Link } from "../../host/link.js";
import { frame, words } from "../frame.js";

/** How to come by links of a kind. */
export interface LinkKind {
  readonly name: string;
  /** The two ends of a fresh path. */
  open(): Promise<[Link, Link]>;
  /** Lets what is under way arrive: a turn of the event loop, or a moment. */
  settle(): Promise<void>;
}

/** What is asked of the two ends of a fresh path, which is closed after it. */
const WISHES: Record<string, (left: Link, right: Link, settle: () => Promise<void>) => Promise<void>> = {
  "carries frames both ways, in order": async (left, right, settle) => {
    const heard: string[] = [];
    left.onframe = (octets) => void heard.push(`left ${words(octets)}`);
    right.onframe = (octets) => void heard.push(`right ${words(octets)}`);
    assert.ok(left.send(frame("a > b")));
    assert.ok(left.send(frame("a > c")));
    await settle();
    assert.ok(right.send(frame("b > a")));
    await settle();
    assert.equal(heard, ["right a > b", "right a > c", "left b > a"]);
  },
  "carries the shortest and the longest frames whole": async (left, right, settle) => {
    const heard: string[] = [];
    right.onframe = (octets) => void heard.push(words(octets));
    const sizes = [14, 59, 61, 1514, 1518, 9018, 9234];
    for (const size of sizes) assert.ok(left.send(frame(`a > b /${size}`)));
    await settle();
    assert.equal(
      heard,
      sizes.map((size) => `a > b /${size}`),
    );
  },
  "does not keep a frame that it was given": async (left, right, settle) => {
    const heard: string[] = [];
    right.onframe = (octets) => void heard.push(words(octets));
    const reused = frame("a > b");
    left.send(reused);
    reused.fill(0);
    await settle();
    assert.equal(heard, ["a > b"]);
  },
  "may be answered while it hands over a frame": async (left, right, settle) => {
    const heard: string[] = [];
    left.onframe = (octets) => void heard.push(words(octets));
    right.onframe = () => void right.send(frame("b > a"));
    left.send(frame("a > b"));
    await settle();
    assert.equal(heard, ["b > a"]);
  },
  "tells both ends once that it closed, and takes no frame after that": async (left, right, settle) => {
    const told: string[] = [];
    left.onclose = () => void told.push("left");
    right.onclose = () => void told.push("right");
    left.close();
    left.close();
    await settle();
    right.close();
    await settle();
    assert.equal(told.sort(), ["left", "right"]);
    assert.is(left.send(frame("a > b")), false);
    assert.is(right.send(frame("b > a")), false);
  },
  "may be closed while it hands over a frame": async (left, right, settle) => {
    let told = 0;
    right.onclose = () => void told++;
    right.onframe = () => right.close();
    left.send(frame("a > b"));
    await settle();
    assert.is(told, 1);
    assert.is(right.send(frame("b > a")), false);
  },
};

/** A suite for a kind of link. The caller may add hooks, and runs it. */
export function linkSuite({ name, open, settle }: LinkKind): Test {
  const test = suite(`link: ${name}`);
  for (const [wish, work] of Object.entries(WISHES))
    test(wish, async () => {
      const [left, right] = await open();
      try {
        await work(left, right, settle);
      } finally {
        left.close();
        right.close();
        await settle();
      }
    });
  return test;
}
