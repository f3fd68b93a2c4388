// Files that a command line names, as shells give them: devices, pipes, descriptors.

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { openConsole } from "../interop/console.js";
import { inLab, type Lab } from "../interop/lab.js";
import type { Program } from "../interop/program.js";
import { until } from "../interop/wait.js";

const programs = fileURLToPath(new URL("../../bin/", import.meta.url));
const test = suite("files that are pipes and devices");

/** Runs a line of bash in the lab, with our programs. */
function bash(lab: Lab, line: string): Program {
  return lab.start(
    "env",
    `HOME=${lab.folder}`,
    `PATH=${programs}:${process.env["PATH"]}`,
    "bash",
    "-c",
    `cd ${lab.folder}; ${line}`,
  );
}

async function vlans(lab: Lab): Promise<string[]> {
  const console = await openConsole(lab, lab.path("mgmt"));
  const answer = await console.command("vlan/print");
  await bash(lab, "exec unixcmd -s mgmt shutdown").exit();
  return [...answer.matchAll(/^VLAN (\d+)/gm)].map(([, number]) => number!);
}

const SWITCH = "vde_switch -s sw -M mgmt --nostdin";
const LINES: readonly [what: string, line: string, vlans: readonly string[]][] = [
  ["/dev/null", `exec ${SWITCH} -f /dev/null`, ["0000"]],
  ["<(...)", `exec ${SWITCH} -f <(echo vlan/create 10)`, ["0000", "0010"]],
  ["/dev/stdin", `echo vlan/create 10 | ${SWITCH} -f /dev/stdin`, ["0000", "0010"]],
  ["a here-document", `exec ${SWITCH} -f /proc/self/fd/7 7<<<'vlan/create 10'`, ["0000", "0010"]],
  [
    "a slow pipe",
    `exec ${SWITCH} -f <(echo vlan/create 10; sleep 0.5; printf 'vlan/create 11')`,
    ["0000", "0010", "0011"],
  ],
  ["<(...) of a daemon", `${SWITCH} -d -f <(sleep 0.3; echo vlan/create 10)`, ["0000", "0010"]],
  ["/dev/stdin of a daemon", `echo vlan/create 10 | ${SWITCH} -d -f /dev/stdin`, ["0000", "0010"]],
  ["a FIFO", `mkfifo fifo; ${SWITCH} -f fifo & sleep 0.3; echo vlan/create 10 >fifo; wait`, ["0000", "0010"]],
];

for (const [what, line, expected] of LINES) {
  test(
    `a switch takes ${what} as its rc file`,
    inLab(async (lab) => {
      const program = bash(lab, line);
      assert.equal(await vlans(lab), expected);
      assert.is((await program.exit()).code, 0);
      await until("the switch has ended", () => !existsSync(lab.path("sw")));
    }),
  );
}

test(
  "a pipe that nobody closes is named, and a signal ends the start",
  inLab(async (lab) => {
    const program = bash(lab, `mkfifo fifo; exec ${SWITCH} -f fifo`);
    await until("it says what it waits for", () => /fifo: waiting for its end/.test(program.complaints()));
    program.signal("SIGTERM");
    assert.is((await program.exit()).code, 0);
  }),
);

test(
  "a file without end, a folder and a descriptor that is none are refused",
  inLab(async (lab) => {
    for (const [name, message] of [
      ["/dev/zero", /--rcfile: .*\/dev\/zero is longer than 1048576 octets/],
      [lab.folder, /--rcfile: .*directory/i],
      ["/dev/fd/77", /--rcfile: \/dev\/fd\/77: bad file descriptor/],
      ["/nowhere", /--rcfile: \/nowhere: no such file or directory/],
    ] as const) {
      const program = bash(lab, `exec ${SWITCH} -f ${name}`);
      assert.is((await program.exit()).code, 1, name);
      assert.match(program.complaints(), message);
    }
  }),
);

test(
  "wirefilter and unixcmd take them as well",
  inLab(async (lab) => {
    bash(lab, `exec ${SWITCH}`);
    await openConsole(lab, lab.path("mgmt"));
    const wire = bash(lab, "exec wirefilter -v sw:sw -M wire --nostdin -f <(echo delay 7)");
    await until("a console", () => existsSync(lab.path("wire")));
    const shown = bash(lab, "exec unixcmd -s wire showinfo");
    assert.is((await shown.exit()).code, 0);
    assert.match(shown.text(), /Delay\s+L->R 7/);
    const program = "1 IN '$ ' 100\n2 SEND 'vlan/create 12\\n'\n3 IN '\\n' 100\n4 EXIT 5\n100 EXIT 9\n";
    writeFileSync(lab.path("program"), program);
    assert.is((await bash(lab, "exec unixcmd -s mgmt -f <(cat program) x").exit()).code, 5);
    wire.signal("SIGTERM");
    assert.equal(await vlans(lab), ["0000", "0012"]);
  }),
);

test(
  "an rc file that fails says at the end how many lines, and what to do about colours",
  inLab(async (lab) => {
    const program = bash(
      lab,
      `exec ${SWITCH} -f <(printf 'port/setcolourful 1\\nport/create 1\\nport/setcolour 1 1\\n')`,
    );
    await until("a sum", () => /: 2 lines failed, and the switch runs without/.test(program.complaints()));
    await until("advice", () => /multi:\/\/ keeps plugs apart/.test(program.complaints()));
  }),
);

test(
  "a daemon tells of every line of its rc file that fails, and of nothing else",
  inLab(async (lab) => {
    const program = bash(lab, `exec ${SWITCH} -d -p pid -f <(printf 'vlan/none %s\n' {1..20})`);
    assert.is((await program.exit()).code, 0);
    const said = program.complaints().trim().split("\n");
    assert.is(said.length, 21, program.complaints());
    assert.match(said.at(-1)!, /: 20 lines failed, and the switch runs without/);
    process.kill(Number(readFileSync(lab.path("pid"), "utf8")), "SIGTERM");
  }),
);

test(
  "a pidfile that is a number is warned of, with the option that was meant",
  inLab(async (lab) => {
    const plug = bash(lab, "exec vde_plug -p 30 /nowhere");
    assert.is((await plug.exit()).code, 1);
    assert.match(plug.complaints(), /^vde_plug: warning: --pidfile 30: .*; a port is --port 30$/m);
    for (const path of ["./pid.30", "./30", '"$PWD/30"']) {
      const file = bash(lab, `exec vde_plug -p ${path} /nowhere`);
      await file.exit();
      assert.not.match(file.complaints(), /warning/, path);
    }
  }),
);

test(
  "a manager's load takes /dev/null, and no pipe that would keep others waiting",
  inLab(async (lab) => {
    spawnSync("mkfifo", [lab.path("fifo")]);
    bash(lab, `exec ${SWITCH}`);
    const console = await openConsole(lab, lab.path("mgmt"));
    assert.match(await console.command("load /dev/null"), /^1000 Success$/m);
    assert.match(await console.command(`load ${lab.path("fifo")}`), /^1022 .*fifo is a pipe or a device/m);
  }),
);

test.run();
