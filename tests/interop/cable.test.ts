// Cables of our tools and of Debian's, on our switch and on Debian's.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { needs } from "../skip.js";
import { openConsole } from "./console.js";
import { crosses, heard, plugged } from "./crossing.js";
import { frame, framed } from "./frames.js";
import { inLab, type Lab } from "./lab.js";
import { makeNamespace } from "./namespace.js";
import { plugInto } from "./plug.js";
import { type SwitchBench, startSwitch } from "./switch.js";
import { debians, ours, PAIRS, type Toolbox } from "./tools.js";
import { FAR, NEAR, startIn } from "./traffic.js";
import { until } from "./wait.js";

const test = suite("cables");
const withReal = needs(test, { commands: ["vde_switch", "vde_plug", "dpipe", "wirefilter", "unixcmd"] });

const withTap = needs(test, { commands: ["vde_switch", "vde_plug2tap", "ip", "ping"], namespaces: true });
const withTerminal = needs(test, { commands: ["vde_switch", "vdeterm", "unixterm", "script"] });

async function twoSwitches(lab: Lab, command: readonly string[]): Promise<[SwitchBench, SwitchBench]> {
  return [await startSwitch(lab, "one", { command }), await startSwitch(lab, "two", { command })];
}

for (const { title, box, command } of PAIRS) {
  withReal(
    `${title}: vde_plug on standard input and output`,
    inLab(async (lab) => {
      const bench = await startSwitch(lab, "sw", { command });
      const peer = await plugInto(lab, bench.directory);
      const tool = lab.start(box(lab, "vde_plug"), bench.directory);
      await plugged(bench);
      tool.tell(framed(frame("t > * from the tool")));
      await peer.hears("t > * from the tool");
      peer.send(frame("p > t to the tool"));
      await until("the tool writes the frame", () => heard(tool).includes("p > t to the tool"));
      tool.signal("SIGTERM");
      assert.equal(await tool.exit(), { code: 0, signal: null });
    }),
  );

  withReal(
    `${title}: vde_plug with two names`,
    inLab(async (lab) => {
      const [one, two] = await twoSwitches(lab, command);
      lab.start(box(lab, "vde_plug"), one.directory, `vde://${two.directory}[5]`);
      await crosses(lab, one, two);
      assert.match(await two.console.command("port/print"), /^Port 0005 /m);
    }),
  );

  withReal(
    `${title}: vde_plug and a command`,
    inLab(async (lab) => {
      const [one, two] = await twoSwitches(lab, command);
      lab.start(box(lab, "vde_plug"), one.directory, "=", box(lab, "vde_plug"), two.directory);
      await crosses(lab, one, two);
    }),
  );

  withReal(
    `${title}: dpipe of two vde_plugs`,
    inLab(async (lab) => {
      const [one, two] = await twoSwitches(lab, command);
      const plug = box(lab, "vde_plug");
      lab.start(box(lab, "dpipe"), plug, one.directory, "=", plug, two.directory);
      await crosses(lab, one, two);
    }),
  );

  withTap(
    `${title}: vde_plug2tap brings a machine to a switch`,
    inLab(async (lab) => {
      const { directory } = await startSwitch(lab, "sw", { command });
      const machines = [await makeNamespace(lab), await makeNamespace(lab)] as const;
      for (const machine of machines) startIn(lab, machine, box(lab, "vde_plug2tap"), "-s", directory, "tap0");
      await machines[0].configure("tap0", `${NEAR}/24`);
      await machines[1].configure("tap0", `${FAR}/24`);
      await startIn(lab, machines[0], "ping", "-c", "2", "-i", "0.2", FAR).says(/ 2 received/);
    }),
  );

  withReal(
    `${title}: wirefilter between two vde_plugs`,
    inLab(async (lab) => {
      const [one, two] = await twoSwitches(lab, command);
      const plug = box(lab, "vde_plug");
      lab.start(box(lab, "dpipe"), plug, one.directory, "=", "wirefilter", "=", plug, two.directory);
      await crosses(lab, one, two);
    }),
  );

  withTerminal(
    `${title}: vdeterm and unixterm speak to a console`,
    inLab(async (lab) => {
      const { management, console } = await startSwitch(lab, "sw", { command });
      const line = `${box(lab, "vdeterm")} ${management}`;
      const terminal = lab.start("env", `HOME=${lab.folder}`, "TERM=xterm", "script", "-qfec", line, "/dev/null");
      await terminal.says(/vde\[[^\]]+\]: /);
      terminal.tell("vlan/cr\t");
      await terminal.says(/vlan\/create $/);
      terminal.tell("10\r");
      await console.shows("vlan/allprint", /^VLAN 0010$/m);
      terminal.tell("logout\r");
      assert.is((await terminal.exit()).code, 0);
      const raw = lab.start(box(lab, "unixterm"), management);
      await raw.says(/vde\$ $/);
      raw.tell("vlan/create 11\n");
      await raw.says(/1000 Success\n\nvde\$ $/);
      raw.tell("logout\n");
      assert.is((await raw.exit()).code, 0);
    }),
  );

  withReal(
    `${title}: unixcmd gives a command`,
    inLab(async (lab) => {
      const { management } = await startSwitch(lab, "sw", { command });
      const tool = lab.start(box(lab, "unixcmd"), "-s", management, "-f", "/etc/vde2/vdecmd", "port/showinfo");
      const { code } = await tool.exit();
      assert.match(tool.text().replaceAll("\0", ""), /^Numports=32\nHUB=false\ncounters=true\n/);
      assert.is(code, box === ours ? 0 : 255, "Debian's knows no EXITATOI, which its own script ends with");
    }),
  );
}

for (const [title, pipe, plug] of [
  ["our dpipe with Debian's vde_plug", ours, debians],
  ["Debian's dpipe with our vde_plug", debians, ours],
] as const) {
  withReal(
    `${title} and Debian's wirefilter between`,
    inLab(async (lab) => {
      const [one, two] = await twoSwitches(lab, PAIRS[0]!.command);
      await filtered(lab, one, two, { pipe, plug });
    }),
  );
}

async function filtered(
  lab: Lab,
  one: SwitchBench,
  two: SwitchBench,
  { pipe, plug }: { pipe: Toolbox; plug: Toolbox },
): Promise<void> {
  const [filter, end] = [lab.path("filter"), plug(lab, "vde_plug")];
  lab.start(pipe(lab, "dpipe"), end, one.directory, "=", "wirefilter", "-M", filter, "=", end, two.directory);
  await crosses(lab, one, two);
  const cable = await openConsole(lab, filter, { prompt: "\nVDEwf$ " });
  assert.match(await cable.command("loss LR 100"), /Success/);
  const [a, b] = [await plugInto(lab, one.directory), await plugInto(lab, two.directory)];
  a.send(frame("a > * lost"));
  b.send(frame("b > * still heard"));
  await a.hears("b > * still heard");
  assert.not.ok(b.all().includes("a > * lost"));
}

withReal(
  "our vde_plug ends with 0 when the switch is gone, ours or Debian's",
  inLab(async (lab) => {
    for (const { command } of PAIRS.slice(0, 2)) {
      const bench = await startSwitch(lab, `sw${command.length}`, { command });
      const tool = lab.start(ours(lab, "vde_plug"), bench.directory);
      const peer = await plugInto(lab, bench.directory);
      await until("the cable carries frames", () => {
        peer.send(frame("p > * are you there"));
        return heard(tool).length > 0;
      });
      await bench.program.stop();
      assert.equal(await tool.exit(), { code: 0, signal: null });
    }
  }),
);

test.run();
