// vdeterm, unixterm, unixcmd and vdecmd on our console and on Debian's.

import { existsSync, writeFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { needs } from "../skip.js";
import { inLab } from "./lab.js";
import { real, startSwitch, underTest } from "./switch.js";
import { startTool } from "./tools.js";
import { until } from "./wait.js";

const test = suite("consoles by our tools");
const withReal = needs(test, { commands: ["vde_switch"] });

for (const [title, command] of [
  ["ours", underTest],
  ["Debian's", real],
] as const) {
  withReal(
    `vdeterm runs what is piped in, line by line, on ${title}`,
    inLab(async (lab) => {
      const { management } = await startSwitch(lab, "sw", { command });
      const tool = startTool(lab, "vdeterm", management);
      tool.tell("port/showinfo\n\nbogus\nport/create 9\n");
      tool.tell("port/allprint");
      tool.hangUp();
      assert.equal(await tool.exit(), { code: 1, signal: null }, "one of them failed");
      assert.match(
        tool.text(),
        /\nNumports=32\nHUB=false\ncounters=true\nSuccess\nFunction not implemented.*\nSuccess\nPort 0009 /,
      );
    }),
  );

  withReal(
    `unixterm prints the answer to the last line, on ${title}`,
    inLab(async (lab) => {
      const { management } = await startSwitch(lab, "sw", { command });
      const tool = startTool(lab, "unixterm", management);
      await tool.says(/vde\$ $/);
      tool.tell("port/showinfo\n");
      tool.hangUp();
      assert.equal(await tool.exit(), { code: 0, signal: null });
      assert.match(tool.text(), /Numports=32\n.*\n1000 Success\n/s);
    }),
  );

  withReal(
    `vdecmd ends with the errno of the answer, on ${title}`,
    inLab(async (lab) => {
      const { management, directory } = await startSwitch(lab, "sw", { command });
      for (const [words, code, printed] of [
        ["port/showinfo", 0, /^Numports=32\nHUB=false\ncounters=true\n$/],
        ["port/setnumports 64", 0, /^$/],
        ["port/setnumports", 22, /^$/],
        ["vlan/create 5", 0, /^$/],
        ["vlan/create 5", 17, /^$/],
        ["bogus", 38, /^$/],
        ["shutdown", 0, /^$/],
      ] as const) {
        const tool = startTool(lab, "vdecmd", "-s", management, ...words.split(" "));
        assert.is((await tool.exit()).code, code, words);
        assert.match(tool.text(), printed);
      }
      await until("the switch has ended", () => !existsSync(`${directory}/ctl`));
    }),
  );
}

test(
  "vdeterm in a pipe ends with 0 where all went well, and with 1 and a word where the console hangs up",
  inLab(async (lab) => {
    const { management, program } = await startSwitch(lab, "sw");
    const good = startTool(lab, "vdeterm", management);
    good.tell("port/create 4\nport/allprint\nlogout\nbogus\n");
    good.hangUp();
    assert.is((await good.exit()).code, 0);
    assert.match(good.text(), /Success\nPort 0004 untagged_vlan=0000 INACTIVE - NOT Unnamed Allocatable\n/);
    const tool = startTool(lab, "vdeterm", management);
    tool.tell("port/create 5\n");
    await tool.says(/Success/);
    program.signal("SIGTERM");
    await program.exit();
    tool.tell("port/create 6\n");
    tool.hangUp();
    assert.is((await tool.exit()).code, 1);
    assert.match(tool.complaints(), /^vdeterm: the console hung up/);
  }),
);

test(
  "vdeterm in a pipe that tells the switch to end has done what it was asked",
  inLab(async (lab) => {
    const { management } = await startSwitch(lab, "sw");
    const tool = startTool(lab, "vdeterm", management);
    tool.tell("shutdown\n");
    tool.hangUp();
    assert.equal(await tool.exit(), { code: 0, signal: null });
  }),
);

test(
  "rows for programs: unixcmd terminal/table port/allprint",
  inLab(async (lab) => {
    const { management, console } = await startSwitch(lab, "sw");
    await console.command("port/create 4");
    const tool = startTool(lab, "unixcmd", "-s", management, "terminal/table", "port/allprint");
    assert.is((await tool.exit()).code, 0);
    const [head, row, ...others] = tool.text().trim().split("\n");
    assert.is(JSON.parse(head ?? "").head[0], "PORT");
    assert.is(JSON.parse(row ?? "")[0], 4);
    assert.equal(others, []);
  }),
);

test(
  "a command for scripts that was mistyped is answered with what was perhaps meant",
  inLab(async (lab) => {
    const { management } = await startSwitch(lab, "sw");
    const run = async (...words: readonly string[]) => {
      const tool = startTool(lab, "unixcmd", "-s", management, ...words);
      assert.is((await tool.exit()).code, 38);
      return tool.complaints();
    };
    assert.match(await run("port/pritn", "1"), /^Function not implemented.*: perhaps port\/print\n$/);
    assert.match(await run("nothing-like-it"), /^Function not implemented: there is no such command, see help\n$/);
  }),
);

test(
  "loom names the tool that was perhaps meant",
  inLab(async (lab) => {
    const tool = startTool(lab, "loom", "swich");
    assert.is((await tool.exit()).code, 2);
    assert.is(tool.complaints(), "loom: swich: no such tool: perhaps switch\n");
    const other = startTool(lab, "loom", "xyzzy");
    assert.is((await other.exit()).code, 2);
    assert.match(other.complaints(), /^loom: xyzzy: no such tool: switch, plug, /);
  }),
);

test(
  "a program that is none is refused in its own words",
  inLab(async (lab) => {
    writeFileSync(lab.path("rc"), "1 GOTO 55\n");
    const tool = startTool(lab, "unixcmd", "-s", "x", "-f", lab.path("rc"), "y");
    assert.equal(await tool.exit(), { code: 255, signal: null });
    assert.match(tool.complaints(), /^unixcmd: .*rc: Invalid argument: 1 GOTO: there is no 55\n$/);
  }),
);

test.run();
