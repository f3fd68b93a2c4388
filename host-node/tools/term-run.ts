// vdeterm under way, with a person before it: what is typed goes to the console of another program, which may end, and is
// waited for until it is back.

import type { Socket } from "node:net";
import { Retry } from "../../host/retry.js";
import { ConsoleTerminal } from "../../host/terminal/console-terminal.js";
import { chance } from "../chance.js";
import { endWithReader } from "../cli/broken-pipe.js";
import { Failure, type Run } from "../cli/tool.js";
import { nodeClock } from "../clock.js";
import { userHistory } from "../terminal/history-file.js";
import { isDumb, isInteractive, styleOf, Tty } from "../terminal/tty.js";
import { connectConsole } from "../transports/console.js";

/** It is said once, and then in the exit code: whoever leaves a console that is gone knows it. */
const GONE = new Failure("");

export async function runTerm(path: string, run: Run): Promise<void> {
  if (isInteractive()) return await new TerminalRun(path, run).run();
  endWithReader(run.program);
  const { runPipedTerm } = await import("./term-pipe.js");
  await runPipedTerm(path, run);
}

class TerminalRun {
  readonly #path: string;
  readonly #run: Run;
  readonly #tty: Tty;
  readonly #terminal: ConsoleTerminal;
  readonly #retry = new Retry({ clock: nodeClock, chance });
  #socket: Socket | undefined;
  #finish: (error?: Error) => void = () => {};

  constructor(path: string, run: Run) {
    this.#path = path;
    this.#run = run;
    this.#tty = new Tty({
      ontype: (text) => this.#terminal.type(text),
      onresize: () => this.#terminal.resized(),
      onreturn: () => this.#terminal.return(),
      onend: () => this.#leave(),
    });
    this.#terminal = new ConsoleTerminal({
      write: (text) => this.#tty.write(text),
      size: () => this.#tty.size,
      history: userHistory(),
      style: styleOf(),
      isDumb: isDumb(),
      prompt: (name) => `${name}[${path}]: `,
      onleave: () => this.#leave(),
      oninterrupt: () => process.kill(process.pid, "SIGINT"),
      onsuspend: () => {
        this.#terminal.leave();
        this.#tty.suspend();
      },
    });
  }

  /** Runs until the person leaves, or a signal comes. */
  async run(): Promise<void> {
    this.#tty.start();
    try {
      this.#use(await connectConsole(this.#path));
      await new Promise<void>((resolve, reject) => {
        this.#finish = (error) => (error ? reject(error) : resolve());
        if (this.#run.stop.aborted) resolve();
        this.#run.stop.addEventListener("abort", () => resolve(), { once: true });
      });
    } finally {
      this.#retry.stop();
      this.#terminal.leave();
      this.#tty.stop();
      this.#socket?.destroy();
      process.stdin.destroy();
    }
  }

  #leave(): void {
    this.#finish(this.#socket === undefined ? GONE : undefined);
  }

  #use(socket: Socket): void {
    this.#socket = socket;
    this.#terminal.connect((text) => void (socket.writable && socket.write(text)));
    socket.on("data", (text) => this.#terminal.hear(String(text)));
    socket.on("error", () => {}); // "close" comes after it
    socket.once("close", () => this.#lost());
    this.#retry.up();
  }

  #lost(): void {
    this.#socket = undefined;
    if (this.#run.stop.aborted) return;
    const wasAskedFor = this.#terminal.lost(`lost: ${this.#path} hung up, and is waited for (exit ends)`);
    this.#retry.down();
    if (wasAskedFor) this.#finish();
    else this.#again();
  }

  #again(): void {
    this.#retry.again(async () => {
      try {
        this.#use(await connectConsole(this.#path));
      } catch {
        this.#again();
      }
    });
  }
}
