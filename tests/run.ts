// Runs the tests with uvu, and fails where uvu would pass or wait for ever: on a file whose suite never runs,
// on no tests at all, on a test that never ends, and on a socket or a timer left behind.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "uvu/parse";
import { run } from "uvu/run";

const RUN_MS_MAX = 1_200_000;
const GRACE_MS = 2_000;

const folder = fileURLToPath(new URL(".", import.meta.url));
const { suites } = await parse(folder, new RegExp(`${process.argv[2] ?? ""}.*\\.test\\.js$`));
const silent = suites.filter(({ file }) => !readFileSync(file, "utf8").includes("\ntest.run();"));
if (suites.length === 0) fail("no test file matches");
if (silent.length > 0) fail(`no test.run() in ${silent.map(({ name }) => name).join(", ")}`);

// These timers keep nothing alive: they fire only where something else does.
const watchdog = setTimeout(() => fail(`not done after ${RUN_MS_MAX} ms`), RUN_MS_MAX).unref();
await run(suites, { bail: false });
clearTimeout(watchdog);
setTimeout(() => fail(`left behind: ${process.getActiveResourcesInfo().join(", ")}`), GRACE_MS).unref();

function fail(why: string): never {
  console.error(why);
  process.exit(1);
}
