// What a switch is started from, part by part, and what is said where a part cannot be had.

import { accessSync, constants, statSync } from "node:fs";
import { join } from "node:path";
import type { Console } from "../../host/console/console.js";
import type { System } from "../../host/system.js";
import { Failure, type Run } from "../cli/tool.js";
import { StuckError } from "../dataplane/engine.js";
import { findGroup } from "../native/accounts.js";
import { exitAtOnce } from "../native/process.js";
import { type OpenSwitch, openSwitch } from "../open.js";
import { reason } from "../reason.js";
import { serveConsole } from "../servers/console.js";
import { tapAdvice } from "../transports/advice.js";
import { attachTap } from "../transports/tap.js";
import { requireTrusted } from "../trusted-file.js";
import { readRcFile } from "./rc-file.js";
import type { Settings } from "./switch.js";
import { webSocketOptions } from "./switch-ws.js";

/** What VDE's own switch ends with where it cannot make its sockets. */
const SOCKET_FAILURE = 255;
/** EX_SOFTWARE of sysexits.h: a service manager that restarts what failed restarts it. */
const STUCK = 70;
const MANAGEMENT_MODE = 0o600;
const BUSY_MS_MAX = 2_000;
const BUSY_LOOK_MS = 50;

/** A forwarding switch with its control socket. */
export async function openFor(settings: Settings, run: Run): Promise<OpenSwitch> {
  const { macaddr: mac, numports: ports, hub, mtu, priority, qlen: queueLimit, transparent } = settings;
  if (hub && settings.fstp) run.log("--fstp does nothing in a hub: --hub wins");
  groupNumber(settings.group);
  const isRoot = process.geteuid?.() === 0;
  const dir = settings.sock ?? (isRoot ? "/var/run/vde.ctl" : "/tmp/vde.ctl");
  const vde = { dir, mode: settings.mode, dirMode: settings.dirmode, group: settings.group };
  const own = { mac, ports, mtu, priority, queueLimit };
  const given = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
  const fstp = settings.fstp && !hub;
  const log = (text: string) => run.log(text);
  const onfailure = (error: Error) => (error instanceof StuckError ? failStuck(error, run) : run.fail(error));
  let sw: OpenSwitch | undefined;
  const ws = await orFail(1, () => webSocketOptions(settings, run, () => sw));
  const all = {
    ...given,
    watchdogS: settings.watchdog,
    hub,
    fstp,
    transparent,
    vde,
    ...(ws && { ws }),
    log,
    onfailure,
  };
  sw = await orFail(SOCKET_FAILURE, () => openSwitch(all));
  if (settings.hashsize !== undefined) setHashSize(sw, settings.hashsize, run);
  return sw;
}

/** In order, but for the thread: Node's own exit would wait for it. */
function failStuck({ message }: StuckError, run: Run): void {
  process.on("exit", () => exitAtOnce(STUCK));
  run.fail(new Failure(message, STUCK));
}

function setHashSize(sw: OpenSwitch, size: number, run: Run): void {
  sw.fdb.size = size;
  if (sw.fdb.size !== size) run.log(`Hash size must be a power of 2. ${size} rounded to ${sw.fdb.size}`);
}

export function managementOf({ mgmt, mgmtmode }: Settings): System["management"] {
  return mgmt === undefined ? undefined : { path: mgmt, mode: mgmtmode ?? MANAGEMENT_MODE };
}

/** Opens the management socket, where one is asked for. */
export async function serveManagers(console: Console, sw: OpenSwitch, settings: Settings): Promise<void> {
  const management = managementOf(settings);
  if (management === undefined) return;
  const group = groupNumber(settings.mgmtgroup);
  const server = await orFail(SOCKET_FAILURE, () => serveConsole(console, { ...management, group }));
  sw.closers.push(() => server.close());
}

/** Plugs in every tap. A switch without one of them would be half of what was asked for. */
export async function plugTaps(sw: OpenSwitch, names: readonly string[], run: Run): Promise<void> {
  for (const name of named(names)) await orFail(1, () => attachSoon(sw, name, run), { advice: tapAdvice(name) });
}

/** Each name once: who starts a switch may add a tap that its user has named, as Debian's hook does. "tap%d" is another each time. */
function named(names: readonly string[]): string[] {
  return names.filter((name, at) => name.includes("%") || names.indexOf(name) === at);
}

/** The links that are not taps which --tap names, too, or another link. */
export function withoutTaps({ tap, link }: Settings): string[] {
  const names = new Set(tap.filter((name) => !name.includes("%")));
  return link.filter((url) => {
    const [, name = "%"] = /^tap:\/\/([^/]+)$/.exec(url) ?? [];
    if (name.includes("%")) return true;
    const isNew = !names.has(name);
    names.add(name);
    return isNew;
  });
}

/** A tap that is busy may be that of a switch which is ending: init scripts stop and start without a pause. */
async function attachSoon(sw: OpenSwitch, name: string, { stop }: Run): Promise<void> {
  for (let waitedMs = 0; ; waitedMs += BUSY_LOOK_MS) {
    try {
      return void attachTap(sw, name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EBUSY" || waitedMs >= BUSY_MS_MAX) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, BUSY_LOOK_MS));
    stop.throwIfAborted();
  }
}

/** Plugs in every link that was asked for, one after the other. The switch serves its ports meanwhile. */
export async function plugLinks(sw: OpenSwitch, urls: readonly string[], run: Run): Promise<void> {
  if (urls.length === 0) return;
  const { plugLink } = await import("../transports/plug-link.js");
  const warn = (text: string) => run.log(text);
  for (const url of urls) await orFail(1, () => plugLink(sw, url, { warn }), { about: url, advice: LINK_ADVICE });
}

const ABSENT = "its other end must be there when the switch starts: start that first, or plug it in later by port/link";
const LINK_ADVICE: Readonly<Record<string, string>> = Object.fromEntries(
  ["ENOENT", "ECONNREFUSED", "ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH"].map((code) => [code, ABSENT]),
);

/** A script, whose text may have been read already. */
export interface Script {
  readonly path: string;
  readonly text?: string;
}

/**
 * The script to run at the start: the one that was named, read, or the first of the usual ones that can be read. One of the
 * usual ones that somebody else may write is not run, and the log says so.
 */
export async function startScript({ rcfile }: Settings, run: Run): Promise<Script | undefined> {
  if (rcfile !== undefined) return { path: rcfile, text: await readRcFile(rcfile, run) };
  const path = usualScripts().find((each) => whyUnreadable(each) === undefined && isTrusted(each, run));
  return path === undefined ? undefined : { path };
}

function usualScripts(): string[] {
  const home = process.env["HOME"];
  return [...(home ? [join(home, ".vde2/vde_switch.rc")] : []), "/etc/vde2/vde_switch.rc"];
}

/** Whether a script may be run that nobody asked for by name. */
function isTrusted(path: string, run: Pick<Run, "log">): boolean {
  const doubt = whyUntrusted(path);
  if (doubt !== undefined) run.log(`the start script is not run: ${doubt}`);
  return doubt === undefined;
}

function whyUntrusted(path: string): string | undefined {
  try {
    requireTrusted(statSync(path), path);
    return undefined;
  } catch (error) {
    return reason(error);
  }
}

function whyUnreadable(path: string): string | undefined {
  try {
    accessSync(path, constants.R_OK);
    return undefined;
  } catch (error) {
    return reason(error);
  }
}

function groupNumber(name: string | undefined): number | undefined {
  if (name === undefined) return undefined;
  const found = findGroup(name);
  if (found === undefined) throw new Failure(`No such group '${name}'`);
  return found;
}

interface Words {
  /** What it was about, where a refusal does not say. */
  readonly about?: string;
  /** What to do, by errno. */
  readonly advice?: Readonly<Record<string, string>>;
}

/** Tries what the machine may refuse. A refusal ends the switch with its own words and what to do about it. */
async function orFail<T>(
  exitCode: number,
  attempt: () => T | Promise<T>,
  { about, advice = {} }: Words = {},
): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (typeof code !== "string" || code.startsWith("ERR_")) throw error;
    const words = [about, reason(error), advice[code]].filter((part) => part !== undefined);
    throw new Failure(words.join(": "), code === "ENOMEM" ? 1 : exitCode);
  }
}
