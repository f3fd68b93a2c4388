// wirefilter between links by URL, and wires in a switch: what passes them, and their consoles.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { openConsole } from "./console.js";
import { frame } from "./frames.js";
import { inLab } from "./lab.js";
import { plugInto } from "./plug.js";
import { startSwitch } from "./switch.js";
import { ours, startTool } from "./tools.js";
import { WIRE_PROMPT } from "./wire.js";

const test = suite("wires between links");

test(
  "between two links: a console on standard input, and the end with either switch",
  inLab(async (lab) => {
    const [one, two] = [await startSwitch(lab, "one"), await startSwitch(lab, "two")];
    const wire = startTool(lab, "wirefilter", "-v", `${one.directory}[5]:vde://${two.directory}`);
    await one.console.shows("port/print 5", /vde_crosscable user=/);
    await two.console.shows("port/print", /vde_crosscable user=/);
    wire.tell("showcurrent\n");
    await wire.says(/^0000 DATA END WITH '\.'\nCurrent Markov Node 0 "" \(0,\.\.,0\)\n\.\n1000 Success\n\nVDEwf\$ $/);
    const [a, b] = [await plugInto(lab, one.directory), await plugInto(lab, two.directory)];
    a.send(frame("a > * over there"));
    await b.hears("a > * over there");
    await two.program.stop();
    assert.equal(await wire.exit(), { code: 0, signal: null });
    const again = startTool(lab, "wirefilter", one.directory, one.directory, "--loss", "100");
    await one.console.shows("port/print", /vde_crosscable user=/);
    again.tell("logout\n");
    assert.equal(await again.exit(), { code: 0, signal: null });
    assert.is(again.text(), "1-01 Unknown error -1\n");
  }),
);

test(
  "between links that are no descriptors: the same, frame by frame",
  inLab(async (lab) => {
    const [one, two] = [await startSwitch(lab, "one"), await startSwitch(lab, "two")];
    const mgmt = lab.path("mgmt");
    startTool(lab, "wirefilter", `vlan://{${one.directory}}`, two.directory, "-M", mgmt, "--delay", "LR20");
    const console = await openConsole(lab, mgmt, { prompt: WIRE_PROMPT });
    for (const { console: shell } of [one, two]) await shell.shows("port/print", /vde_crosscable user=/);
    const [a, b] = [await plugInto(lab, one.directory), await plugInto(lab, two.directory)];
    a.send(frame("a > * over there"));
    await b.hears("a > * over there");
    b.send(frame("b > a and back"));
    await a.hears("b > a and back");
    assert.match(await console.command("stats"), /\nLR passed [1-9]\d* lost 0 queued 0/);
  }),
);

test(
  "in a switch: a trunk with faults by its URL, and its console from the switch's",
  inLab(async (lab) => {
    const two = await startSwitch(lab, "two");
    const loom = [ours(lab, "vde_switch")];
    const options = ["--link", `wire://delay=10,loss=RL100{${two.directory}}`];
    const one = await startSwitch(lab, "one", { command: loom, options });
    await two.console.shows("port/print", /vde_switch:/);
    const [, port, id] = /Port (\d+) endpoint ID (\d+) wire vde/.exec(await one.console.command("wire/print")) ?? [];
    const [a, b] = [await plugInto(lab, one.directory), await plugInto(lab, two.directory)];
    a.send(frame("a > * over there"));
    await b.hears("a > * over there");
    b.send(frame("b > * lost"));
    const command = `wire/do ${Number(port)} ${Number(id)}`;
    await one.console.shows(`${command} stats`, /\nRL passed 0 lost [1-9]/);
    assert.match(await one.console.command(`${command} loss 0`), /\n1000 Success/);
    b.send(frame("b > * through"));
    await a.hears("b > * through");
    assert.not.ok(a.all().includes("b > * lost"));
  }),
);

test.run();
