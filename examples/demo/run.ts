// The demo's server: a switch with VDE's socket, the page, and the page's way into that switch, on one port.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { noGuest, PARTS } from "../../guests/parts.js";
import { makeState, statePath } from "../../guests/state.js";
import type { Endpoint } from "../../host/ports.js";
import { Failure, type Run } from "../../host-node/cli/tool.js";
import { type OpenSwitch, openSwitch } from "../../host-node/open.js";
import { reason } from "../../host-node/reason.js";
import { serveWebSocket } from "../../host-node/servers/websocket/server.js";
import { attachTap } from "../../host-node/transports/tap.js";
import { type Site, serveSite } from "../site.js";
import { NEWS, type Plugged, ROOM, SOCKETS, type Way } from "./messages.js";
import { Seats } from "./seats.js";

const root = new URL("../../../", import.meta.url);
/** Below those of the tabs' switches: this one is the root of the tree. */
const PRIORITY = 0x1000;
const PORTS = 512;

export const DEFAULTS = { port: 8086, sock: "/tmp/etherloom-demo" } as const;

export interface DemoSettings {
  readonly port: number | undefined;
  readonly sock: string | undefined;
  readonly tap: readonly string[];
}

export async function runDemo(settings: DemoSettings, _operands: readonly string[], run: Run): Promise<void> {
  const { port = DEFAULTS.port, sock = DEFAULTS.sock, tap } = settings;
  const log = (text: string) => run.log(text);
  const state = await prepareGuests(log);
  const vde = { dir: sock };
  const sw = await openSwitch({
    vde,
    fstp: true,
    priority: PRIORITY,
    ports: PORTS,
    log,
    onfailure: (error) => run.fail(error),
  });
  try {
    for (const name of tap) await attachTap(sw, name);
    const site = await openSite(port, state);
    sw.closers.push(() => site.close());
    await serveSwitch(sw, site, sock, log);
    run.ready();
    process.stdout.write(`The demo is at ${site.url}/\nPlugs connect at ${sock}. Ctrl-C ends it.\n`);
    await new Promise<void>((done) => run.stop.addEventListener("abort", () => done(), { once: true }));
  } catch (error) {
    throw error instanceof Failure ? error : new Failure(reason(error));
  } finally {
    await sw.close();
  }
}

/** Fetches the guests' parts and boots one, where that has not been done. Returns the path of the state that it is in. */
async function prepareGuests(log: Run["log"]): Promise<string> {
  if (noGuest) {
    log("fetching the guests' kernel and busybox from Debian, once");
    const script = fileURLToPath(new URL("scripts/guests.sh", root));
    const { status } = spawnSync("bash", [script], { stdio: "inherit" });
    if (status !== 0) throw new Failure("without guests there is no demo");
  }
  if (!existsSync(statePath())) log("booting a guest, once; it takes up to a minute");
  return makeState();
}

/** The page, its code, and what it is made of. */
async function openSite(port: number, state: string): Promise<Site> {
  const module = (path: string) => new URL(`node_modules/${path}`, root);
  const page = new URL("examples/demo/page/", root);
  const code = await bundle();
  return await serveSite({
    port,
    isolated: true,
    files: {
      "/": new URL("index.html", page),
      "/logo.svg": new URL("logo.svg", page),
      "/style/": new URL("style/", page),
      "/code/": code,
      "/etherloom/": new URL("dist/browser/", root),
      "/modules/xterm/css/": module("@xterm/xterm/css/"),
      "/modules/v86/": module("v86/build/"),
      "/modules/inter/": module("@fontsource-variable/inter/"),
      "/modules/jetbrains-mono/": module("@fontsource-variable/jetbrains-mono/"),
      "/guest/state": pathToFileURL(state),
      "/guest/": pathToFileURL(PARTS),
    },
  });
}

/** What v86 asks for where it runs on Node. */
const V86_ON_NODE = ["node:*", "crypto", "fs", "perf_hooks"];

/** Bundles the page's program, which finds the library beside it, and that of its workers, which have to bring it along. */
async function bundle(): Promise<URL> {
  const outdir = new URL("dist/examples/demo/bundled/", root);
  const program = (name: string, external: string[]) =>
    build({
      entryPoints: [fileURLToPath(new URL(`dist/examples/demo/page/${name}.js`, root))],
      outdir: fileURLToPath(outdir),
      bundle: true,
      format: "esm",
      target: "es2022",
      external,
      logLevel: "warning",
    });
  await Promise.all([program("main", ["etherloom/browser"]), program("machine-worker", V86_ON_NODE)]);
  return outdir;
}

/** Lets pages plug in, and tells them who else has. */
async function serveSwitch(sw: OpenSwitch, { server, url }: Site, sock: string, log: Run["log"]): Promise<void> {
  const seats = new Seats({ plugs: () => plugsOf(sw), ways: waysOf(url, sock) });
  const sockets = await serveWebSocket(sw, {
    server,
    path: SOCKETS,
    rooms: { named: { [ROOM]: "trunk" } },
    handlers: { [NEWS]: seats.upgrade },
    log,
  });
  sw.closers.push(() => {
    seats.close();
    return sockets.close();
  });
}

function plugsOf(sw: OpenSwitch): Plugged[] {
  const open = sw.ports.list({ open: true });
  return open.flatMap(({ id, endpoints }) => endpoints.map((endpoint) => ({ port: id, what: nameOf(endpoint) })));
}

/** Without what matters to nobody here: rooms, and whose process it is. */
function nameOf({ description, plug: { module } }: Endpoint): string {
  const what = description.replace(/ room .*$|:? user=.*$/, "");
  return module === "websocket" ? what.replace(/^ws/, "tab at") : what || module;
}

/** How programs of this computer plug in. */
function waysOf(url: string, sock: string): Way[] {
  const socket = `${url.replace("http", "ws")}${SOCKETS}/room/${ROOM}`;
  const tap = "ip address add 10.86.0.1/16 dev loom0 && ip link set loom0 up";
  const loom = "node bin/loom.js";
  return [
    { title: "A tap of this computer (as root)", command: `${loom} plug2tap --sock ${sock} loom0 & sleep 2; ${tap}` },
    {
      title: "A QEMU guest",
      command: `qemu-system-x86_64 -netdev vde,id=n,sock=${sock} -device virtio-net-pci,netdev=n …`,
    },
    { title: "Any of VDE’s plugs", command: `vde_plug vde://${sock} = ssh elsewhere vde_plug` },
    { title: "A switch elsewhere, by WebSocket", command: `${loom} switch --fstp --link '${socket}'` },
  ];
}
