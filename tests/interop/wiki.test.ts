// What VDE's wiki shows, as it stands there: cables over ssh and netcat, and consoles by vdeterm and socat.

import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { freePort } from "../free-port.js";
import { needs } from "../skip.js";
import { crosses } from "./crossing.js";
import { inLab, type Lab } from "./lab.js";
import type { Program } from "./program.js";
import { sshServer } from "./ssh.js";
import { startSwitch } from "./switch.js";
import { ours } from "./tools.js";

const test = suite("the wiki's examples");
const withSsh = needs(test, { commands: ["ssh", "ssh-keygen"], files: ["/usr/sbin/sshd"] });
const withNetcat = needs(test, { commands: ["nc"] });
const withSocat = needs(test, { commands: ["socat"] });
const withScript = needs(test, { commands: ["script"] });

/** Starts a line of the wiki with our tools in the PATH. */
function shell(lab: Lab, line: string): Program {
  const names = ["vde_plug", "dpipe", "vdeterm", "vde_plug2tap"].map((name) => ours(lab, name));
  const path = `PATH=${dirname(names[0]!)}:${dirname(process.execPath)}:${process.env["PATH"]}`;
  return lab.start("env", `HOME=${lab.folder}`, path, "TERM=xterm", "sh", "-c", `exec ${line}`);
}

/** An ssh server with vde_plug in its PATH, and the words by which ssh reaches it. */
async function sshWords(lab: Lab): Promise<string> {
  const { config, target } = await sshServer(lab, { tools: ["vde_plug"] });
  return `ssh -F ${config} ${target}`;
}

withSsh(
  "dpipe vde_plug /tmp/vde.ctl = ssh foo@remote.host.org vde_plug /tmp/vde_remote.ctl",
  inLab(async (lab) => {
    const ssh = await sshWords(lab);
    const [here, there] = [await startSwitch(lab, "here"), await startSwitch(lab, "there")];
    const cable = shell(lab, `dpipe vde_plug ${here.directory} = ${ssh} vde_plug ${there.directory}`);
    await crosses(lab, here, there);
    assert.match(await there.console.command("port/print"), /SSH=127\.0\.0\.1/);
    await cable.stop();
    for (const { console } of [here, there]) await console.shows("port/print", /^(?!.*vdeplug:)/s);
  }),
);

withSsh(
  "vde_plug is a login shell that does nothing but plug into the user's own switch",
  inLab(async (lab) => {
    const ssh = await sshWords(lab);
    const [here, there] = [await startSwitch(lab, "here"), await startSwitch(lab, "there")];
    mkdirSync(lab.path(".vde2"));
    symlinkSync(there.directory, lab.path(".vde2/default.switch"));
    const broker = lab.path("broker");
    writeFileSync(
      broker,
      `#!/bin/sh\nexport HOME=${lab.folder}\nexec ${ours(lab, "vde_plug")} -c "$SSH_ORIGINAL_COMMAND"\n`,
    );
    chmodSync(broker, 0o755);
    writeFileSync(lab.path("keys"), `command="${broker}" ${readFileSync(lab.path("user.pub"), "utf8")}`);
    shell(lab, `dpipe vde_plug ${here.directory} = ${ssh} vde_plug`);
    await crosses(lab, here, there);
    const refused = shell(lab, `${ssh} ls /`);
    assert.is((await refused.exit()).code, 255);
    assert.match(refused.complaints(), /not a login shell/);
  }),
);

withNetcat(
  "dpipe vde_plug /tmp/vde.ctl = nc -l -u -p 8000",
  inLab(async (lab) => {
    const port = await freePort();
    const [here, there] = [await startSwitch(lab, "here"), await startSwitch(lab, "there")];
    shell(lab, `dpipe vde_plug ${there.directory} = nc -l -u -p ${port}`);
    await there.console.shows("port/print", /vdeplug:/);
    shell(lab, `dpipe vde_plug ${here.directory} = nc -u 127.0.0.1 ${port}`);
    await crosses(lab, here, there);
  }),
);

withSocat(
  "socat - unix:/tmp/muvde.mgmt",
  inLab(async (lab) => {
    const bench = await startSwitch(lab, "sw");
    const socat = shell(lab, `socat - unix:${bench.management}`);
    socat.tell("showinfo\n");
    await socat.says(/^1000 Success$/m);
  }),
);

withScript(
  "vdeterm /tmp/myvde.mgmt: typing survives an event, Tab completes, history comes back in the next session",
  inLab(async (lab) => {
    const bench = await startSwitch(lab, "sw");
    const session = () => shell(lab, `script -qec 'vdeterm ${bench.management}' /dev/null`);
    const first = session();
    await first.says(/vde\[.*sw\.mgmt\]: /);
    first.tell("debug/add port/+\r");
    await first.says(/Success/);
    first.tell("port/allp");
    await first.says(/port\/allp$/);
    await bench.console.command("port/create 9");
    await first.says(/\*\* DBG MSG: .*9\r?\n.*vde\[.*\]: port\/allp/s);
    first.tell("\t");
    await first.says(/rint $/);
    first.tell("9\r");
    await first.says(/PORT.*\r?\n *9 .*inactive/m);
    first.tell("logout\r");
    assert.is((await first.exit()).code, 0);
    const second = session();
    await second.says(/vde\[.*\]: /);
    second.tell("\x1b[A\x1b[A\r");
    await second.says(/PORT.*\r?\n *9 /m);
  }),
);

test.run();
