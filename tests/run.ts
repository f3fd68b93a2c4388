// Runs the tests with uvu, and fails where uvu would pass or wait for ever: on a file whose suite never runs, on no
// tests at all, on a hook that throws, on a test that never ends, on a test skipped without a reason, and on a socket
// or a timer left behind. The last line is for machines: "12 passed, 0 failed", and ", 3 skipped" where some were.

import { fileURLToPath } from "node:url";
import { parse } from "uvu/parse";
import { skips } from "./skip.js";

type Outcome = [errors: string | true, passed: number, skipped: number, total: number];
type Group = [name: string, ...suites: (() => Promise<Outcome>)[]];

/** A peer brings it along, and whoever installs this package does not have it. */
process.env["WS_NO_BUFFER_UTIL"] = "1";

const FILE_MS_MAX = 600_000;
const GRACE_MS = 2_000;

const tally = { passed: 0, failed: 0, skipped: 0 };
let finished = false;

// uvu runs what it finds in its queue, one group a file; it reads these globals when it is first imported. It has
// something to say at exit, too, so ours comes after.
const queue: Group[] = [];
Object.assign(globalThis, { UVU_DEFER: 1, UVU_QUEUE: queue });
const { exec } = await import("uvu");
process.once("exit", report);
process.on("uncaughtException", (error) => fail(error.stack ?? String(error)));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => fail(`stopped by ${signal}`));

const folder = fileURLToPath(new URL(".", import.meta.url));
const { suites } = await parse(folder, new RegExp(`(?:${process.argv[2] ?? ""}).*\\.test\\.js$`));
if (suites.length === 0) fail("no test file matches");
for (const { name, file } of suites) await collect(name, file);
await exec();
if (tally.skipped !== skips.length) fail("a test was skipped without a reason: see tests/skip.ts");
finished = true;
setTimeout(() => fail(`left behind: ${process.getActiveResourcesInfo().join(", ")}`), GRACE_MS).unref();

async function collect(name: string, file: string): Promise<void> {
  Object.assign(globalThis, { UVU_INDEX: queue.length });
  const group: Group = [name];
  queue.push(group);
  await import(file);
  const [, ...found] = group;
  if (found.length === 0) fail(`no test.run() in ${name}`);
  group.splice(1, found.length, ...found.map((suite) => () => counted(name, suite)));
}

/** Runs a suite within the time that a file has, and counts. uvu drops what a hook throws, but the sum shows it. */
async function counted(name: string, suite: () => Promise<Outcome>): Promise<Outcome> {
  const watchdog = setTimeout(() => fail(`${name}: not done after ${FILE_MS_MAX} ms`), FILE_MS_MAX).unref();
  const outcome = await suite();
  clearTimeout(watchdog);
  const [errors, passed, skipped, total] = outcome;
  tally.passed += passed;
  tally.failed += total - passed;
  tally.skipped += skipped;
  if (errors === true && passed < total) console.error(`${name}: a hook threw, and the suite stopped`);
  if (total + skipped === 0) fail(`no tests in a suite of ${name}`);
  return outcome;
}

function fail(why: string): never {
  tally.failed++;
  finished = true;
  console.error(`\n${why}`);
  process.exit(1);
}

/** Runs at the very end, however it came: a run that broke off counts as one more failure. */
function report(code: number): void {
  if (!finished || (code !== 0 && tally.failed === 0)) tally.failed++;
  if (tally.failed > 0) process.exitCode = 1;
  for (const skip of skips) console.log(`skipped: ${skip}`);
  const skipped = tally.skipped > 0 ? `, ${tally.skipped} skipped` : "";
  console.log(`\n${tally.passed} passed, ${tally.failed} failed${skipped}`);
}
