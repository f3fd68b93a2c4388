// A switch from its start to its end: scripts, signals, standard input, and what is left behind.

import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { inLab, type Lab } from "../interop/lab.js";
import type { Program } from "../interop/program.js";
import { until } from "../interop/wait.js";
import { needs } from "../skip.js";
import { isAlive, LOOM, processOf, startVdeSwitch } from "./cli-bench.js";

const test = suite("a switch under way");
const withTerminal = needs(test, { commands: ["script"] });

/** A switch with all its files, and a wait until it has them. */
async function start(lab: Lab, ...options: readonly string[]): Promise<{ program: Program; pid: number }> {
  const files = ["-s", lab.path("sw"), "-M", lab.path("mgmt"), "-p", lab.path("pid")];
  const program = startVdeSwitch(lab, ...files, ...options);
  return { program, pid: await processOf(lab, "pid") };
}

function left(lab: Lab): string[] {
  return ["sw", "mgmt", "pid"].filter((name) => existsSync(lab.path(name)));
}

const ENDINGS: [signal: NodeJS.Signals, number: number, exit: { code: number | null; signal: string | null }][] = [
  ["SIGTERM", 15, { code: 0, signal: null }],
  ["SIGINT", 2, { code: null, signal: "SIGINT" }],
  ["SIGQUIT", 3, { code: null, signal: "SIGQUIT" }],
];

for (const [signal, number, exit] of ENDINGS) {
  test(
    `${signal} ends it in order`,
    inLab(async (lab) => {
      const { program } = await start(lab);
      assert.equal(left(lab), ["sw", "mgmt", "pid"]);
      program.signal(signal);
      assert.equal(await program.exit(), exit);
      assert.is(program.complaints(), `vde_switch: Caught signal ${number}, cleaning up and exiting\n`);
      assert.equal(left(lab), []);
    }),
  );
}

test(
  "other signals do not end it",
  inLab(async (lab) => {
    const { program } = await start(lab);
    const signals = ["SIGHUP", "SIGPIPE", "SIGUSR1", "SIGUSR2", "SIGALRM", "SIGVTALRM", "SIGIO", "SIGPWR"] as const;
    for (const signal of signals) program.signal(signal);
    program.tell("showinfo\n");
    await program.says(/^1000 Success$/m);
    program.signal("SIGTERM");
    assert.is((await program.exit()).code, 0);
  }),
);

test(
  "the end of standard input is its end",
  inLab(async (lab) => {
    const { program } = await start(lab);
    program.tell("showinfo\n");
    program.hangUp();
    assert.is((await program.exit()).code, 0);
    assert.match(program.text(), /^1000 Success$/m);
    assert.is(program.complaints(), "vde_switch: EOF on stdin, cleaning up and exiting\n");
    assert.equal(left(lab), []);
  }),
);

withTerminal(
  "the end of its terminal is its end",
  inLab(async (lab) => {
    const command = [...LOOM, "switch", "-s", lab.path("sw"), "-p", lab.path("pid")].join(" ");
    const terminal = lab.start("script", "-q", "-c", command, "/dev/null");
    const pid = await processOf(lab, "pid");
    terminal.signal("SIGKILL");
    await until("the switch has ended", () => !isAlive(pid));
    assert.equal(left(lab), []);
  }),
);

test(
  "shutdown on standard input is its end",
  inLab(async (lab) => {
    const { program } = await start(lab);
    program.tell("shutdown\n");
    assert.is((await program.exit()).code, 0);
    assert.is(program.complaints(), "vde_switch: Shutdown from mgmt command\n");
    assert.equal(left(lab), []);
  }),
);

test(
  "a script of the user's runs at the start, and what fails in it is told by its line",
  inLab(async (lab) => {
    mkdirSync(lab.path(".vde2"));
    writeFileSync(lab.path(".vde2/vde_switch.rc"), "# ports\nport/create 3\nport/create 3\nshutdown\n");
    const { program } = await start(lab);
    program.tell("port/allprint\n");
    await program.says(/^Port 0003 /m);
    assert.match(program.complaints(), /^vde_switch: .*\.vde2\/vde_switch\.rc:3: port\/create 3: 1017 /);
  }),
);

test(
  "a script that is named runs instead",
  inLab(async (lab) => {
    mkdirSync(lab.path(".vde2"));
    writeFileSync(lab.path(".vde2/vde_switch.rc"), "port/create 3\n");
    writeFileSync(lab.path("rc"), "port/create 4");
    const { program } = await start(lab, "-f", lab.path("rc"));
    program.tell("port/allprint\n");
    await program.says(/^1000 Success$/m);
    assert.match(program.text(), /^Port 0004 /m);
    assert.not.match(program.text(), /^Port 0003 /m);
  }),
);

test(
  "options reach the switch",
  inLab(async (lab) => {
    const { program } = await start(lab, "-xF", "-n", "7", "--macaddr", "2:0:0:0:0:1", "--hashsize", "100");
    program.tell("showinfo\nport/showinfo\nhash/showinfo\n");
    await program.says(/^Hash size 128$/m);
    assert.match(program.text(), /MAC 02:00:00:00:00:01 /);
    assert.match(program.text(), /^Numports=7\nHUB=true$/m);
    assert.match(program.complaints(), /--fstp does nothing in a hub: --hub wins$/m);
    assert.match(program.complaints(), /Hash size must be a power of 2. 100 rounded to 128$/m);
  }),
);

test(
  "a second switch leaves the first its files",
  inLab(async (lab) => {
    await start(lab);
    const second = startVdeSwitch(lab, "-s", lab.path("sw"));
    assert.is((await second.exit()).code, 255);
    const third = startVdeSwitch(lab, "-s", lab.path("third"), "-M", lab.path("mgmt"));
    assert.is((await third.exit()).code, 255);
    assert.equal(left(lab), ["sw", "mgmt", "pid"]);
    assert.not.ok(existsSync(lab.path("third")));
  }),
);

test(
  "a switch that was killed is in nobody's way",
  inLab(async (lab) => {
    const { program, pid } = await start(lab);
    process.kill(pid, "SIGKILL");
    await program.exit();
    assert.equal(left(lab), ["sw", "mgmt", "pid"]);
    const next = startVdeSwitch(lab, "-s", lab.path("sw"), "-M", lab.path("mgmt"), "-p", lab.path("pid"));
    next.tell("showinfo\n");
    await next.says(/^1000 Success$/m);
    next.hangUp();
    await next.exit();
    await until("nothing is left", () => left(lab).length === 0);
  }),
);

test.run();
