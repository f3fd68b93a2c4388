// A switch under way: sockets for plugs and managers, taps, a script at the start, and a console on standard input.

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
import { startApi } from "./api.js";
import type { Settings } from "./switch.js";
import { managementOf, openFor, plugLinks, plugTaps, serveManagers, startScript } from "./switch-parts.js";

/** Runs a switch until it is stopped. */
export async function runSwitch(settings: Settings, run: Run): Promise<void> {
  const script = startScript(settings, run);
  const sw = await openFor(settings, run);
  try {
    const console = consoleOf(sw, settings, run);
    sw.closers.push(() => console.plugins.close());
    process.on("SIGHUP", () => sw.events.emit("sig/hup", "hangup"));
    await serveManagers(console, sw, settings);
    await plugTaps(sw, settings.tap);
    await plugLinks(sw, [...settings.link, ...settings.slirp.map((options) => `slirp://${options}`)], run);
    if (script !== undefined) for (const failure of await runScript(console, script)) run.log(failure);
    sw.closers.push(
      await startApi(
        settings,
        gatewaysIn(() => sw),
        run,
      ),
    );
    run.ready();
    if (!settings.nostdin && !settings.daemon) sw.closers.push(readStandardInput(console, run));
    await stopped(run.stop);
  } finally {
    await sw.close();
  }
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

/** A manager on standard input. Its end is the end of the switch: who started it is gone. */
function readStandardInput(console: Console, run: Run): () => void {
  const onend = () => {
    if (!run.stop.aborted) run.log("EOF on stdin, cleaning up and exiting");
    run.end();
  };
  const manager = stdinConsole(console, { onend, output: standardOutput() });
  return () => manager.close();
}

function stopped(stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (stop.aborted) resolve();
    else stop.addEventListener("abort", () => resolve(), { once: true });
  });
}
