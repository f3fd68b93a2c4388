// Job control of a shell at a terminal: a switch in its background.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { inLab, type Lab } from "../interop/lab.js";
import type { Program } from "../interop/program.js";
import { until } from "../interop/wait.js";
import { needs } from "../skip.js";

const programs = fileURLToPath(new URL("../../bin/", import.meta.url));
const test = suite("job control");
const atTerminal = needs(test, { commands: ["script", "bash"] });

/** An interactive shell at a terminal of its own. */
async function shellIn(lab: Lab): Promise<Program> {
  const shell = `env HOME=${lab.folder} PS1='ready> ' PATH=${programs}:$PATH bash --norc --noprofile -i`;
  const terminal = lab.start("script", "-qfc", shell, "/dev/null");
  await terminal.says(/ready> /);
  return terminal;
}

for (const name of ["vde_switch", "loom switch", "vde_switch 2>/dev/null"]) {
  atTerminal(
    `${name} in a shell's background serves while the shell is typed at, and ends at the first kill`,
    inLab(async (lab) => {
      const terminal = await shellIn(lab);
      terminal.tell(`${name} -s ${lab.path("sw")} -M ${lab.path("mgmt")} &\n`);
      terminal.tell(`until unixcmd -s ${lab.path("mgmt")} port/print; do sleep 0.2; done; echo ser''ves\n`);
      await terminal.says(/^serves/m);
      for (let line = 0; line < 3; line++) terminal.tell("\n");
      terminal.tell("jobs; echo li''sted\n");
      await terminal.says(/^listed/m);
      assert.match(terminal.text(), /^\[1\]\+? +Running/m);
      assert.not.match(terminal.text(), /Stopped/);
      terminal.tell("kill %1; wait %1; echo en''ded $?\n");
      await terminal.says(/^ended 0/m);
      terminal.tell("exit\n");
      await until("the shell ends", () => terminal.exit().then(() => true));
    }),
  );
}

atTerminal(
  "a switch that was stopped and sent to the background runs on, and takes the terminal when it comes back",
  inLab(async (lab) => {
    const terminal = await shellIn(lab);
    terminal.tell(`vde_switch -s ${lab.path("sw")} -M ${lab.path("mgmt")}\n`);
    await terminal.says(/vde\$ /);
    terminal.tell("\x1a");
    await terminal.says(/Stopped/);
    terminal.tell("bg\n\n\n");
    terminal.tell(`unixcmd -s ${lab.path("mgmt")} port/print >/dev/null && echo ser''ves\n`);
    await terminal.says(/^serves/m);
    terminal.tell("fg\n");
    await until("it is back", () => /fg[\s\S]*vde\$ [^\n]*$/.test(terminal.text()));
    terminal.tell("shutdown\n");
    await until("the shell is back", () => /shutdown[\s\S]*ready> $/.test(terminal.text()));
    terminal.tell("exit\n");
    await terminal.exit();
  }),
);

atTerminal(
  "a switch that somebody else stops, and that a shell sends to the background while it is typed at, runs on",
  inLab(async (lab) => {
    const terminal = await shellIn(lab);
    terminal.tell(`vde_switch -s ${lab.path("sw")} -M ${lab.path("mgmt")} -p ${lab.path("pid")}\n`);
    await terminal.says(/vde\$ /);
    const pid = Number(readFileSync(lab.path("pid"), "utf8"));
    for (let round = 0; round < 5; round++) {
      const before = terminal.text().length;
      process.kill(pid, "SIGSTOP");
      await until("the shell is back", () => /Stopped/.test(terminal.text().slice(before)));
      terminal.tell("bg\n");
      for (let line = 0; line < 50; line++) terminal.tell("\n");
      terminal.tell(`unixcmd -s ${lab.path("mgmt")} port/print >/dev/null && echo ser''ves\n`);
      await until("it serves", () => /^serves/m.test(terminal.text().slice(before)));
      terminal.tell("fg\n");
      await until("it is back", () => /fg[\s\S]*vde\$ [^\n]*$/.test(terminal.text().slice(before)));
    }
    terminal.tell("shutdown\n");
    await until("the shell is back", () => /shutdown[\s\S]*ready> $/.test(terminal.text()));
    terminal.tell("exit\n");
    await terminal.exit();
  }),
);

test.run();
