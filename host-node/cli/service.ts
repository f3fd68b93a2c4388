// A tool that runs on: signals, log, pidfile and background, and an end in order whatever ends it.

import { isatty } from "node:tty";
import { SwitchError } from "../../host/errors.js";
import { shortage } from "../resources/process.js";
import { isBackground, releaseParent, sayToParent } from "./daemon.js";
import type { Ending } from "./ending.js";
import { type Log, standardError, syslog } from "./log.js";
import { writePidfile } from "./pidfile.js";
import { onSignals, signalNumber } from "./signals.js";
import { Failure, type Run } from "./tool.js";

const STDERR = 2;
const STDIN = 0;
const CLEAN_UP_MS = 5_000;

export interface ServiceOptions {
  readonly pidfile?: string | undefined;
  readonly isFilter?: boolean;
}

/** One run of a tool. */
class Service implements Run {
  readonly program: string;
  readonly #controller = new AbortController();
  readonly stop = this.#controller.signal;
  readonly #pidfile: string | undefined;
  readonly #isFilter: boolean;
  #log: Log;
  #diverted: Log | undefined;
  #removePidfile: () => void = () => {};
  #ending: Ending = 0;

  constructor(program: string, { pidfile, isFilter = false }: ServiceOptions) {
    this.program = program;
    this.#pidfile = pidfile;
    this.#isFilter = isFilter;
    this.#log = isBackground ? sayToParent : standardError(program);
  }

  log(text: string): void {
    (this.#diverted ?? this.#log)(text);
  }

  divert(log: Log | undefined): void {
    this.#diverted = isatty(STDERR) ? log : undefined;
  }

  end(): void {
    this.#controller.abort();
  }

  ready(): void {
    if (this.#pidfile !== undefined) this.#removePidfile = writePidfile(this.#pidfile);
    if (!isBackground) return;
    this.#log = syslog(this.program);
    this.log("started");
    releaseParent(0);
  }

  fail(error: unknown): void {
    if (this.#ending === 0) this.#ending = error instanceof Failure ? error.exitCode : 1;
    const why = explain(error);
    if (why !== "") this.log(why);
    this.end();
  }

  async run(task: (run: Run) => Promise<void>): Promise<Ending> {
    if (isatty(STDIN)) (await import("../terminal/background.js")).ignoreTerminalStops();
    const forget = onSignals((signal) => this.#caught(signal), { hangUpEnds: this.#isFilter });
    process.on("uncaughtException", (error) => this.fail(error));
    this.stop.addEventListener("abort", () => this.#limitCleanUp());
    const hush = shortage.tell((text) => this.log(text));
    try {
      await task(this);
    } catch (error) {
      if (error !== this.stop.reason) this.fail(error); // else it was stopped while it waited
    }
    this.#removePidfile();
    hush();
    forget();
    if (isBackground) releaseParent(typeof this.#ending === "number" ? this.#ending : 1);
    return this.#ending;
  }

  #caught(signal: NodeJS.Signals): void {
    if (!this.#isFilter) this.log(`Caught signal ${signalNumber(signal)}, cleaning up and exiting`);
    if (signal !== "SIGTERM") this.#ending = signal;
    this.end();
  }

  #limitCleanUp(): void {
    const late = () => {
      this.log(`not cleaned up after ${CLEAN_UP_MS / 1000} s: files may be left behind`);
      process.exit(1);
    };
    setTimeout(late, CLEAN_UP_MS).unref();
  }
}

/** What was refused or went away in its own words; a fault of the program with the place where it is. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error instanceof Failure || error instanceof SwitchError
    ? error.message
    : `fault: ${error.stack ?? error.message}`;
}

/** Runs a task until it is done, and returns how the process shall end. */
export function runService(
  program: string,
  options: ServiceOptions,
  task: (run: Run) => Promise<void>,
): Promise<Ending> {
  return new Service(program, options).run(task);
}
