// The switch under test and a real vde_switch, joined by a cable that carries VLANs with their tags.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { needs } from "../skip.js";
import type { Console } from "./console.js";
import { frame } from "./frames.js";
import { inLab, type Lab } from "./lab.js";
import { plugInto } from "./plug.js";
import { isReal, real, type SwitchBench, startSwitch } from "./switch.js";

const test = suite("trunk to vde_switch");
const withReal = needs(test, { commands: ["vde_switch", "vde_plug", "dpipe"] });

const whereOurs = needs(test, { commands: ["vde_switch"], unless: isReal && "vde_switch has no --link" });

const TRUNK = 1;
const TEN = 2;
const TWENTY = 3;
const THIRTY = 4;

/** VLANs 10 and 20 on the trunk with tags, 30 on no trunk; a port for each of them. */
async function configure(console: Console): Promise<void> {
  const vlans = [10, 20, 30].map((vlan) => `vlan/create ${vlan}`);
  const ports = [TEN, TWENTY, THIRTY].map((port) => [`port/create ${port}`, `port/setvlan ${port} ${(port - 1) * 10}`]);
  const trunk = [`vlan/addport 10 ${TRUNK}`, `vlan/addport 20 ${TRUNK}`];
  for (const command of [...vlans, ...ports.flat(), ...trunk])
    assert.is(await console.command(command), "1000 Success\n", command);
}

async function joined(lab: Lab): Promise<{ ours: SwitchBench; theirs: SwitchBench }> {
  const [ours, theirs] = [await startSwitch(lab, "ours"), await startSwitch(lab, "theirs", { command: real })];
  lab.start("dpipe", "vde_plug", `${ours.directory}[${TRUNK}]`, "=", "vde_plug", `${theirs.directory}[${TRUNK}]`);
  for (const { console } of [ours, theirs]) {
    await console.shows(`port/print ${TRUNK}`, /vdeplug:/);
    await configure(console);
  }
  return { ours, theirs };
}

/** The same without a process between: the switch under test plugs itself in. */
async function linked(lab: Lab): Promise<{ ours: SwitchBench; theirs: SwitchBench }> {
  const theirs = await startSwitch(lab, "theirs", { command: real });
  const ours = await startSwitch(lab, "ours", { options: ["--link", `vde://${theirs.directory}[${TRUNK}]`] });
  await ours.console.shows(`port/print ${TRUNK}`, /module link {8}: vde:\/\//);
  await theirs.console.shows(`port/print ${TRUNK}`, /vde_switch: user=/);
  for (const { console } of [ours, theirs]) await configure(console);
  return { ours, theirs };
}

async function plugs(lab: Lab, { directory }: SwitchBench) {
  const at = (port: number) => plugInto(lab, directory, { port });
  return { ten: await at(TEN), twenty: await at(TWENTY), thirty: await at(THIRTY), trunk: await at(TRUNK) };
}

withReal(
  "each VLAN crosses the trunk, and none leaks into another",
  inLab(async (lab) => {
    const { ours, theirs } = await joined(lab);
    const [here, there] = [await plugs(lab, ours), await plugs(lab, theirs)];
    here.ten.send(frame("a > * ten"));
    await there.ten.hears("a > * ten");
    there.ten.send(frame("b > a ten too"));
    await here.ten.hears("b > a ten too");
    there.twenty.send(frame("c > * twenty"));
    await here.twenty.hears("c > * twenty");
    here.twenty.send(frame("d > c twenty too"));
    await there.twenty.hears("d > c twenty too");
    assert.equal(here.ten.all(), ["b > a ten too"]);
    assert.equal(there.ten.all(), ["a > * ten"]);
    assert.equal(here.twenty.all(), ["c > * twenty"]);
    assert.equal(there.twenty.all(), ["d > c twenty too"]);
  }),
);

whereOurs(
  "each VLAN crosses a trunk that the switch plugged in by --link, and its end is heard of",
  inLab(async (lab) => {
    const { ours, theirs } = await linked(lab);
    const at = ({ directory }: SwitchBench, port: number) => plugInto(lab, directory, { port });
    const [ten, tenThere] = [await at(ours, TEN), await at(theirs, TEN)];
    const [twenty, twentyThere] = [await at(ours, TWENTY), await at(theirs, TWENTY)];
    ten.send(frame("a > * ten"));
    await tenThere.hears("a > * ten");
    twentyThere.send(frame("c > * twenty"));
    await twenty.hears("c > * twenty");
    assert.equal(twentyThere.all(), []);
    await theirs.program.stop();
    await ours.console.shows("port/print", /^(?!.*module link)/s);
  }),
);

whereOurs(
  "port/link plugs a link into a port, and says why it cannot",
  inLab(async (lab) => {
    const [one, two] = [await startSwitch(lab, "one"), await startSwitch(lab, "two")];
    assert.is(await one.console.command(`port/link 7 ${two.directory}`), "1000 Success\n");
    await two.console.shows("port/print", /vde_switch: user=/);
    const [a, b] = [await plugInto(lab, one.directory), await plugInto(lab, two.directory)];
    a.send(frame("a > * over there"));
    await b.hears("a > * over there");
    assert.match(await one.console.command("port/print 7"), /module link/);
    for (const [command, answer] of [
      ["port/link /nowhere", /^1002 No such file or directory/],
      ["port/link nix://x", /^1093 Protocol not supported/],
      ["port/link 999 null://", /^1022 Invalid argument/],
      ["port/link udp://x", /^1022 Invalid argument/],
    ] as const)
      assert.match(await one.console.command(command), answer, command);
  }),
);

withReal(
  "frames on the trunk carry the tag of their VLAN",
  inLab(async (lab) => {
    const { ours, theirs } = await joined(lab);
    const [here, there] = [await plugs(lab, ours), await plugs(lab, theirs)];
    here.ten.send(frame("a > * ten"));
    await here.trunk.hears("a > * #10 ten");
    there.twenty.send(frame("b > * twenty"));
    await there.trunk.hears("b > * #20 twenty");
  }),
);

withReal(
  "a VLAN that is not on the trunk stays at home",
  inLab(async (lab) => {
    const { ours, theirs } = await joined(lab);
    const [here, there] = [await plugs(lab, ours), await plugs(lab, theirs)];
    here.thirty.send(frame("a > * thirty"));
    here.twenty.send(frame("b > * twenty"));
    await there.twenty.hears("b > * twenty");
    assert.equal(there.thirty.all(), []);
    assert.equal(here.trunk.all(), ["b > * #20 twenty"]);
    here.trunk.send(frame("c > * #30 forged"));
    here.trunk.send(frame("c > * #20 fine"));
    await here.twenty.hears("c > * #20 fine".replace(" #20", ""));
    assert.equal(here.thirty.all(), []);
  }),
);

test.run();
