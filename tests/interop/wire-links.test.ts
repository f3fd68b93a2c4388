// wirefilter between links by URL, and wires in a switch: what passes them, and their consoles.

import { existsSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { needs } from "../skip.js";
import { openConsole } from "./console.js";
import { crosses, heard } from "./crossing.js";
import { frame, framed } from "./frames.js";
import { inLab, type Lab } from "./lab.js";
import { makeNamespace } from "./namespace.js";
import { plugInto } from "./plug.js";
import { type SwitchBench, startSwitch } from "./switch.js";
import { ours, startTool } from "./tools.js";
import { carryAll, FAR, NEAR, startIn } from "./traffic.js";
import { until } from "./wait.js";
import { WIRE_PROMPT } from "./wire.js";

const test = suite("wires between links");
const withTaps = needs(test, { commands: ["ip", "iperf3"], namespaces: true });

/** Our switch, whatever is under test. */
function startOurs(lab: Lab, name: string, ...options: readonly string[]): Promise<SwitchBench> {
  return startSwitch(lab, name, { command: [ours(lab, "vde_switch")], options });
}

/** Puts a wire before the first endpoint of a port. Returns what speaks to it. */
async function put({ console }: SwitchBench, port: number, settings: string): Promise<string> {
  const [, id] = /endpoint ID (\d+) module/.exec(await console.shows(`port/print ${port}`, /endpoint ID/)) ?? [];
  assert.is(await console.command(`wire/put ${port} ${Number(id)} ${settings}`), "1000 Success\n");
  return `wire/do ${port} ${Number(id)}`;
}

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
    const one = await startOurs(lab, "one", "--link", `wire://delay=10,loss=RL100{${two.directory}}`);
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

test(
  "in a switch: before a plug that is in its port, until it is out",
  inLab(async (lab) => {
    const one = await startOurs(lab, "one");
    const peer = await plugInto(lab, one.directory, { port: 1 });
    const plug = startTool(lab, "vde_plug", "-p", "2", one.directory);
    const says = (text: string) => plug.tell(framed(frame(text)));
    await one.console.shows("port/print 2", /endpoint ID/);
    says("b > * before");
    await peer.hears("b > * before");
    const [, id] = /endpoint ID (\d+)/.exec(await one.console.command("port/print 2")) ?? [];
    assert.match(await one.console.command(`wire/put 2 ${Number(id)} loss=200`), /^1022 .*loss is 0 to 100/);
    assert.not.match(await one.console.command("wire/print"), /Port/);
    const wire = await put(one, 2, "loss=RL100,delay=LR5");
    says("b > * lost");
    await one.console.shows(`${wire} stats`, /\nRL passed 0 lost 1 /);
    peer.send(frame("a > b there"));
    await until("it hears the other", () => heard(plug).includes("a > b there"));
    assert.match(await one.console.command(`${wire} loss 0`), /\n1000 Success/);
    says("b > a through");
    await peer.hears("b > a through");
    assert.not.ok(peer.all().includes("b > * lost"));
    assert.match(await one.console.command("wire/print"), /\nPort 0002 endpoint ID \d{4} wire unix prog\n/);
    await plug.stop();
    await one.console.shows("port/allprint 2", /^(?!.*endpoint ID)/s);
    await one.program.stop();
    assert.not.ok(existsSync(one.directory), "and no data socket keeps the directory");
  }),
);

test(
  "in a switch: before a link, which comes back with it",
  inLab(async (lab) => {
    let two = await startSwitch(lab, "two");
    const one = await startOurs(lab, "one", "--link", `vde://${two.directory}`);
    const wire = await put(one, 1, "delay=1");
    await crosses(lab, one, two);
    await one.console.shows(`${wire} stats`, /\nLR passed [1-9]/);
    await two.program.stop();
    await one.console.shows("port/print 1", /awaited/);
    two = await startSwitch(lab, "two");
    await crosses(lab, one, two);
    assert.match(await one.console.command("wire/print"), /Port/);
    await one.console.shows(`${wire} stats`, /\nLR passed [1-9]/);
  }),
);

withTaps(
  "in a switch: before a tap, and what the kernel had left to do for it is done",
  inLab(async (lab) => {
    const [near, far] = [await makeNamespace(lab), await makeNamespace(lab)];
    const command = [...near.inside, ours(lab, "vde_switch")];
    const one = await startSwitch(lab, "sw", { command, options: ["--tap", "near0"] });
    startIn(lab, far, ours(lab, "vde_plug2tap"), "-s", one.directory, "far0");
    await near.configure("near0", `${NEAR}/24`);
    await far.configure("far0", `${FAR}/24`);
    const wire = await put(one, 1, "delay=LR0.1");
    await carryAll(lab, [near, "near0"], [far, "far0"]);
    for (const way of ["LR", "RL"]) await one.console.shows(`${wire} stats`, new RegExp(`\n${way} passed [1-9]`));
    await startIn(lab, near, "ip", "link", "delete", "near0").exit();
    await one.console.shows("port/allprint 1", /^(?!.*endpoint ID)/s);
  }),
);

test.run();
