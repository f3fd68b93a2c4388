// Starts the commands of a pipeline on real pipes: VDE's wirefilter takes nothing else.

import { type ChildProcess, spawn } from "node:child_process";
import { exitCodeOf } from "../cli/signals.js";
import { close } from "../native/libc.js";
import { pipe } from "../native/pipe.js";
import { reason } from "../reason.js";
import type { Pipeline } from "./grammar.js";

/** What VDE's filters find their second pair of descriptors by. */
export const ENVIRONMENT = { ALTERNATE_STDIN: "3", ALTERNATE_STDOUT: "4" };

const NOT_FOUND = 127;
const NOT_RUN = 126;
const HIGHEST = 4;

/** The descriptors of each command: its standard ones, and a second pair for those in the middle. */
export class Wiring {
  readonly #pipeline: Pipeline;
  readonly #fds: (number | undefined)[][];
  readonly #open: number[] = [];

  constructor(pipeline: Pipeline) {
    this.#pipeline = pipeline;
    this.#fds = pipeline.commands.map(() => []);
    for (const { from, to } of pipeline.pipes) {
      const [read, write] = pipe();
      this.#fds[from.command]![from.fd] = write;
      this.#fds[to.command]![to.fd] = read;
      this.#open.push(read, write);
    }
  }

  get count(): number {
    return this.#pipeline.commands.length;
  }

  /** Which descriptor of ours a command shall have as its own `fd`. */
  source(command: number, fd: number): number | undefined {
    return this.#fds[command]![fd];
  }

  words(command: number): readonly string[] {
    return this.#pipeline.commands[command]!;
  }

  start(command: number): ChildProcess {
    const [program = "", ...words] = this.words(command);
    const stdio = Array.from({ length: HIGHEST + 1 }, (_, fd) =>
      fd === 2 ? 2 : (this.source(command, fd) ?? "ignore"),
    );
    const used = this.source(command, HIGHEST) === undefined ? stdio.slice(0, 3) : stdio;
    return spawn(program, words, { stdio: used, env: { ...process.env, ...ENVIRONMENT } });
  }

  /** Our own copies: as long as they are open, nobody sees an end. */
  close(): void {
    for (const fd of this.#open.splice(0)) close(fd);
  }
}

/** What a command ended with, as shells have it: 128 and the number of a signal, 126 or 127 where it could not be started. */
export function statusOf(child: ChildProcess, say: (text: string) => void): Promise<number> {
  return new Promise((resolve) => {
    child.once("exit", (code, signal) => resolve(exitCodeOf(code, signal)));
    child.once("error", (error) => {
      say(reason(error));
      resolve(codeOfNoStart(error));
    });
  });
}

/** What a shell ends with where a command cannot be started. */
export function codeOfNoStart(error: NodeJS.ErrnoException): number {
  return error.code === "ENOENT" ? NOT_FOUND : NOT_RUN;
}
