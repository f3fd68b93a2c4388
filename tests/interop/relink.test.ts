// Links of a switch whose other end goes away: they come back by themselves, into the same port.

import { existsSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { needs } from "../skip.js";
import { crosses, heard } from "./crossing.js";
import { frame, framed } from "./frames.js";
import { inLab, type Lab } from "./lab.js";
import { plugInto } from "./plug.js";
import { isReal, real, type SwitchBench, startSwitch, underTest } from "./switch.js";
import { ours, startTool } from "./tools.js";
import { until } from "./wait.js";

const test = suite("links that come back");
const noLinks = isReal && "vde_switch has no --link";
const whereOurs = needs(test, { unless: noLinks });
const withReal = needs(test, { commands: ["vde_switch"], unless: noLinks });

const AWAITED = /^ {2}-- awaited {5}: /m;

/** How often a switch has said it. */
function said({ program }: SwitchBench, pattern: RegExp): number {
  return program
    .complaints()
    .split("\n")
    .filter((line) => pattern.test(line)).length;
}

async function asks({ console }: SwitchBench, ...commands: readonly string[]): Promise<void> {
  for (const command of commands) assert.is(await console.command(command), "1000 Success\n", command);
}

for (const [title, command] of [
  ["ours", underTest],
  ["Debian's", real],
] as const) {
  withReal(
    `a trunk to another switch, ${title}, keeps its port and its VLANs while that one is away`,
    inLab(async (lab) => {
      const vlans = ["vlan/create 10", "port/create 2", "port/setvlan 2 10", "vlan/addport 10 1"];
      let far = await startSwitch(lab, "far", { command });
      await asks(far, "port/create 1", ...vlans);
      const near = await startSwitch(lab, "near", { options: ["--link", `vde://${far.directory}[1]`] });
      await near.console.shows("port/print 1", /module link/);
      await asks(near, ...vlans);
      const here = await plugInto(lab, near.directory, { port: 2 });
      await far.program.stop();
      await near.console.shows("port/print 1", AWAITED);
      await plugInto(lab, near.directory);
      assert.match(await near.console.command("port/print 3"), /endpoint ID/, "a plug gets another port");
      far = await startSwitch(lab, "far", { command });
      await far.console.command("port/create 1"); // which fails where the trunk was back before
      await asks(far, ...vlans);
      const there = await plugInto(lab, far.directory, { port: 2 });
      await until("the VLAN crosses the trunk", () => {
        here.send(frame("a > * ten"));
        return there.all().includes("a > * ten");
      });
      assert.match(await near.console.command("vlan/print 10"), /Port 0001 tagged=1/);
      assert.is(said(near, /its other end is gone; port 1 waits for it$/), 1);
      assert.is(said(near, /back in port 1$/), 1);
    }),
  );
}

for (const [how, wrap, put] of [
  ["that wire/put made", (url: string) => url, "wire/put 1 ID loss=100"],
  ["of wire:// that wire/do changed", (url: string) => `wire://loss=1{${url}}`, "wire/do 1 ID loss 100"],
] as const)
  whereOurs(
    `faults ${how} are there when the link is back, and so is its number`,
    inLab(async (lab) => {
      let far = await startSwitch(lab, "far");
      const near = await startSwitch(lab, "near", { options: ["--link", wrap(far.directory)] });
      const [, id = ""] = /endpoint ID (\d+)/.exec(await near.console.shows("port/print 1", /endpoint ID/)) ?? [];
      assert.match(await near.console.command(put.replace("ID", id)), /1000 Success\n$/);
      for (const life of [1, 2, 3]) {
        await plugInto(lab, near.directory); // would have the number else
        await far.program.stop();
        await near.console.shows("port/print 1", AWAITED);
        far = await startSwitch(lab, "far");
        await near.console.shows("port/print 1", new RegExp(`endpoint ID ${id} `));
        assert.match(await near.console.command("wire/print"), new RegExp(`Port 0001 endpoint ID ${id} wire `));
        assert.match(
          await near.console.command(`wire/do 1 ${id} showinfo`),
          /Loss .*L->R 100.* R->L 100/,
          `life ${life}`,
        );
      }
    }),
  );

whereOurs(
  "one machine after the other has the port of stream:// with [server]",
  inLab(async (lab) => {
    const socket = lab.path("vm");
    const bench = await startSwitch(lab, "sw", { options: ["--link", `stream://${socket}[server]`] });
    await bench.console.shows("port/print 1", AWAITED);
    const peer = await plugInto(lab, bench.directory);
    for (const name of ["m", "n"]) {
      await until("the switch listens", () => existsSync(socket));
      const machine = startTool(lab, "vde_plug", `stream://${socket}`);
      await until("the switch hears it", () => {
        machine.tell(framed(frame(`${name} > * hello`)));
        return peer.all().includes(`${name} > * hello`);
      });
      peer.send(frame(`p > ${name} you too`));
      await until("it hears the switch", () => heard(machine).includes(`p > ${name} you too`));
      await machine.stop();
      await bench.console.shows("port/print 1", AWAITED);
    }
    await bench.program.stop();
    assert.not.ok(existsSync(socket));
  }),
);

whereOurs(
  "a command is started again, and what holds for no while is told of once",
  inLab(async (lab) => {
    const bench = await startSwitch(lab, "sw", { options: ["--link", `cmd://sh -c 'echo >>${lab.path("runs")}'`] });
    const runs = () => lab.start("wc", "-l", lab.path("runs"));
    await until("the fourth run", async () => {
      const count = runs();
      await count.exit();
      return Number.parseInt(count.text(), 10) >= 4;
    });
    assert.is(said(bench, /port 1 waits for it$/), 1);
    assert.is(said(bench, /back in port 1$/), 1);
  }),
);

whereOurs(
  "a cable of a command that was killed carries frames again, and so does one with faults before it",
  inLab(async (lab) => {
    const far = await startSwitch(lab, "far");
    const command = `cmd://${ours(lab, "vde_plug")} -p ${lab.path("pid")} ${far.directory}`;
    const near = await startSwitch(lab, "near", { options: ["--link", command] });
    await crosses(lab, near, far);
    const kill = () => lab.start("sh", "-c", `kill -9 $(cat ${lab.path("pid")})`).exit();
    await kill();
    await until("it is started again", () => said(near, /: back in port \d+$/) === 1);
    await crosses(lab, near, far);
    const [, port, id] =
      /^Port (\d+) (?:(?!^Port)[\s\S])*?endpoint ID (\d+) module link/m.exec(
        await near.console.command("port/print"),
      ) ?? [];
    await asks(near, `wire/put ${Number(port)} ${Number(id)} delay=1`);
    await kill();
    await crosses(lab, near, far);
  }),
);

async function linked(lab: Lab): Promise<[near: SwitchBench, far: SwitchBench]> {
  const far = await startSwitch(lab, "far");
  const near = await startSwitch(lab, "near", { options: ["--link", far.directory] });
  await near.console.shows("port/print 1", /module link/);
  return [near, far];
}

whereOurs(
  "port/epclose ends a link for good, and port/remove one that is awaited",
  inLab(async (lab) => {
    const [near, far] = await linked(lab);
    const [, id] = /endpoint ID (\d+) module link/.exec(await near.console.command("port/print 1")) ?? [];
    await asks(near, `port/epclose 1 ${Number(id)}`);
    await far.console.shows("port/print", /^(?!.*user=)/s);
    assert.not.match(await near.console.command("port/allprint 1"), AWAITED);
    await asks(near, `port/link 1 ${far.directory}`);
    await far.program.stop();
    await near.console.shows("port/print 1", AWAITED);
    await asks(near, "port/remove 1");
    const again = await startSwitch(lab, "far");
    await asks(near, `port/link 5 ${again.directory}`);
    assert.is((await again.console.command("port/print")).match(/user=/g)?.length, 1, "the other does not come");
  }),
);

whereOurs(
  "a switch ends while a link is away, and while one waits for its peer",
  inLab(async (lab) => {
    const [near, far] = await linked(lab);
    await asks(near, `port/link stream://${lab.path("vm")}[server]`);
    await far.program.stop();
    await near.console.shows("port/print 1", AWAITED);
    near.program.signal("SIGTERM");
    assert.equal(await near.program.exit(), { code: 0, signal: null });
    assert.not.ok(existsSync(lab.path("vm")));
  }),
);

test(
  "a cable that waits for its peer ends with a signal, and leaves no socket",
  inLab(async (lab) => {
    const tool = startTool(lab, "vde_plug", "null://", `stream://${lab.path("vm")}[server]`);
    await until("it listens", () => existsSync(lab.path("vm")));
    tool.signal("SIGTERM");
    assert.equal(await tool.exit(), { code: 0, signal: null });
    assert.is(tool.complaints(), "");
    assert.not.ok(existsSync(lab.path("vm")));
  }),
);

test.run();
