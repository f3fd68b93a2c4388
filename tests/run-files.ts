// Runs test files with uvu, and fails where uvu would pass or wait forever: a file whose suite never runs, no tests at
// all, a hook that throws, a promise that never settles, a test skipped without a reason, a socket or a timer left
// behind. The last line is for machines: "12 passed, 0 failed", and ", 3 skipped" if any were.
//
// Started by run.ts, which gets the tally after every suite. A synchronous suite never returns to the event loop, so
// neither a signal nor a timer would be noticed in this process: stopping it is left to its parent.

import { fileURLToPath } from "node:url";
import { parse } from "uvu/parse";
import { skips } from "./skip.js";

type Outcome = [errors: string | true, passed: number, skipped: number, total: number];
type Tally = Record<"passed" | "failed" | "skipped", number>;
type Group = [name: string, ...suites: (() => Promise<Outcome>)[]];

/** A peer brings it along, and whoever installs this package does not have it. */
process.env["WS_NO_BUFFER_UTIL"] = "1";

const GRACE_MS = 2_000;

const tally: Tally = { passed: 0, failed: 0, skipped: 0 };
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
setTimeout(end, GRACE_MS).unref();

/** Something is open still. After a failure that is no news: whoever threw did not come to close it. */
function end(): void {
  if (tally.failed > 0) process.exit(1);
  fail(`left behind: ${process.getActiveResourcesInfo().join(", ")}`);
}

async function collect(name: string, file: string): Promise<void> {
  Object.assign(globalThis, { UVU_INDEX: queue.length });
  const group: Group = [name];
  queue.push(group);
  await import(file);
  const [, ...found] = group;
  if (found.length === 0) fail(`no test.run() in ${name}`);
  group.splice(1, found.length, ...found.map((suite) => () => counted(name, suite)));
}

/** Runs a suite and counts. uvu drops what a hook throws, but the sum shows it. */
async function counted(name: string, suite: () => Promise<Outcome>): Promise<Outcome> {
  process.send?.({ file: name, tally });
  const outcome = await suite();
  const [errors, passed, skipped, total] = outcome;
  tally.passed += passed;
  tally.failed += total - passed;
  tally.skipped += skipped;
  if (errors === true && passed < total) console.error(`${name}: a hook threw, and the suite stopped`);
  if (total + skipped === 0) fail(`no tests in a suite of ${name}`);
  process.send?.({ file: name, tally });
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
  process.send?.({ reported: true });
}
