// What a person sees of vdeterm and of a switch at its own terminal: sessions in tmux, compared with stored screens.

import { writeFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { needs } from "../skip.js";
import { inLab, type Lab } from "./lab.js";
import { real, startSwitch, underTest } from "./switch.js";
import { openTerminal } from "./tmux.js";
import { ours } from "./tools.js";

const test = suite("screens");
const withTmux = needs(test, { commands: ["tmux"] });
const withReal = needs(test, { commands: ["tmux", "vde_switch"] });
const SIZE = { columns: 80, rows: 24 };
const PROMPT = /\]: *$/;

/** vdeterm on a switch. */
async function vdeterm(lab: Lab, { command = underTest, before = "", size = SIZE } = {}) {
  const bench = await startSwitch(lab, "sw", { command });
  const terminal = await openTerminal(lab, `${before}${ours(lab, "vdeterm")} ${bench.management}`, size);
  return { ...bench, terminal };
}

withTmux(
  "vdeterm shows listings as tables, says what is empty, and hints at what was meant",
  inLab(async (lab) => {
    const { terminal } = await vdeterm(lab);
    await terminal.shows(PROMPT);
    for (const line of ["vlan/create 10", "port/create 3", "port/setvlan 3 10"]) terminal.type(line, "Enter");
    for (const line of ["port/allprint", "vlan/allprint", "hash/print", "pot/print"]) terminal.type(line, "Enter");
    await terminal.looksAs("tables");
    assert.match(terminal.coloured(), /\[1mPORT/);
    terminal.type("exit", "Enter");
    await terminal.shows(/ended with 0/);
  }),
);

withTmux(
  "NO_COLOR: vdeterm has no colours",
  inLab(async (lab) => {
    const { terminal } = await vdeterm(lab, { before: "NO_COLOR=1 " });
    terminal.type("port/allprint", "Enter", "port/create 3", "Enter", "port/allprint", "Enter");
    await terminal.shows(/PORT.*\n.*3/);
    assert.not.match(terminal.coloured(), /\[[0-9;]*m/);
  }),
);

for (const [title, command, screen] of [
  ["our switch", underTest, "events"],
  ["Debian's switch", real, "events-debian"],
] as const) {
  withReal(
    `events leave a line that is longer than the terminal alone, on ${title}`,
    inLab(async (lab) => {
      const { terminal, console } = await vdeterm(lab, { command: [...command], size: { columns: 60, rows: 16 } });
      await terminal.shows(PROMPT);
      terminal.type("debug/add port/+", "Enter");
      await terminal.shows(/Success/);
      terminal.type(`load ${"/a/very/long/path".repeat(8)}`, "M-b", "M-b");
      for (const port of [5, 6, 7, 8]) await console.command(`port/create ${port}`);
      await terminal.looksAs(screen);
    }),
  );

  withReal(
    `Tab, Ctrl-R, ? and quit, on ${title}`,
    inLab(async (lab) => {
      const { terminal } = await vdeterm(lab, { command: [...command] });
      await terminal.shows(PROMPT);
      terminal.type("vlan/cr", "Tab", "5", "Enter");
      await terminal.shows(/create 5\n.*Success/);
      terminal.type("port/setn", "Tab", "40", "Enter", "vlan/rem", "Tab", "5");
      await terminal.shows(/remove 5$/);
      terminal.type("C-u", "C-r", "set");
      await terminal.shows(/reverse-i-search\)`set': port\/setnumports 40/);
      terminal.type("Enter", "debug/add port/e", "Tab", "C-u", "? vlan/c", "Enter");
      await terminal.looksAs(`keys${screen.replace("events", "")}`);
      terminal.type("quit", "Enter");
      await terminal.shows(/ended with 0/);
    }),
  );

  withReal(
    `vdeterm says when the switch goes away, and when it is back, on ${title}`,
    inLab(async (lab) => {
      const { terminal, program } = await vdeterm(lab, { command: [...command] });
      await terminal.shows(PROMPT);
      terminal.type("debug/add port/+", "Enter");
      await terminal.shows(/Success/);
      terminal.type("port/cre");
      await terminal.shows(/port\/cre$/);
      program.signal("SIGTERM");
      await program.exit();
      await terminal.shows(/lost: /);
      const { console } = await startSwitch(lab, "sw", { command });
      await terminal.shows(/back/);
      terminal.type("ate 9", "Enter");
      await terminal.shows(/create 9/);
      await console.shows("port/allprint", /^Port 0009/m);
      await terminal.looksAs(`back${screen.replace("events", "")}`);
      terminal.type("shutdown", "Enter");
      await terminal.shows(/ended with 0/);
    }),
  );
}

withTmux(
  "leaving a console that is gone ends with 1",
  inLab(async (lab) => {
    const { terminal, program } = await vdeterm(lab);
    await terminal.shows(PROMPT);
    program.signal("SIGTERM");
    await terminal.shows(/lost: /);
    terminal.type("showinfo", "Enter");
    await terminal.shows(/there is no console to tell/);
    terminal.type("exit", "Enter");
    await terminal.shows(/ended with 1/);
  }),
);

withTmux(
  "what is typed before vdeterm is there is seen once",
  inLab(async (lab) => {
    const go = lab.path("go");
    const { terminal } = await vdeterm(lab, { before: `until test -e ${go}; do sleep 0.1; done; ` });
    terminal.type("port/showinfo", "Enter", "vlan/cre");
    await terminal.shows(/^port\/showinfo\nvlan\/cre$/m);
    writeFileSync(go, "");
    await terminal.shows(/\]: vlan\/cre$/m);
    await terminal.looksAs("ahead");
  }),
);

withTmux(
  "another width draws the line anew",
  inLab(async (lab) => {
    const { terminal } = await vdeterm(lab);
    await terminal.shows(PROMPT);
    terminal.type("port/showinfo", "Enter", `load ${"/a/very/long/path".repeat(6)}`);
    await terminal.shows(/path$/);
    terminal.resize({ columns: 50, rows: 24 });
    await terminal.shows(
      /\nSuccess\nvde.*load \/a\/very\/long\/p\nath\S*\/long\/\npath\/a\/very\/long\/path\/a\/very\/long\/path$/,
    );
    terminal.resize({ columns: 100, rows: 24 });
    await terminal.looksAs("wide");
  }),
);

withTmux(
  "a switch at its own terminal says where it serves, and has the same console",
  inLab(async (lab) => {
    const [sock, mgmt] = [lab.path("own"), lab.path("m")];
    const terminal = await openTerminal(lab, `${ours(lab, "vde_switch")} -s ${sock} -M ${mgmt}`, SIZE);
    await terminal.shows(/serving .*\n.*\n+vde\$ *$/);
    terminal.type("port/create 7", "Enter", "port/allp", "Tab", "Enter", "shwoinfo", "Enter", "quti");
    await terminal.looksAs("own");
    terminal.type("C-u", "exit", "Enter");
    await terminal.shows(/EOF on stdin, cleaning up and exiting\nended with 0/);
  }),
);

withTmux(
  "Ctrl-C drops the line of a switch's own terminal, and on an empty one ends it",
  inLab(async (lab) => {
    const terminal = await openTerminal(lab, `${ours(lab, "vde_switch")} -s ${lab.path("own")}`, SIZE);
    await terminal.shows(/vde\$ *$/);
    terminal.type("port/cre");
    await terminal.shows(/port\/cre$/);
    terminal.type("C-c");
    await terminal.shows(/\^C\nvde\$ *$/);
    terminal.type("C-c");
    await terminal.shows(/Caught signal 2.*\n.*ended with/s);
  }),
);

withTmux(
  "vde_plug prints no frames on a terminal, and says what to do",
  inLab(async (lab) => {
    const { directory } = await startSwitch(lab, "sw");
    const terminal = await openTerminal(lab, `${ours(lab, "vde_plug")} ${directory}`, SIZE);
    await terminal.shows(/standard output is a terminal.*vde_plug SWITCH = COMMAND.*ended with 1/s);
  }),
);

test.run();
