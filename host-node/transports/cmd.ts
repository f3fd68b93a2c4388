// A command as a link: it speaks VDE's framing on its standard input and output.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { refuse } from "../../host/errors.js";
import type { Side } from "../cable/side.js";
import { StreamSide } from "../cable/stream.js";
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
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
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
    await endOf(child, ended);
  };
  return new StreamSide({ name: `cmd ${program}`, input: ourIn, output: ourOut, onclose });
}

async function endOf(child: ChildProcess, ended: Promise<void>): Promise<void> {
  const timer = setTimeout(() => child.kill(), GRACE_MS);
  await ended;
  clearTimeout(timer);
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
