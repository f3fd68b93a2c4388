// A tool of ours as a process of its own that is given few descriptors, and what the kernel says of it: how many it has
// open, and how much memory.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { residentOf } from "../process.js";

const loom = fileURLToPath(new URL("../../../bin/loom.js", import.meta.url));
const WAIT_MS = 30_000;

export interface Limits {
  /** What RLIMIT_NOFILE is. */
  readonly descriptors?: number;
  readonly env?: Readonly<Record<string, string>>;
}

export class Limited {
  readonly child: ChildProcess;
  said = "";

  constructor(words: readonly string[], { descriptors, env = {} }: Limits = {}) {
    const limit = descriptors === undefined ? "" : `ulimit -n ${descriptors} && `;
    const command = [process.execPath, loom, ...words];
    this.child = spawn("bash", ["-c", `${limit}exec "$@"`, "bash", ...command], {
      stdio: ["pipe", "ignore", "pipe"],
      env: { ...process.env, ...env },
    });
    this.child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.said += text;
    });
  }

  get isAlive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** How many descriptors it has open. */
  get descriptors(): number {
    return readdirSync(`/proc/${this.child.pid}/fd`).length;
  }

  /** Resident memory, in KiB. */
  get memory(): number {
    return residentOf(this.child.pid!) / 1024;
  }

  /** Waits for a file, a socket's mostly. */
  async has(path: string): Promise<this> {
    await this.until(() => existsSync(path), `makes ${path}`);
    return this;
  }

  /** Waits until it has said something. */
  async says(text: string): Promise<void> {
    await this.until(() => this.said.includes(text), `says ${text}`);
  }

  async until(condition: () => boolean, what: string): Promise<void> {
    for (const end = performance.now() + WAIT_MS; !condition(); await sleep(20)) {
      if (!this.isAlive) throw new Error(`it has ended, and not: ${what}\n${this.said}`);
      if (performance.now() > end) throw new Error(`it never ${what}\n${this.said}`);
    }
  }

  /** Ends it in order. Its exit code, or the signal that it died of. */
  async end(): Promise<number | NodeJS.Signals | null> {
    if (this.isAlive) {
      this.child.kill("SIGTERM");
      await once(this.child, "exit");
    }
    return this.child.exitCode ?? this.child.signalCode;
  }
}
