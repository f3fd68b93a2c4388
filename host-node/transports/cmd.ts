// A command as a link: it speaks VDE's framing on its standard input and output.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { refuse } from "../../host/errors.js";
import type { Batch } from "../cable/batch.js";
import { ENDED, type Side } from "../cable/side.js";
import { StreamSide } from "../cable/stream.js";
import { exitCodeOf } from "../cli/signals.js";
import { close } from "../native/libc.js";
import { pipe } from "../native/pipe.js";

/** After the end of its standard input a command has this long before it is told to end. */
const GRACE_MS = 2_000;

export async function openCommand(rest: string): Promise<Side> {
  return await startCommand(splitCommand(rest));
}

/** Starts a command by its words. */
export async function startCommand([program, ...words]: readonly string[]): Promise<Side> {
  if (program === undefined) refuse("EINVAL", "a command is wanted");
  const [childIn, ourOut] = pipe();
  const [ourIn, childOut] = pipe();
  const child = spawn(program, words, { stdio: [childIn, childOut, 2] });
  const ended = new Promise<number>((resolve) =>
    child.once("exit", (code, signal) => resolve(exitCodeOf(code, signal))),
  );
  close(childIn);
  close(childOut);
  try {
    await once(child, "spawn");
  } catch (error) {
    close(ourIn);
    close(ourOut);
    throw error;
  }
  const onclose = async () => {
    close(ourIn);
    close(ourOut);
    side.exitCode = await endOf(child, ended);
  };
  const side = new CommandSide({ name: `cmd ${program}`, input: ourIn, output: ourOut, onclose });
  return side;
}

/** It keeps what the command ended with, where that ended by itself, and not since the cable did. */
class CommandSide extends StreamSide {
  exitCode = 0;
  #leftFirst = false;

  override read(): number {
    return this.#watch(super.read());
  }

  override write(batch: Batch): number {
    return this.#watch(super.write(batch));
  }

  #watch(result: number): number {
    if (result === ENDED) this.#leftFirst = true;
    return result;
  }

  get failure(): number {
    return this.#leftFirst ? this.exitCode : 0;
  }
}

async function endOf(child: ChildProcess, ended: Promise<number>): Promise<number> {
  const timer = setTimeout(() => child.kill(), GRACE_MS);
  const code = await ended;
  clearTimeout(timer);
  return code;
}

/** Words with quotes and backslashes, and nothing else of a shell. */
export function splitCommand(text: string): string[] {
  const words: string[] = [];
  for (const [word] of text.matchAll(/(?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s'"\\])+/gs))
    words.push(
      word.replace(/'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)/gs, (_, a, b, c) => a ?? b?.replace(/\\(.)/gs, "$1") ?? c),
    );
  return words;
}
