// A gateway under way, on a switch or on standard input and output.

import { GatewayConsole } from "../../host/console/gateway.js";
import { oneGateway } from "../../host/console/slirp.js";
import { addressText, prefixText } from "../../host/slirp/address.js";
import { DISPLAY_PORT, forwardText } from "../../host/slirp/forward.js";
import type { Gateway } from "../../host/slirp/gateway.js";
import { ruleText } from "../../host/slirp/rule.js";
import { join } from "../cable/join.js";
import { Failure, type Run } from "../cli/tool.js";
import { type GatewayPlan, openGateway } from "../gateway/open.js";
import { reason } from "../reason.js";
import { resourceMenu } from "../resources/menu.js";
import { accounts } from "../resources/process.js";
import { serveConsole } from "../servers/console.js";
import { openCable } from "../transports/open-cable.js";
import { VERSION } from "../version.js";
import { startApi } from "./api.js";
import { reconnects } from "./reconnect.js";
import type { SlirpSettings } from "./slirp-options.js";

export interface SlirpRun {
  readonly settings: SlirpSettings;
  readonly plan: GatewayPlan;
  readonly sock: string | undefined;
  /** How it shows in port/print. */
  readonly description: string;
  /** What is said of its addresses at the start. */
  readonly lines: readonly string[];
}

/** Runs until the switch is gone, or it is stopped. */
export async function runSlirp({ settings, plan, sock = "", description, lines }: SlirpRun, run: Run): Promise<void> {
  const { port, group, mod: mode, quiet } = settings;
  const gateway = await openGateway(plan).catch((error: NodeJS.ErrnoException) => {
    if (error.code === undefined) throw error;
    throw new Failure(error.message);
  });
  const closers: (() => Promise<void>)[] = [];
  try {
    closers.push(...(await serve(gateway, settings, run)));
    const isFilter = sock === "-";
    const warn = (text: string) => run.log(text);
    const options = { description, port, group, mode, warn, reconnect: reconnects(settings) };
    const cable = await openCable(isFilter ? "stdio://" : sock, options);
    if (!quiet && !isFilter) announce(run.program, plan, lines, sock);
    run.ready();
    await join(gateway, cable, run.stop);
  } finally {
    for (const close of closers) await close();
    gateway.close();
  }
}

/** Managers: people at a console, and programs. */
async function serve(gateway: Gateway, settings: SlirpSettings, run: Run): Promise<(() => Promise<void>)[]> {
  const { mgmt: path, mgmtmode: mode } = settings;
  const api = await startApi(settings, oneGateway(gateway), run);
  if (path === undefined) return [api];
  const system = { version: VERSION, log: (text: string) => run.log(text), shutdown: () => run.end() };
  try {
    const where = { path, ...(mode !== undefined && { mode }) };
    const console = new GatewayConsole({ gateway, system });
    console.commands.add(resourceMenu, accounts);
    const server = await serveConsole(console, where);
    return [api, () => server.close()];
  } catch (error) {
    await api();
    throw new Failure(`--mgmt: ${reason(error)}`);
  }
}

const REDIRS = { tcp: "redir TCP   ", udp: "redir UDP   ", unix: "redir UNIX  ", cmd: "redir CMD   " } as const;

/** How it has started, as VDE's own says it. */
function announce(
  program: string,
  { options, forwards, displays = [], tftp }: GatewayPlan,
  lines: readonly string[],
  sock: string,
): void {
  const all = [
    ...options.hosts.map((host) => `virtual_host=${prefixText(host)}`),
    ...lines,
    ...(tftp === undefined ? [] : [`tftp prefix =${tftp}`]),
    `vde switch  =${sock === "" ? "*DEFAULT*" : sock}`,
    ...forwards.map((forward) => `${REDIRS[forward.kind]}=${forwardText(forward).replace(/^\w+:/, "")}`),
    ...(options.allow ?? []).map((rule) => `allow       =${ruleText(rule)}`),
    ...(options.deny ?? []).map((rule) => `deny        =${ruleText(rule)}`),
    ...displays.map(({ guest, guestPort }) => `redir X     =${addressText(guest)}:${guestPort - DISPLAY_PORT}`),
  ];
  const start = `Starting ${program}: `;
  process.stderr.on("error", () => {}); // nobody reads
  process.stderr.write(all.map((line, i) => `${i === 0 ? start : " ".repeat(start.length)}${line}\n`).join(""));
}
