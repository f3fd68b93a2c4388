// What every link must do, on Node and in a page.

import * as assert from "uvu/assert";
import type { Link } from "../../host/link.js";
import { frame, words } from "../frame.js";
import { until } from "../interop/wait.js";

/** What a kind of link promises. */
export interface Promises {
  /** Whether one end hears that the other closed. A datagram says nothing. */
  readonly tellsOfClose?: boolean;
  /** The longest frame that it carries. */
  readonly longest?: number;
}

const LONGEST = 9_234;
const SIZES = [14, 59, 61, 1514, 1518, 9018];
const BURST = 300;
/** What may come at once and must not be lost, whatever the link is made of. */
const BURST_MIN = 60;
/** More than any link holds for who does not listen. */
const FLOOD = 2_000;

type Wish = (left: Link, right: Link, kind: Promises) => Promise<void>;

/** What is asked of the two ends of a fresh path, which is closed after it. */
export const WISHES: Readonly<Record<string, Wish>> = {
  "carries frames both ways, in order": async (left, right) => {
    const [atLeft, atRight] = [ear(left), ear(right)];
    assert.ok(left.send(frame("a > b")));
    assert.ok(left.send(frame("a > c #7")));
    await atRight("a > b", "a > c #7");
    assert.ok(right.send(frame("b > a")));
    await atLeft("b > a");
  },
  "carries the shortest and the longest frames whole": async (left, right, { longest = LONGEST }) => {
    const heard = ear(right);
    const sizes = [...SIZES.filter((size) => size < longest), longest];
    for (const size of sizes) assert.ok(left.send(frame(`a > b /${size}`)));
    await heard(...sizes.map((size) => `a > b /${size}`));
  },
  "carries all that it took of many frames at once": async (left, right) => {
    let count = 0;
    right.onframe = () => void count++;
    const taken = Array.from({ length: BURST }, () => left.send(frame("a > b"))).filter((was) => was).length;
    await until(`${taken} frames`, () => count === taken);
    assert.ok(taken >= BURST_MIN, `${taken} of ${BURST} were taken`);
  },
  "keeps what comes before anybody listens": async (left, right) => {
    assert.ok(left.send(frame("a > b")));
    assert.ok(left.send(frame("a > c")));
    await aWhile();
    const heard = ear(right);
    assert.ok(left.send(frame("a > d")));
    await heard("a > b", "a > c", "a > d");
  },
  "keeps no more than a socket does of what nobody listens to": async (left, right) => {
    for (let i = 0; i < FLOOD; i++) {
      left.send(frame("a > b /1514"));
      if (i % 50 === 0) await aWhile(1);
    }
    await aWhile();
    const heard: string[] = [];
    right.onframe = (octets) => void heard.push(words(octets));
    await until("a frame after what was kept", () => {
      left.send(frame("a > c"));
      return heard.at(-1) === "a > c";
    });
    const kept = heard.indexOf("a > c");
    assert.ok(kept > 0 && kept < FLOOD, `${kept} of ${FLOOD} were kept`);
  },
  "tells of an end that came before anybody asked": async (left, right, { tellsOfClose = true }) => {
    if (!tellsOfClose) return;
    left.close();
    await aWhile();
    let told = 0;
    right.onclose = () => void told++;
    await until("the end", () => told === 1);
  },
  "does not keep a frame that it was given": async (left, right) => {
    const heard = ear(right);
    const reused = frame("a > b");
    left.send(reused);
    reused.fill(0);
    await heard("a > b");
  },
  "may be answered while it hands over a frame": async (left, right) => {
    const heard = ear(left);
    right.onframe = () => void right.send(frame("b > a"));
    left.send(frame("a > b"));
    await heard("b > a");
  },
  "tells once that it closed, and takes no frame after that": async (left, right, { tellsOfClose = true }) => {
    const told: string[] = [];
    left.onclose = () => void told.push("left");
    right.onclose = () => void told.push("right");
    left.close();
    left.close();
    if (tellsOfClose) await until("the other end hears of it", () => told.includes("right"));
    right.close();
    await until("both ends hear of it", () => told.length === 2);
    assert.equal(told.sort(), ["left", "right"]);
    assert.is(left.send(frame("a > b")), false);
    assert.is(right.send(frame("b > a")), false);
  },
  "may be closed while it hands over a frame": async (left, right) => {
    let [heard, told] = [0, 0];
    right.onclose = () => void told++;
    right.onframe = () => {
      heard++;
      right.close();
    };
    for (let i = 0; i < 10; i++) left.send(frame("a > b"));
    await until("a frame", () => heard > 0);
    assert.equal([heard, told], [1, 1]);
    assert.is(right.send(frame("b > a")), false);
  },
};

/** Time enough for what was sent to come, whatever it comes by. */
function aWhile(ms = 50): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}

/** Listens from now on. What it returns waits for these frames, and no others. */
function ear(link: Link): (...wanted: readonly string[]) => Promise<void> {
  const heard: string[] = [];
  link.onframe = (octets) => void heard.push(words(octets));
  return async (...wanted) => {
    await until(wanted.join(", "), () => heard.length >= wanted.length);
    assert.equal(heard, wanted);
  };
}
