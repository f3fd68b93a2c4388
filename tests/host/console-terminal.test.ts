// A person at a console: what is asked of it, and what is shown of its answers.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Session } from "../../host/console/session.js";
import { ConsoleTerminal } from "../../host/terminal/console-terminal.js";
import { History } from "../../host/terminal/history.js";
import { COLOURS, NO_COLOURS } from "../../host/terminal/style.js";
import { Screen } from "../screen.js";
import { consoleBench } from "./console-bench.js";

const test = suite("console terminal");

/** Lets what was answered come through. */
async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
}

function terminalOn(screen: Screen, { colours = false, isDumb = false } = {}) {
  const ends: string[] = [];
  const raw: string[] = [];
  const terminal = new ConsoleTerminal({
    write(text) {
      raw.push(text);
      screen.write(text);
    },
    size: () => ({ columns: screen.columns, rows: 24 }),
    history: new History(),
    style: colours ? COLOURS : NO_COLOURS,
    isDumb,
    prompt: (name) => `${name}[m]: `,
    onleave: () => ends.push("leave"),
  });
  return { terminal, ends, raw };
}

function visible(raw: readonly string[]): string {
  return raw.join("").replaceAll("\x1b", "␛");
}

/** A terminal on a switch of ours. */
async function ours(options: { colours?: boolean; isDumb?: boolean } = {}, columns = 100) {
  const screen = new Screen(columns);
  const { terminal, ends, raw } = terminalOn(screen, options);
  const { console, sw } = consoleBench({ setups: [{ port: 3 }, { port: 12 }] });
  const hear = (text: string) => void terminal.hear(text);
  const connect = () => {
    const session = new Session(
      console,
      {
        backlog: 0,
        write(text) {
          hear(text);
          return undefined;
        },
        prompt: hear,
      },
      { greet: false },
    );
    terminal.connect((line) => void session.feed(line));
    hear("vde$ ");
  };
  connect();
  await settle();
  const say = async (text: string) => {
    terminal.type(text);
    await settle();
    return screen.rows;
  };
  return { screen, terminal, ends, raw, sw, say, connect };
}

/** A terminal on VDE's own switch, which knows these answers and no others. */
async function vdes(answers: Readonly<Record<string, string>>) {
  const screen = new Screen(100);
  const { terminal, ends } = terminalOn(screen);
  const asked: string[] = [];
  terminal.connect((line) => {
    asked.push(line.trim());
    const answer = answers[line.trim()];
    const reply =
      answer === undefined ? "1038 Function not implemented\n" : `0000 DATA END WITH '.'\n${answer}.\n1000 Success\n`;
    queueMicrotask(() => terminal.hear(`${reply}\nvde$ `));
  });
  terminal.hear("VDE switch V.2.3.2\n(C) Virtual Square Team\n\nvde$ ");
  await settle();
  const say = async (text: string) => {
    terminal.type(text);
    await settle();
    return screen.rows;
  };
  return { screen, terminal, asked, ends, say };
}

const HELP = [
  "COMMAND PATH       SYNTAX          HELP",
  "------------       --------------  ------------",
  "help               [arg]           Help (limited to arg when specified)",
  "debug              ============    DEBUG MENU",
  "debug/add          dbgpath         enable debug info for a given category",
  "port               ============    PORT STATUS MENU",
  "port/setvlan       N VLAN          set port VLAN (untagged)",
  "port/print         [N]             print the port/endpoint table",
  "",
].join("\n");

test("listings are tables with headings, and empty columns are left out", async () => {
  const { say, sw } = await ours();
  sw.ports.get(3).user = 0;
  const rows = await say("port/allprint\r");
  const at = rows.indexOf("vde[m]: port/allprint") + 1;
  assert.match(rows[at] ?? "", /^PORT {2}VLAN {2}STATE +FOR +FRAMES IN {2}OCTETS IN {2}FRAMES OUT {2}OCTETS OUT/);
  assert.match(rows[at + 1] ?? "", /^ {3}3 {5}0 {2}active/);
  assert.match(rows[at + 2] ?? "", /^ {2}12 {5}0 {2}active/);
  assert.is(rows[at + 3], "Success");
  assert.is(rows[at + 4], "vde[m]:");
});

test("a table with nothing in it says so", async () => {
  const { say, sw } = await ours();
  sw.fdb.flush();
  assert.ok((await say("hash/print\r")).includes("(no address is known)"));
  assert.ok((await say("wire/print\r")).includes("(no link has faults before it: see wire/put)"));
});

test("a listing that is refused says why, and shows no heading", async () => {
  const { say } = await ours();
  const rows = await say("port/print 99\r");
  assert.match(rows.at(-2) ?? "", /^[A-Z].*: /);
  assert.is(rows.filter((row) => /^PORT/.test(row)).length, 0);
});

test("colours are there where they are wanted, and nowhere else", async () => {
  const coloured = await ours({ colours: true });
  await coloured.say("port/print\rbogus\r");
  assert.match(visible(coloured.raw), /␛\[1mPORT.*␛\[32mactive␛\[0m.*␛\[32mSuccess␛\[0m.*␛\[31mFunction/s);
  const plain = await ours();
  await plain.say("port/print\r");
  assert.not.match(visible(plain.raw), /␛\[[0-9;]*m/);
});

test("a terminal that only prints gets tables, prompts, and no sequence at all", async () => {
  const { say, raw, screen } = await ours({ isDumb: true });
  await say("port/print\nvlan/print\n");
  assert.not.match(visible(raw), /␛/);
  assert.match(screen.text, /PORT.*vde\[m\]: VLAN.*vde\[m\]:$/s);
});

for (const [typed, meant] of [
  ["pot/print", "perhaps port/print"],
  ["port/pr", "perhaps port/print"],
  ["prot/print 3", "perhaps port/print"],
  ["PORT/PRINT", "perhaps port/print"],
  ["showinf", "perhaps showinfo"],
  ["exti", "perhaps exit"],
] as const) {
  test(`${typed}: ${meant}`, async () => {
    const { say } = await ours();
    assert.ok((await say(`${typed}\r`)).at(-2)?.endsWith(`: ${meant}`));
  });
}

test("a word that is near nothing gets no guess", async () => {
  const { say } = await ours();
  assert.is((await say("xyzzy\r")).at(-2), "Function not implemented: there is no such command, see help");
});

test("?, and a command with ? behind it, are help", async () => {
  const { say } = await ours();
  assert.ok((await say("?\r")).some((row) => /^COMMAND +ARGUMENTS +HELP$/.test(row)));
  const rows = await say("\x0c? port/setv\r");
  assert.match(rows.join("\n"), /port\/setvlan +N VLAN +set port VLAN/);
  assert.match((await say("\x0cport/setvlan?\r")).join("\n"), /port\/setvlan +N VLAN +set port VLAN/);
});

for (const word of ["exit", "quit", "logout", "\x04"]) {
  test(`${JSON.stringify(word)} leaves`, async () => {
    const { say, ends } = await ours();
    await say(`${word}${word === "\x04" ? "" : "\r"}`);
    assert.equal(ends, ["leave"]);
  });
}

for (const [typed, result] of [
  ["port/setvl\t3 \t", "port/setvlan 3 0"],
  ["debug/add port/e\t", "debug/add port/ep/"],
  ["help fstp/seto\t", "help fstp/setoption"],
  ["port/epclose 1\t\t", "port/epclose 12 2"],
  ["fstp/setopt\t3 bpdug\t1", "fstp/setoption 3 bpduguard 1"],
  ["vlan/addport \t12 ", "vlan/addport 0 12"],
  ["ex\t", "exit"],
] as const) {
  test(`Tab in ${JSON.stringify(typed)}`, async () => {
    const { say } = await ours();
    const rows = await say(typed);
    assert.is(rows.at(-1), `vde[m]: ${result}`);
  });
}

test("events stand above what is typed, and what a lost console was asked to tell, one that is back is asked again", async () => {
  const { say, terminal, sw, screen, connect } = await ours();
  await say("debug/add port/\rport/cre");
  sw.ports.create(9);
  await settle();
  assert.equal(screen.rows.slice(-2), ["** DBG MSG: port/+ 09", "vde[m]: port/cre"]);
  assert.not.ok(terminal.lost("lost: m"));
  assert.equal(screen.rows.slice(-2), ["lost: m", "vde[m]: port/cre"]);
  await say("\x01#\r");
  assert.is(screen.rows.at(-2), "there is no console to tell: it is waited for (exit ends)");
  connect();
  await settle();
  assert.is(screen.rows.at(-2), "back");
  sw.ports.create(10);
  await settle();
  assert.is(screen.rows.at(-2), "** DBG MSG: port/+ 10");
});

test("a console that ends because it was told to is not waited for", async () => {
  const { terminal, say } = await vdes({ help: HELP });
  await say("");
  terminal.type("shutdown\r");
  assert.ok(terminal.lost("lost: m"));
});

test("what VDE's switch says is shown as it comes", async () => {
  const print = "Port 0001 untagged_vlan=0000 ACTIVE - Unnamed Allocatable\n IN:  pkts          0\n";
  const { say, asked, screen } = await vdes({ help: HELP, "port/print": print });
  assert.equal(asked, ["terminal/tables", "help"]);
  await say("port/print\r");
  assert.ok(screen.text.endsWith(`vde[m]: port/print\n${print}Success\nvde[m]:`), screen.text);
});

test("VDE's switch is completed from its help and its listings", async () => {
  const { say } = await vdes({
    help: HELP,
    "port/allprint": "Port 0007 untagged_vlan=0000\n IN:\nPort 0012 untagged_vlan\n",
    "vlan/allprint": "VLAN 0000\nVLAN 0100\n -- Port 0007\n",
    "debug/list": "CATEGORY   TAG\n----------\nhash/+   011 OFF\nport/+  021 OFF\n",
  });
  assert.is((await say("port/se\t7 1\t")).at(-1), "vde[m]: port/setvlan 7 100");
  assert.is((await say("\x15port/print 1\t")).at(-1), "vde[m]: port/print 12");
  assert.is((await say("\x15debug/add h\t")).at(-1), "vde[m]: debug/add hash/+");
  assert.is((await say("\x15help port/p\t")).at(-1), "vde[m]: help port/print");
  assert.is((await say("\x15pot/print\r")).at(-2), "Function not implemented: perhaps port/print");
});

test("a console cannot move the terminal by what is in its tables", async () => {
  const { say, raw, sw } = await ours();
  const [endpoint] = sw.ports.get(3).endpoints;
  endpoint!.description = "evil \x1b[2J\x9b2J";
  raw.length = 0;
  await say("port/print\r");
  assert.match(raw.join(""), /evil \\x1b\[2J\\x9b2J/);
});

test.run();
