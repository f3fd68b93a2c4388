// What vde_plug tells the system's log, ours and Debian's, and what it does as a login shell.

import { mkdirSync, symlinkSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { needs } from "../skip.js";
import { framed } from "./frames.js";
import { inLab, type Lab } from "./lab.js";
import type { Program } from "./program.js";
import { startSwitch } from "./switch.js";
import { Syslog } from "./syslog.js";
import { debians, ours, type Toolbox } from "./tools.js";

const test = suite("vde_plug and the log");
const withLog = needs(test, { commands: ["unshare", "mount", "ip", "vde_plug"], namespaces: true });
const withTerminal = needs(test, { commands: ["script"] });

const WHO = "user root";

function start(lab: Lab, log: Syslog, box: Toolbox, ...words: readonly string[]): Program {
  const [program = "", ...first] = log.inside;
  const command = [box(lab, "vde_plug"), ...words];
  return lab.start(program, ...first, "env", `HOME=${lab.folder}`, "SSH_CLIENT=192.0.2.7 1 2", ...command);
}

/** An IPv4 or IPv6 packet from an address, in a VLAN or in none. */
function packet(source: readonly number[], vlan?: number, first = source.length === 4 ? 0x45 : 0x60): Uint8Array {
  const tag = vlan === undefined ? [] : [0x81, 0, vlan >> 8, vlan & 255];
  const ip = source.length === 4 ? [...Array(12).fill(0)] : [...Array(8).fill(0)];
  ip[0] = first;
  const type = source.length === 4 ? [8, 0] : [0x86, 0xdd];
  const octets = [255, 255, 255, 255, 255, 255, 2, 0, 0, 0, 0, 1, ...tag, ...type, ...ip, ...source];
  return Uint8Array.from([...octets, ...Array(60).fill(0)]);
}

const SIX = [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9];

for (const [title, box] of [
  ["ours", ours],
  ["Debian's", debians],
] as const) {
  withLog(
    `-l tells who comes and goes: ${title}`,
    inLab(async (lab) => {
      const log = new Syslog(lab);
      const { directory } = await startSwitch(lab, "sw");
      const tool = start(lab, log, box, "-l", directory);
      assert.equal(await log.says(1), [`vde_plug: START: ${WHO} IP 192.0.2.7`]);
      tool.hangUp();
      assert.is((await tool.exit()).code, 0);
      assert.is((await log.says(2))[1], `vde_plug: STOP: ${WHO} IP 192.0.2.7`);
    }),
  );

  withLog(
    `-L tells each address that is first seen, and its VLAN: ${title}`,
    inLab(async (lab) => {
      const log = new Syslog(lab);
      const { directory } = await startSwitch(lab, "sw");
      const tool = start(lab, log, box, "-L", directory);
      await log.says(1);
      for (const each of [
        packet([10, 0, 0, 1]),
        packet([10, 0, 0, 1]),
        packet([10, 0, 0, 2], 7),
        packet([10, 0, 0, 3], undefined, 0x46),
        packet(SIX),
      ])
        tool.tell(framed(each));
      const got = `vde_plug: ${WHO} Real-IP 192.0.2.7 has got`;
      const tagged = box === ours ? [`${got} VDE-IP4 10.0.0.2 on vlan 7`] : []; // Debian's says nothing of it
      const expected = [`${got} VDE-IP4 10.0.0.1 on vlan 0`, ...tagged, `${got} VDE-IP6 2001:db8::9 on vlan 0`];
      assert.equal((await log.says(1 + expected.length)).slice(1), expected);
    }),
  );

  withLog(
    `-c vde_plug is a login shell on the user's own switch, and any other command is refused: ${title}`,
    inLab(async (lab) => {
      const log = new Syslog(lab);
      const { directory, console } = await startSwitch(lab, "sw");
      mkdirSync(lab.path(".vde2"));
      symlinkSync(directory, lab.path(".vde2/default.switch"));
      const tool = start(lab, log, box, "-c", "vde_plug");
      await console.shows("port/print", /vdeplug: user=root pid=\d+ SSH=192\.0\.2\.7$/m);
      tool.tell(framed(packet([10, 0, 0, 1])));
      tool.hangUp();
      assert.is((await tool.exit()).code, 0);
      assert.is((await start(lab, log, box, "-c", "ls /").exit()).code, 255);
      const about = `${WHO} IP 192.0.2.7`;
      const said = ["START", "STOP", "FAILED"].map((what) => `vde_plug: ${what}: ${about}`);
      assert.equal(await log.says(3), said, "and no address, of who is not in vdeplug_iplog");
    }),
  );
}

withTerminal(
  "a terminal without a word is a login, which is refused",
  inLab(async (lab) => {
    const session = lab.start("script", "-qec", ours(lab, "vde_plug"), "/dev/null");
    assert.is((await session.exit()).code, 255);
    assert.match(session.text(), /This is not a login shell, only vde_plug can be executed/);
  }),
);

test.run();
