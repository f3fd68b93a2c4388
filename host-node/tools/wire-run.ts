// A wire under way: its filter, its ends, its consoles, and its end.

import { fstatSync } from "node:fs";
import { isatty } from "node:tty";
import { WireConsole } from "../../host/wire/console.js";
import type { Filter } from "../../host/wire/filter.js";
import { PARAMETER_LIST } from "../../host/wire/parameters.js";
import { runScript } from "../../host/wire/script.js";
import type { Opened } from "../cable/side.js";
import { StreamSide } from "../cable/stream.js";
import { standardOutput } from "../cli/output.js";
import { Failure, type Run } from "../cli/tool.js";
import { offers } from "../offers.js";
import { reason } from "../reason.js";
import { serveConsole, stdinConsole } from "../servers/console.js";
import { readScript } from "../system.js";
import { whenForeground } from "../terminal/background.js";
import { ownConsole } from "../terminal/own-console.js";
import { isInteractive } from "../terminal/tty.js";
import { openCable } from "../transports/open-cable.js";
import { VERSION } from "../version.js";
import { blink, usualId } from "../wire/blink.js";
import { newFilter } from "../wire/new-filter.js";
import { runFilter } from "../wire/run-filter.js";
import { readRcFile } from "./rc-file.js";
import { reconnects } from "./reconnect.js";
import type { WireSettings } from "./wire.js";

const MANAGEMENT_MODE = 0o700;

export async function runWire(
  settings: WireSettings,
  ends: readonly [string, string] | undefined,
  run: Run,
): Promise<void> {
  const alternate = ends === undefined ? alternateStreams() : undefined;
  const isMono = ends === undefined && alternate === undefined;
  const filter = filterOf(settings);
  const blinks = settings.blink === undefined ? undefined : { path: settings.blink, id: settings.blinkid ?? usualId() };
  if (blinks !== undefined) startBlinking(filter, blinks, isMono);
  const log = (text: string) => run.log(text);
  const system = { version: VERSION, blink: blinks, readScript, offers, log, shutdown: () => run.end() };
  const console = new WireConsole({ filter, system, isMono });
  if (settings.rcfile !== undefined) await runRcFile(console, settings.rcfile, run);
  const [left, right] = ends === undefined ? streams(alternate) : await plugs(ends, settings, run);
  const closers: (() => void | Promise<void>)[] = [];
  try {
    if (settings.mgmt !== undefined) closers.push(await serveManagers(console, settings, settings.mgmt));
    run.log(started(ends, isMono));
    run.ready();
    if (readsCommands(settings, ends)) closers.push(readStandardInput(console, run));
    await runFilter(filter, left, right, run.stop);
  } finally {
    for (const close of closers) await close();
  }
}

function filterOf(settings: WireSettings): Filter {
  const filter = newFilter(settings.seed);
  filter.isFifo = !settings.nofifo;
  if (settings.preset !== undefined) filter.preset(settings.preset);
  for (const [name] of PARAMETER_LIST) for (const value of settings[name]) set(filter, name, value);
  return filter;
}

/** A value for a state that there is not yet belongs in a script. */
function set(filter: Filter, name: string, value: string): void {
  try {
    filter.set(name, value);
  } catch (error) {
    throw new Failure(`--${name} ${value}: ${(error as Error).message}`);
  }
}

function startBlinking(filter: Filter, { path, id }: { path: string; id: string }, isMono: boolean): void {
  try {
    blink(filter, path, id, isMono);
  } catch (error) {
    throw new Failure(`--blink: ${reason(error)}`);
  }
}

async function runRcFile(console: WireConsole, path: string, run: Run): Promise<void> {
  const text = await readRcFile(path, run);
  try {
    for (const failure of await runScript(console, path, text)) run.log(`rc command error: ${failure}`);
  } catch (error) {
    throw new Failure(`--rcfile: ${reason(error)}`);
  }
}

/** What `dpipe` says that the other command's streams are. */
function alternateStreams(): readonly [input: number, output: number] | undefined {
  const [input, output] = ["ALTERNATE_STDIN", "ALTERNATE_STDOUT"].map((name) => process.env[name]);
  if (!/^\d+$/.test(input ?? "") || !/^\d+$/.test(output ?? "") || !isStream(Number(input))) return undefined;
  return [Number(input), Number(output)];
}

function isStream(fd: number): boolean {
  try {
    const stat = fstatSync(fd);
    return stat.isFIFO() || stat.isSocket();
  } catch {
    return false;
  }
}

/** Standard input and output, and the other command's where there is one. */
function streams(alternate: readonly [number, number] | undefined): [Opened, Opened | undefined] {
  const all = [0, 1, ...(alternate ?? [])];
  const wrong = all.findIndex((fd) => !isStream(fd));
  if (wrong >= 0) {
    const name = wrong % 2 === 0 ? "stdin" : "stdout";
    throw new Failure(`Error on ${name}: it is not a pipe; between links, name two: wirefilter URL URL`);
  }
  const [input = 0, output = 1] = alternate ?? [];
  const other = alternate && new StreamSide({ name: "alternate", input, output, onclose: () => {} });
  return [new StreamSide({ name: "stdio", input: 0, output: 1, onclose: () => {} }), other];
}

async function plugs(names: readonly [string, string], settings: WireSettings, run: Run): Promise<[Opened, Opened]> {
  const warn = (text: string) => run.log(text);
  const options = { description: "vde_crosscable", warn, stop: run.stop, reconnect: reconnects(settings) };
  const open = (name: string) => openCable(name === "-" ? "stdio://" : name, options);
  const left = await open(names[0]);
  try {
    return [left, await open(names[1])];
  } catch (error) {
    await left.close();
    throw error;
  }
}

async function serveManagers(console: WireConsole, settings: WireSettings, path: string): Promise<() => Promise<void>> {
  try {
    const server = await serveConsole(console, { path, mode: settings.mgmtmode ?? MANAGEMENT_MODE });
    return () => server.close();
  } catch (error) {
    throw new Failure(`mgmt bind ${reason(error)}`);
  }
}

function started(ends: readonly [string, string] | undefined, isMono: boolean): string {
  if (ends === undefined) return `${isMono ? "mono" : "bi"}directional filter starting...`;
  const [left, right] = ends.map((name) => name || "DEFAULT_SWITCH");
  return `bidirectional vdeplug filter L=${left} R=${right} starting...`;
}

/** Between two links standard input is free for a manager. */
function readsCommands({ daemon, nostdin }: WireSettings, ends: readonly [string, string] | undefined): boolean {
  return ends !== undefined && !ends.includes("-") && !daemon && !nostdin;
}

/** From a shell's background it is read when the shell gives the terminal back. */
function readStandardInput(console: WireConsole, run: Run): () => void {
  let close = () => {};
  const open = () => {
    close = isInteractive() ? ownTerminal(console, run) : plainInput(console, run);
  };
  if (!isatty(0)) open();
  const callOff = isatty(0) ? whenForeground(open) : () => {};
  return () => {
    callOff();
    close();
  };
}

function ownTerminal(console: WireConsole, run: Run): () => void {
  const own = ownConsole(run, () => run.end());
  own.open(console, "help lists the commands, Tab completes them, Ctrl-D ends the wire");
  return () => own.close();
}

function plainInput(console: WireConsole, run: Run): () => void {
  const output = standardOutput();
  const end = () => run.end();
  const prompt = (text: string) => void output.write(text);
  const manager = stdinConsole(console, { onend: end, onleave: end, output, prompt });
  return () => manager.close();
}
