// A cable under way: what its ends are, who is told of it, and its end.

import { isatty } from "node:tty";
import { join } from "../cable/join.js";
import type { Opened } from "../cable/side.js";
import { isSide } from "../cable/side.js";
import { Failure, type Run } from "../cli/tool.js";
import type { PlugOptions } from "../transports/open.js";
import { openCable, openCommandCable } from "../transports/open-cable.js";
import { type PlugSettings, parts } from "./plug.js";
import { reconnects } from "./reconnect.js";

/** VDE's own words, which sshd shows to who logs in. */
const REFUSAL =
  "This is a Virtual Distributed Ethernet (vde) tunnel broker. \n" +
  "This is not a login shell, only vde_plug can be executed";
const REFUSED = 255;

/** Opens both ends, and joins them until one is gone. */
export async function runPlug(settings: PlugSettings, operands: readonly string[], run: Run): Promise<void> {
  const { names, words } = parts(operands);
  const { command } = settings;
  const isShell = command !== undefined || (operands.length === 0 && isatty(0));
  const wantsLog = settings.log || settings.iplog || isShell;
  const told = wantsLog ? (await import("./plug-log.js")).plugLog(run.program) : undefined;
  if (isShell && command !== "vde_plug") {
    told?.say("FAILED");
    throw new Failure(REFUSAL, REFUSED);
  }
  const left = await openCable(names[0] ?? "", first(settings, run));
  const right = await otherEnd(names[1], words, second(settings, run));
  run.ready();
  told?.say("START");
  if (told !== undefined && isSide(right) && (settings.iplog || (isShell && told.wantsAddresses))) told.watch(right);
  await join(left, right, run.stop);
  told?.say("STOP");
  const failure = [left, right].map((end) => (isSide(end) ? end.failure : undefined)).find((code) => code);
  if (failure !== undefined && !run.stop.aborted) throw new Failure("", failure);
}

async function otherEnd(
  name: string | undefined,
  words: readonly string[] | undefined,
  plug: PlugOptions,
): Promise<Opened> {
  if (words !== undefined) return await openCommandCable(words);
  return await openCable(name ?? "stdio://", plug);
}

function first(settings: PlugSettings, run: Run): PlugOptions {
  const { port, group, mod: mode } = settings;
  return { ...both(settings, run), port, group, mode };
}

function second(settings: PlugSettings, run: Run): PlugOptions {
  const { port2: port, group2: group, mod2: mode } = settings;
  return { ...both(settings, run), port, group, mode };
}

function both(settings: PlugSettings, run: Run): PlugOptions {
  const description = settings.descr || "vdeplug:";
  return { description, warn: (text) => run.log(text), stop: run.stop, reconnect: reconnects(settings) };
}
