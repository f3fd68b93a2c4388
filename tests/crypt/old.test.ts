// VDE's old formats: what is wrapped is for the build that took the answer to its challenge.

import { createDecipheriv, randomBytes } from "node:crypto";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { CHACHA_FILE, CHALLENGE_SIZE, ChaChaFormat, PlainFormat } from "../../host-node/crypt/old/formats.js";
import { frame } from "./ends.js";

const test = suite("VDE's old formats");

for (const [attempt, block] of [0, 12, 0].entries())
  test(`ChaCha20: attempt ${attempt} answers as who counts blocks from ${block}, and frames are counted alike`, () => {
    const file = randomBytes(CHACHA_FILE);
    const format = new ChaChaFormat(file);
    const challenge = randomBytes(CHALLENGE_SIZE);
    for (let i = 0; i < attempt; i++) format.answer(challenge, i);
    for (const [wrapped, text] of [
      [format.answer(challenge, attempt), challenge],
      [format.wrap(frame(1)), frame(1)],
    ] as const) {
      const iv = Buffer.concat([Buffer.of(block, 0, 0, 0), wrapped.subarray(-12)]);
      const opened = createDecipheriv("chacha20", file.subarray(0, 32), iv).update(wrapped.subarray(0, -12));
      assert.equal(opened, Buffer.from(text));
    }
  });

test("no encryption: the first answer is as releases want it, the second as the present source does", () => {
  const format = new PlainFormat();
  const challenge = randomBytes(CHALLENGE_SIZE);
  assert.equal(
    [0, 1, 2].map((attempt) => format.answer(challenge, attempt).length),
    [128, 140, 128],
  );
  for (const attempt of [0, 1]) assert.ok(format.isAnswer(format.answer(challenge, attempt), challenge));
});

test.run();
