// Files that a manager names, as the switch reads them: without waiting, and no more of them than a script may have.

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { nodeSystem } from "../../host-node/system.js";
import { refuses } from "../refusal.js";

const test = suite("system");

const { readScript } = nodeSystem({
  switch: undefined as never,
  control: undefined,
  management: undefined,
  log() {},
  shutdown() {},
});
const folder = mkdtempSync(join(tmpdir(), "system-"));

test.after(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

test("reads a script of up to a mebibyte", () => {
  assert.is(readScript(file("short", "port/create 1\n# \u00fc\n")), "port/create 1\n# \u00fc\n");
  assert.is(readScript(file("empty", "")), "");
  assert.is(readScript(file("full", "#".repeat(1_048_576))).length, 1_048_576);
});

test("refuses what is no such file, at once", () => {
  const pipe = join(folder, "pipe");
  execFileSync("mkfifo", [pipe]);
  refuses("EINVAL", () => readScript(pipe));
  refuses("EINVAL", () => readScript("/dev/zero"));
  refuses("EINVAL", () => readScript(file("long", "#".repeat(1_048_577))));
  refuses("EISDIR", () => readScript(folder));
  refuses("ENOENT", () => readScript(join(folder, "none")));
});

test.run();
