// Sessions with VDE's own switch, had again with ours: the same octets, but for what differences.ts lists.

import { readdirSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { differences } from "../transcripts/differences.js";
import { machines } from "../transcripts/machines.js";
import { replay } from "../transcripts/replay.js";

const test = suite("transcripts");
const folder = new URL("../../../tests/transcripts/", import.meta.url);
const names = readdirSync(folder)
  .filter((file) => file.endsWith(".txt"))
  .map((file) => file.slice(0, -".txt".length));

for (const name of names) {
  test(`${name} goes as with VDE's switch`, async () => {
    assert.is((await replay(name, machines[name])).join("\n"), "");
  });
}

test("a difference that is not listed shows", async () => {
  const [banner, ...others] = differences;
  assert.ok((await replay("head", {}, others)).some((failure) => failure.includes(" Virtual Square Team ")));
  assert.ok(banner !== undefined);
});

test("a difference that is listed and is none shows", async () => {
  const none = { what: "", why: "", at: [{ file: "head", action: "> bogus again", ours: [] }] };
  assert.equal(await replay("head", {}, [...differences, none]), [
    "listed as a difference, and none: head: > bogus again",
  ]);
});

test("every listed difference is in a transcript that is there", () => {
  for (const { at = [] } of differences) for (const { file } of at) assert.ok(names.includes(file), file);
});

test.run();
