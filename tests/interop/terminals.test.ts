// vdeterm, unixterm, unixcmd and vdecmd on our console and on Debian's.

import { existsSync, writeFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { needs } from "../skip.js";
import { inLab } from "./lab.js";
import { real, startSwitch, underTest } from "./switch.js";
import { startTool } from "./tools.js";

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
      assert.not.ok(existsSync(`${directory}/ctl`));
    }),
  );
}

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
