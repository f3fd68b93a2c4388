// A switch under way: sockets for plugs and managers, taps, a script at the start, and a console on standard input.

import { once } from "node:events";
import { isatty } from "node:tty";
import { Console } from "../../host/console/console.js";
import { runScript } from "../../host/console/script.js";
import { gatewaysIn } from "../../host/console/slirp.js";
import { standardOutput } from "../cli/output.js";
import type { Run } from "../cli/tool.js";
import { nodeClock } from "../clock.js";
import type { OpenSwitch } from "../open.js";
import { resourceMenu } from "../resources/menu.js";
import { accounts } from "../resources/process.js";
import { stdinConsole } from "../servers/console.js";
import { webSocketMenu } from "../servers/websocket/menu.js";
import { nodeSystem } from "../system.js";
import { whenForeground } from "../terminal/background.js";
import { isForeground } from "../terminal/foreground.js";
import { ownConsole } from "../terminal/own-console.js";
import { isInteractive } from "../terminal/tty.js";
import { startApi } from "./api.js";
import type { Settings } from "./switch.js";
import {
  managementOf,
  openFor,
  plugLinks,
  plugTaps,
  type Script,
  serveManagers,
  startScript,
  withoutTaps,
} from "./switch-parts.js";

/** Runs a switch until it is stopped. */
export async function runSwitch(settings: Settings, run: Run): Promise<void> {
  const script = await startScript(settings, run);
  const wantsStdin = !settings.nostdin && !settings.daemon;
  const takeTerminal = () => ownConsole(run, () => endOfInput(run));
  let own = wantsStdin && isInteractive() && isForeground() ? takeTerminal() : undefined;
  /** From a shell's background, when the shell gives the terminal back. */
  const takeInput = (console: Console, sw: OpenSwitch) => {
    if (!isInteractive()) return void sw.closers.push(readStandardInput(console, run));
    own = takeTerminal();
    own.open(console, greeting(sw, settings));
  };
  try {
    await serve(settings, script, run, (console, sw) => {
      if (own !== undefined) own.open(console, greeting(sw, settings));
      else if (wantsStdin && !isatty(0)) sw.closers.push(readStandardInput(console, run));
      else if (wantsStdin) sw.closers.push(whenForeground(() => takeInput(console, sw)));
    });
  } finally {
    own?.close();
  }
}

async function serve(
  settings: Settings,
  script: Script | undefined,
  run: Run,
  onready: (console: Console, sw: OpenSwitch) => void,
): Promise<void> {
  const sw = await openFor(settings, run);
  try {
    const console = consoleOf(sw, settings, run);
    sw.closers.push(() => console.plugins.close());
    process.on("SIGHUP", () => sw.events.emit("sig/hup", "hangup"));
    await serveManagers(console, sw, settings);
    await plugTaps(sw, settings.tap, run);
    await plugLinks(sw, [...withoutTaps(settings), ...settings.slirp.map((options) => `slirp://${options}`)], run);
    if (script !== undefined) await runRcFile(console, script, run);
    sw.closers.push(
      await startApi(
        settings,
        gatewaysIn(() => sw),
        run,
      ),
    );
    run.ready();
    onready(console, sw);
    if (!run.stop.aborted) await once(run.stop, "abort");
  } finally {
    await sw.close();
  }
}

/** Lines that fail are told one by one, and once more at the end: a switch without them may be another network than was meant. */
async function runRcFile(console: Console, { path, text }: Script, run: Run): Promise<void> {
  const failures = await runScript(console, path, text);
  for (const failure of failures) run.log(failure);
  if (failures.length === 0) return;
  const lines = failures.length === 1 ? "1 line" : `${failures.length} lines`;
  run.log(`${path}: ${lines} failed, and the switch runs without what they ask for: mend them, or end it`);
  if (failures.some((failure) => /port\/setcolour/.test(failure)))
    run.log("ports with colours are a patch of VDE's: multi:// keeps plugs apart (docs/guides/from-vde2.md)");
}

function consoleOf(sw: OpenSwitch, settings: Settings, run: Run): Console {
  const system = nodeSystem({
    switch: sw,
    control: sw.control,
    management: managementOf(settings),
    log: (text) => run.log(text),
    shutdown() {
      run.log("Shutdown from mgmt command");
      run.end();
    },
  });
  const console = new Console({ switch: sw, system, clock: nodeClock });
  console.commands.add(resourceMenu, accounts);
  if (sw.webSockets !== undefined) console.commands.add(webSocketMenu, sw.webSockets);
  return console;
}

/** What a person at the terminal is told, and no program: what reads standard output hears answers alone. */
function greeting({ control }: OpenSwitch, { mgmt }: Settings): string {
  const where = `serving ${control?.dir}${mgmt === undefined ? "" : `, console at ${mgmt}`}`;
  return `${where}\nhelp lists the commands, Tab completes them, Ctrl-D ends the switch`;
}

/** The end of standard input is the end of the switch: who started it is gone. */
function endOfInput(run: Run): void {
  if (!run.stop.aborted) run.log("EOF on stdin, cleaning up and exiting");
  run.end();
}

function readStandardInput(console: Console, run: Run): () => void {
  const manager = stdinConsole(console, { onend: () => endOfInput(run), output: standardOutput() });
  return () => manager.close();
}
