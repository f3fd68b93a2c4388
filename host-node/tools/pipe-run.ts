// A pipeline under way: its commands, its group, its files, and its end, which is the last command's.

import { spawn } from "node:child_process";
import { rmSync, statSync, writeFileSync } from "node:fs";
import { signalNumber } from "../cli/signals.js";
import { Failure, type Run } from "../cli/tool.js";
import { pipe } from "../native/pipe.js";
import { arrange, become, leadGroup } from "../native/process.js";
import { writeWhole } from "../new-file.js";
import type { Pipeline } from "../pipeline/grammar.js";
import { ENVIRONMENT, statusOf, Wiring } from "../pipeline/start.js";
import { reason } from "../reason.js";
import type { PipeSettings } from "./pipe.js";

/** The descriptor by which the helper knows that the last command lives. No program of ours has so many. */
const LIFE = 200;
const BROKEN_PIPE = 128 + signalNumber("SIGPIPE");

/** Starts every command, and waits for all of them. */
export async function runPipe(settings: PipeSettings, pipeline: Pipeline, run: Run): Promise<void> {
  leadGroup();
  const wiring = new Wiring(pipeline);
  if (settings.nowrapproc || settings.nowrapnoclean) return becomeLast(settings, wiring);
  const children = pipeline.commands.map((_, command) => wiring.start(command));
  const statuses = children.map((child) => statusOf(child, (text) => run.log(text)));
  wiring.close();
  const stop = () => {
    for (const child of children) child.kill();
  };
  run.stop.addEventListener("abort", stop);
  const remove = settings.pgrpfile === undefined ? () => {} : writeGroup(settings.pgrpfile);
  try {
    run.ready();
    const status = failureOf(await Promise.all(statuses));
    if (status !== 0 && !run.stop.aborted) throw new Failure("", status);
  } finally {
    remove();
  }
}

/** The last command's, else that of the last one that failed by itself: PIPE is what the end of another one does. */
function failureOf(statuses: readonly number[]): number {
  const own = statuses.filter((status, at) => status !== 0 && (status !== BROKEN_PIPE || at === statuses.length - 1));
  return own.at(-1) ?? 0;
}

function writeGroup(path: string): () => void {
  writeNumber(path, -process.pid);
  return () => rmSync(path, { force: true });
}

/** A file that is there is another one's, or an old one: VDE's writes over it, and so does this. */
function writeNumber(path: string, number: number): void {
  const isDevice = statSync(path, { throwIfNoEntry: false })?.isFile() === false;
  try {
    if (isDevice) writeFileSync(path, `${number}\n`);
    else writeWhole(path, `${number}\n`, 0o644);
  } catch (error) {
    throw new Failure(reason(error, path));
  }
}

/** This process becomes the last command, so that whoever started it has that one's own process id. */
function becomeLast(settings: PipeSettings, wiring: Wiring): void {
  const last = wiring.count - 1;
  for (let command = 0; command < last; command++) wiring.start(command).unref();
  if (settings.pidfile !== undefined) writeNumber(settings.pidfile, process.pid);
  if (settings.pgrpfile !== undefined) writeGroup(settings.pgrpfile);
  const files = [settings.pidfile, settings.pgrpfile].filter((file) => file !== undefined);
  const sources = new Map([0, 1].map((fd) => [fd, wiring.source(last, fd)!]));
  if (settings.nowrapproc && files.length > 0) sources.set(LIFE, leaveHelper(files));
  arrange(sources);
  Object.assign(process.env, ENVIRONMENT);
  become(wiring.words(last));
  throw new Failure(`${wiring.words(last)[0]}: it could not be started`, 127);
}

/** Waits for the end of whoever holds the descriptor that is returned, and removes files then. */
function leaveHelper(files: readonly string[]): number {
  const [read, write] = pipe();
  const script = 'cat <&3; rm -f -- "$@"';
  const helper = spawn("sh", ["-c", script, "dpipe", ...files], { stdio: ["ignore", "ignore", "ignore", read] });
  helper.unref();
  return write;
}
