// The bench for the chaos: in a network namespace, a switch with few descriptors and little memory that has every kind of
// link, a switch at the other end of its cable, and one that nobody troubles.

import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { openConsole } from "../interop/console.js";
import type { Lab } from "../interop/lab.js";
import { makeNamespace, type Namespace, run } from "../interop/namespace.js";
import type { Program } from "../interop/program.js";
import { underTest } from "../interop/switch.js";
import { ours } from "../interop/tools.js";
import { until } from "../interop/wait.js";
import { limited } from "./limits.js";
import type { Place } from "./place.js";

const LIMITS = { descriptors: 256, memory: 512 * 2 ** 20 };
const WS = 8_080;
const API = 8_081;
const CRYPT = 7_667;

export interface Bench {
  readonly place: Place;
  readonly attacked: Program;
  readonly pidfile: string;
  /** The console of a switch that is left in peace. */
  readonly calm: string;
  /** Starts one of the programs of this folder in the namespace. */
  start(name: string, ...words: readonly string[]): Program;
}

export async function makeBench(lab: Lab, seconds: number, seed: number): Promise<Bench> {
  const space = await makeNamespace(lab);
  await run("ip", ["-n", space.name, "link", "set", "lo", "up"]);
  const start = (name: string, ...words: readonly string[]) =>
    startIn(lab, space, [process.execPath, fileURLToPath(new URL(name, import.meta.url)), ...words]);
  const [, echo = ""] = await start("echo.js").says(/port (\d+)/);
  fill(lab);
  const far = await startFar(lab, space);
  const calm = lab.path("calm.mgmt");
  startIn(lab, space, [...underTest, "--nostdin", "--sock", lab.path("calm"), "--mgmt", calm]);
  const place = {
    folder: lab.folder,
    sock: lab.path("sw"),
    mgmt: lab.path("mgmt"),
    ws: WS,
    api: API,
    crypt: CRYPT,
    echo: Number(echo),
    far,
    tap: "chaos0",
    seconds,
    seed,
  };
  const pidfile = lab.path("pid");
  // Limits first: in a namespace made by `ip netns`, /sys has no control groups.
  const [limit = "", ...command] = [...limited(lab, LIMITS), ...space.inside, ...underTest];
  const attacked = lab.start(limit, ...command, ...optionsOf(lab, place, pidfile));
  const console = await openConsole(lab, place.mgmt, { server: attacked });
  await console.command("plugin/add pdump");
  await console.command(`pdump/filename ${lab.path("full/capture.pcap")}`);
  await space.configure(place.tap, "10.99.0.1/24");
  await run("ip", ["-n", space.name, "neigh", "replace", "10.99.0.2", "lladdr", "02:00:00:00:0a:01", "dev", place.tap]);
  await (await openConsole(lab, calm)).command("showinfo");
  console.close();
  return { place, attacked, pidfile, calm, start };
}

function startIn(lab: Lab, { inside }: Namespace, command: readonly string[]): Program {
  const [program = "", ...words] = [...inside, ...command];
  return lab.start(program, ...words);
}

/** Files that programs are told to read and cannot, and a disk that is full. */
function fill(lab: Lab): void {
  for (const name of ["tftp", "full"]) mkdirSync(lab.path(name));
  spawnSync("mkfifo", [lab.path("fifo"), lab.path("tftp/fifo")]);
  writeFileSync(lab.path("tftp/boot"), "boot");
  writeFileSync(lab.path("secret"), randomBytes(32), { mode: 0o600 });
  writeFileSync(lab.path("tokens"), "token 0123456789abcdef\n", { mode: 0o600 });
  if (spawnSync("mount", ["-t", "tmpfs", "-o", "size=16k", "none", lab.path("full")]).status === 0)
    lab.later(() => void spawnSync("umount", ["-l", lab.path("full")]));
}

/** The switch beyond the cable, and the cable's server. Returns its directory. */
async function startFar(lab: Lab, space: Namespace): Promise<string> {
  const far = lab.path("far");
  startIn(lab, space, [...underTest, "--nostdin", "--sock", far]);
  await until("the far switch serves", () => existsSync(`${far}/ctl`));
  const pidfile = lab.path("crypt.pid");
  const words = ["-s", far, "-p", `${CRYPT}`, "-P", lab.path("secret"), "--pidfile", pidfile];
  startIn(lab, space, [ours(lab, "vde_cryptcab"), ...words]);
  await until("the cable's server serves", () => existsSync(pidfile));
  return far;
}

function optionsOf(lab: Lab, place: Place, pidfile: string): readonly string[] {
  return [
    ...["--nostdin", "--sock", place.sock, "--mgmt", place.mgmt, "--pidfile", pidfile, "--numports", "512"],
    ...["--ws", `127.0.0.1:${place.ws}`, "--api", `${place.api}`, "--api-token-file", lab.path("tokens")],
    ...["--tap", place.tap, `--slirp=tftp_path='${lab.path("tftp")}'`],
    ...["--link", `crypt://127.0.0.1:${place.crypt}[preshared='${lab.path("secret")}']`],
  ];
}
