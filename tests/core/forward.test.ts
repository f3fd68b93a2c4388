// How frames find their way: learning, flooding, and what a bridge never forwards.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { lab } from "../lab.js";

const test = suite("forward");

test("floods a frame for an address that it never saw", () => {
  const { say } = lab();
  assert.equal(say(1, "a > b"), ["2: a > b", "3: a > b"]);
});

test("sends to the one port where it saw the address", () => {
  const { say } = lab();
  say(1, "a > b");
  assert.equal(say(2, "b > a"), ["1: b > a"]);
});

test.run();
