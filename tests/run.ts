// Runs the tests in a process of its own, and ends it when it does not end by itself: at a signal, which a synchronous
// suite would not notice, and when a suite takes longer than it may. The last line is the tally in either case.

import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";

/** What run-files.ts sends after every suite, and when it has printed its tally. */
interface Report {
  readonly file?: string;
  readonly tally?: Readonly<Record<"passed" | "failed" | "skipped", number>>;
  readonly reported?: boolean;
}

/** A suite may take this long; `SUITE_MS_MAX` in the environment overrides it. */
const SUITE_MS_MAX = Number(process.env["SUITE_MS_MAX"] ?? 600_000);
/** How long the tests may take to clean up after a signal, until they are killed. */
const GRACE_MS = 3_000;

let tally = { passed: 0, failed: 0, skipped: 0 };
let reported = false;
let why = "";

const child = fork(fileURLToPath(new URL("run-files.js", import.meta.url)), process.argv.slice(2));
let watchdog = setTimeout(() => {}, 0);

child.on("message", (report: Report) => {
  reported ||= report.reported === true;
  tally = { ...tally, ...report.tally };
  if (report.file === undefined) return;
  clearTimeout(watchdog);
  watchdog = setTimeout(() => stop("SIGTERM", `${report.file}: not done after ${SUITE_MS_MAX} ms`), SUITE_MS_MAX);
});

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => stop(signal, `stopped by ${signal}`));
}

child.on("close", (code, signal) => {
  clearTimeout(watchdog);
  process.exitCode = code ?? 1;
  if (reported) return;
  const skipped = tally.skipped > 0 ? `, ${tally.skipped} skipped` : "";
  if (why === "") console.error(`\nthe tests ended with ${signal ?? code}`);
  console.log(`\n${tally.passed} passed, ${tally.failed + 1} failed${skipped}`);
  process.exitCode ||= 1;
});

/** Lets the tests end what they started, if they hear of it; kills them, if they do not. */
function stop(signal: NodeJS.Signals, reason: string): void {
  why = reason;
  console.error(`\n${reason}`);
  child.kill(signal);
  setTimeout(() => child.kill("SIGKILL"), GRACE_MS).unref();
}
