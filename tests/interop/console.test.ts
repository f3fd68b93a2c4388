// The management clients of Debian on the console of the switch under test: unixterm, unixcmd, vdeterm, and
// vde_autolink, which speaks through libvdemgmt.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { needs } from "../skip.js";
import { openConsole } from "./console.js";
import { inLab, type Lab } from "./lab.js";
import { plugInto } from "./plug.js";
import type { Program } from "./program.js";
import { startSwitch } from "./switch.js";

const test = suite("management clients");
const withUnixterm = needs(test, { commands: ["unixterm"] });
const withUnixcmd = needs(test, { commands: ["unixcmd"], files: ["/etc/vde2/vdecmd"] });
const withVdeterm = needs(test, { commands: ["vdeterm", "script"] });
const withAutolink = needs(test, { commands: ["vde_autolink"], files: ["/etc/vde2/libvdemgmt/sendcmd.rc"] });

test(
  "a command ends with its write, with or without a newline",
  inLab(async (lab) => {
    const { console } = await startSwitch(lab, "sw");
    const expected = "0000 DATA END WITH '.'\nNumports=32\nHUB=false\ncounters=true\n.\n1000 Success\n";
    assert.is(await console.command("port/showinfo", "\n"), expected);
    assert.is(await console.command("port/showinfo", ""), expected);
    assert.match(await console.command("nonsense", ""), /^1038 Function not implemented(: .*)?\n$/);
  }),
);

test(
  "two consoles are open at once, and each gets its own answers",
  inLab(async (lab) => {
    const bench = await startSwitch(lab, "sw");
    const second = await openConsole(lab, bench.management);
    const [one, two] = await Promise.all([bench.console.command("vlan/create 0"), second.command("vlan/create 7")]);
    assert.match(one, /^1022 Invalid argument(: .*)?\n$/);
    assert.is(two, "1000 Success\n");
  }),
);

withUnixterm(
  "unixterm shows what the console says, and ends with it",
  inLab(async (lab) => {
    const { management } = await startSwitch(lab, "sw");
    const tool = lab.start("unixterm", management);
    await tool.says(/^VDE switch V\.\S+\n\(C\) .*\n\nvde\$ $/);
    tool.tell("port/showinfo\n");
    await tool.says(/0000 DATA END WITH '\.'\nNumports=32\n.*\n\.\n1000 Success\n\nvde\$ $/s);
    tool.tell("logout\n");
    assert.is((await tool.exit()).code, 0, "it may end before it has shown the last answer");
  }),
);

withUnixcmd(
  "unixcmd prints the data of a command",
  inLab(async (lab) => {
    const { management } = await startSwitch(lab, "sw");
    const tool = vdecmd(lab, management, "port/showinfo");
    await tool.exit();
    assert.is(tool.text().replaceAll("\0", ""), "Numports=32\nHUB=false\ncounters=true\n");
  }),
);

withUnixcmd(
  "unixcmd sends the words of a command",
  inLab(async (lab) => {
    const { management, console } = await startSwitch(lab, "sw");
    await vdecmd(lab, management, "vlan/create", "10").exit();
    assert.match(await console.command("vlan/allprint"), /^VLAN 0010$/m);
  }),
);

/** Its exit code is 255 always: vdecmd's script has an instruction that unixcmd does not know. */
function vdecmd(lab: Lab, management: string, ...words: readonly string[]): Program {
  return lab.start("unixcmd", "-s", management, "-f", "/etc/vde2/vdecmd", ...words);
}

withVdeterm(
  "vdeterm sends commands without a newline, and shows data and results",
  inLab(async (lab) => {
    const { management, console } = await startSwitch(lab, "sw");
    const terminal = await vdeterm(lab, management);
    terminal.tell("port/showinfo\n");
    await terminal.says(/Numports=32\r+\nHUB=false\r+\ncounters=true\r+\nSuccess\r+\n/);
    terminal.tell("nonsense\n");
    await terminal.says(/\bFunction not implemented(: .*)?\r+\n/);
    terminal.tell("vlan/create 10\n");
    await console.shows("vlan/allprint", /^VLAN 0010$/m);
    terminal.tell("logout\n");
    assert.is((await terminal.exit()).code, 0);
  }),
);

withVdeterm(
  "vdeterm completes the words that it finds in help",
  inLab(async (lab) => {
    const { management, console } = await startSwitch(lab, "sw");
    const terminal = await vdeterm(lab, management);
    terminal.tell("vlan/cr\t");
    await terminal.says(/vlan\/create $/);
    terminal.tell("12\n");
    await console.shows("vlan/allprint", /^VLAN 0012$/m);
  }),
);

withVdeterm(
  "vdeterm shows events as they come",
  inLab(async (lab) => {
    const { directory, management } = await startSwitch(lab, "sw");
    const terminal = await vdeterm(lab, management);
    terminal.tell("debug/add port\n");
    await terminal.says(/\bSuccess\r+\n/);
    await plugInto(lab, directory);
    await terminal.says(/\*\* DBG MSG: /);
  }),
);

withVdeterm(
  "vdeterm ends the switch with shutdown",
  inLab(async (lab) => {
    const { management, program } = await startSwitch(lab, "sw");
    const terminal = await vdeterm(lab, management);
    terminal.tell("shutdown\n");
    assert.is((await terminal.exit()).code, 0);
    assert.is((await program.exit()).code, 0);
  }),
);

/** Under script(1), since it wants a terminal. */
async function vdeterm(lab: Lab, management: string): Promise<Program> {
  const terminal = lab.start("script", "-q", "-f", "-e", "-c", `vdeterm ${management}`, "/dev/null");
  await terminal.says(/^VDE switch V\..*\nvde\[[^\]]+\]: /s);
  return terminal;
}

withAutolink(
  "libvdemgmt speaks with the switch: vde_autolink reserves a port",
  inLab(async (lab) => {
    const { directory, management, console } = await startSwitch(lab, "sw", { options: ["--fstp"] });
    const own = lab.path("autolink");
    lab.start("vde_autolink", "-s", directory, "-S", management, "-M", own);
    const links = await openConsole(lab, own, { prompt: "\nVDEal$ " });
    assert.match(await links.command("addlink far example"), /^1000 Success$/m);
    await console.shows("port/allprint", /^Port 0001 .* INACTIVE - NOT Unnamed Allocatable$/m);
    assert.match(await links.command("dellink far"), /^1000 Success$/m);
    await console.shows("port/allprint", /^1000 Success$/m);
  }),
);

test.run();
