// The switch as others start it: the NixOS test driver, and ifupdown's hook of Debian.

import { existsSync, readFileSync, statSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { needs } from "../skip.js";
import { openConsole } from "./console.js";
import { inLab } from "./lab.js";
import { makeNamespace } from "./namespace.js";
import { isReal, underTest } from "./switch.js";
import { until } from "./wait.js";

const test = suite("as others start it");
const withNamespaces = needs(test, { commands: ["ip"], namespaces: true });
const withNostdin = needs(test, { unless: isReal && "vde_switch 2.3.2 has no --nostdin" });

const [program = "", ...first] = underTest;

function mode(path: string): string {
  return (statSync(path).mode & 0o7777).toString(8);
}

test(
  "NixOS' test driver asks showinfo through a pipe, and ends it with the pipe",
  inLab(async (lab) => {
    const directory = lab.path("vde1.ctl");
    const bench = lab.start(program, ...first, "--sock", directory, "--dirmode", "0700", "--hub");
    bench.tell("showinfo\n");
    await bench.says(/^1000 Success$/m);
    assert.ok(existsSync(`${directory}/ctl`));
    assert.is(mode(directory), "700");
    bench.hangUp();
    assert.is((await bench.exit()).code, 0);
    assert.not.ok(existsSync(directory));
  }),
);

test(
  "NixOS' older test driver asks for a version, and lives on any line",
  inLab(async (lab) => {
    const bench = lab.start(program, ...first, "--sock", lab.path("vde1.ctl"), "--dirmode", "0700");
    bench.tell("version\n");
    await bench.says(/^1038 Function not implemented(: .*)?$/m);
  }),
);

withNostdin(
  "--nostdin serves on with nothing on its standard input",
  inLab(async (lab) => {
    const management = lab.path("mgmt");
    const bench = lab.start(program, ...first, "--sock", lab.path("sw"), "--mgmt", management, "--nostdin");
    bench.hangUp();
    const console = await openConsole(lab, management);
    assert.match(await console.command("showinfo"), /^1000 Success$/m);
    bench.signal("SIGTERM");
    assert.is((await bench.exit()).code, 0);
  }),
);

withNamespaces(
  "ifupdown's hook starts a daemon with a tap, and ends it by its pidfile",
  inLab(async (lab) => {
    const { name, inside, configure } = await makeNamespace(lab);
    const [directory, pidfile, management] = ["sw", "pid", "mgmt"].map((file) => lab.path(file)) as [
      string,
      string,
      string,
    ];
    const names = ["-s", directory, "-p", pidfile, "-M", management];
    const options = [...names, "-m", "660", "-g", "daemon", "-t", "tap0", "--mgmtmode", "660", "-d"];
    const [ip = "", ...rest] = [...inside, ...underTest, ...options];
    assert.is((await lab.start(ip, ...rest).exit()).code, 0, "the parent ends when the daemon is under way");

    const pid = Number(
      await until("a pidfile", () => (existsSync(pidfile) && readFileSync(pidfile, "utf8").trim()) || undefined),
    );
    lab.later(() => endIfAlive(pid));
    const console = await openConsole(lab, management);
    await configure("tap0", "10.9.0.1/24");
    assert.match(await console.command("port/print"), /module tuntap/);
    assert.equal([directory, `${directory}/ctl`, management].map(mode), ["3770", "660", "660"], name);
    assert.is(statSync(directory).gid, 1);

    process.kill(pid, "SIGTERM");
    await until("all files are gone", () => ![directory, pidfile, management].some((path) => existsSync(path)));
  }),
);

function endIfAlive(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended, as it was told to.
  }
}

test.run();
