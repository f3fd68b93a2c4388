// The load processes of one case: started with their endpoints, run together as often as needed, and sent home.

import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { atExit } from "./cleanup.js";
import type { Order, Report } from "./orders.js";
import type { Plug } from "./plug.js";

const LOAD = fileURLToPath(new URL("load.js", import.meta.url));
const LIFETIME_MS = 120_000;

function start(order: Order, plugs: readonly Plug[]): ChildProcess {
  const fds = order.ports.map((port) => plugs[port]!.data);
  const child = fork(LOAD, [JSON.stringify(order)], {
    stdio: ["ignore", "inherit", "inherit", "ipc", ...fds],
    timeout: LIFETIME_MS,
    killSignal: "SIGKILL",
  });
  const done = atExit(() => child.kill("SIGKILL"));
  child.once("exit", done);
  return child;
}

/** The next message of a process; a process that ends instead is an error. */
async function message(child: ChildProcess): Promise<unknown> {
  const over = new AbortController();
  const end = once(child, "exit", { signal: over.signal }).then(([code, signal]) => {
    throw new Error(`a load process ended early: ${signal ?? `exit ${code}`}`);
  });
  const said = once(child, "message", { signal: over.signal }).then(([value]) => value);
  try {
    return await Promise.race([said, end]);
  } finally {
    over.abort();
    await Promise.allSettled([said, end]);
  }
}

export class Crew {
  readonly #children: readonly ChildProcess[];

  private constructor(children: readonly ChildProcess[]) {
    this.#children = children;
  }

  /** Starts a process for each order, and waits until all are ready. */
  static async muster(orders: readonly Order[], plugs: readonly Plug[]): Promise<Crew> {
    const children = orders.map((order) => start(order, plugs));
    await Promise.all(children.map(message));
    return new Crew(children);
  }

  /** Runs all at once. The reports are in the order of the orders. */
  async run(ms: number): Promise<Report[]> {
    const reports = this.#children.map(message);
    for (const child of this.#children) child.send(ms);
    return (await Promise.all(reports)) as Report[];
  }

  get pids(): number[] {
    return this.#children.map(({ pid }) => pid!);
  }

  async dismiss(): Promise<void> {
    const alive = this.#children.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
    const gone = alive.map((child) => once(child, "exit"));
    for (const child of alive) child.kill("SIGKILL");
    await Promise.all(gone);
  }
}
