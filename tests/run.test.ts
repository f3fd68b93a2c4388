// The test runner on suites that must not pass: what each of them would get away with, were it uvu alone.

import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const test = suite("run");

const here = fileURLToPath(new URL(".", import.meta.url));
const tools = fileURLToPath(new URL("../host-node", import.meta.url)); // what the runner is built on
const modules = fileURLToPath(new URL("../../node_modules", import.meta.url));
const PREFACE = `
import { writeSync } from "node:fs";
import { createServer } from "node:net";
import { suite } from "uvu";
import { needs } from "./skip.js";
const test = suite("trial");
`;

interface Outcome {
  readonly ok: boolean;
  readonly lastLine: string;
}

interface How {
  readonly file?: string;
  /** Sent when the test file has begun, which says so on standard output. */
  readonly signal?: NodeJS.Signals;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs one test file in a folder of its own, with a copy of the runner. */
async function run(body: string, { file = "trial.test.js", ...how }: How = {}): Promise<Outcome> {
  const root = mkdtempSync(join(tmpdir(), "loom-run-"));
  const folder = join(root, "tests");
  try {
    mkdirSync(folder);
    symlinkSync(tools, join(root, "host-node"));
    for (const name of ["run.js", "run-files.js", "skip.js"]) cpSync(join(here, name), join(folder, name));
    symlinkSync(modules, join(folder, "node_modules"));
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    writeFileSync(join(folder, file), PREFACE + body);
    return await new Promise((done) => {
      const options = { env: { ...process.env, ...how.env } };
      const runner = execFile(process.execPath, [join(folder, "run.js")], options, (error, stdout) => {
        done({ ok: error === null, lastLine: stdout.trimEnd().split("\n").at(-1) ?? "" });
      });
      runner.stdout?.on("data", (text: string) => {
        if (how.signal !== undefined && text.includes("begun")) runner.kill(how.signal);
      });
    });
  } finally {
    rmSync(root, { recursive: true });
  }
}

test("a test that is skipped with a reason is counted, and is no failure", async () => {
  const outcome = await run(`test("a", () => {}); needs(test, { commands: ["no-such"] })("b", () => {}); test.run();`);
  assert.equal(outcome, { ok: true, lastLine: "1 passed, 0 failed, 1 skipped" });
});

const trials: Record<string, [body: string, lastLine: string]> = {
  "a test that throws": [`test("a", () => { throw new Error("x") }); test.run();`, "0 passed, 1 failed"],
  "a file whose suite never runs": [`test("a", () => {});`, "0 passed, 1 failed"],
  "a suite without tests": ["test.run();", "0 passed, 1 failed"],
  "a file that cannot be imported": [`throw new Error("x");`, "0 passed, 1 failed"],
  "a hook that throws": [`test.before(() => { throw 1 }); test("a", () => {}); test.run();`, "0 passed, 1 failed"],
  "a promise that never settles": [`test("a", () => new Promise(() => {})); test.run();`, "0 passed, 1 failed"],
  "a server left behind": [`test("a", () => { createServer().listen(0) }); test.run();`, "1 passed, 1 failed"],
  "a server left behind by a test that throws, once,": [
    `test("a", () => { createServer().listen(0); throw new Error("x") }); test.run();`,
    "0 passed, 1 failed",
  ],
  "an error after the end": [
    `test("a", () => { setTimeout(() => { throw 1 }, 9) }); test.run();`,
    "1 passed, 1 failed",
  ],
  "a skip without a reason": [`test("a", () => {}); test.skip("b"); test.run();`, "1 passed, 1 failed, 1 skipped"],
};

for (const [what, [body, lastLine]] of Object.entries(trials)) {
  test(`${what} is a failure`, async () => {
    assert.equal(await run(body), { ok: false, lastLine });
  });
}

test("no test file at all is a failure", async () => {
  assert.equal(await run("test.run();", { file: "trial.js" }), { ok: false, lastLine: "0 passed, 1 failed" });
});

const ENDLESS = `test("a", () => { writeSync(1, "begun"); for (;;); }); test.run();`;

test("a suite that never returns to the event loop ends at SIGTERM, with the tally", async () => {
  assert.equal(await run(ENDLESS, { signal: "SIGTERM" }), { ok: false, lastLine: "0 passed, 1 failed" });
});

test("a suite that takes longer than it may is ended, however busy it is", async () => {
  assert.equal(await run(ENDLESS, { env: { SUITE_MS_MAX: "500" } }), { ok: false, lastLine: "0 passed, 1 failed" });
});

test.run();
