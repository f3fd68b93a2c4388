// A running switch: started in a folder of its own, watched through /proc, and ended.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { atExit } from "./cleanup.js";
import { processorTime, residentMemory } from "./processor.js";
import { type Subject, type SwitchOptions, temporaryFolder } from "./subjects.js";

const LIFETIME_MS = 120_000;
const START_MS = 10_000;
const STOP_MS = 5_000;
const LOG = "log";

/** A switch that is up, and what the kernel says of its process. */
export class Switch {
  readonly dir: string;
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #forget: () => void;

  private constructor(child: ChildProcess, folder: string) {
    this.#child = child;
    this.#folder = folder;
    this.dir = join(folder, "ctl.d");
    this.#forget = atExit(() => child.kill("SIGKILL"));
  }

  static async start(subject: Subject, options: SwitchOptions): Promise<Switch> {
    const folder = temporaryFolder();
    const [program, ...args] = subject.command(join(folder, "ctl.d"), options);
    // Standard input stays open, and empty: where it ends, vde_switch does too.
    const log = openSync(join(folder, LOG), "w");
    const child = spawn(program!, args, {
      stdio: ["pipe", log, log],
      cwd: folder,
      timeout: LIFETIME_MS,
      killSignal: "SIGKILL",
    });
    closeSync(log);
    const running = new Switch(child, folder);
    await running.#listening(subject);
    return running;
  }

  async #listening({ name }: Subject): Promise<void> {
    for (let waited = 0; !existsSync(join(this.dir, "ctl")); waited += 20) {
      if (this.#over || waited > START_MS) throw new Error(`${name} did not start: ${this.lastWords}`);
      await sleep(20);
    }
    await sleep(100); // the name is there before listen(2)
  }

  get #over(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** The end of what the switch has printed: the reason, where there is one. */
  get lastWords(): string {
    return readFileSync(join(this.#folder, LOG), "utf8").trimEnd().slice(-400);
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** Seconds of processor time so far. */
  get cpu(): number {
    return processorTime(this.pid);
  }

  /** Megabytes of memory that are resident now. */
  get rss(): number {
    return residentMemory(this.pid);
  }

  async stop(): Promise<void> {
    if (!this.#over) {
      const gone = once(this.#child, "exit");
      this.#child.kill("SIGTERM");
      const late = setTimeout(() => this.#child.kill("SIGKILL"), STOP_MS);
      await gone;
      clearTimeout(late);
    }
    this.#forget();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
