// Consoles from the manager's side: what they say, however it is cut, and unixcmd's programs.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ConsoleReader, type Said } from "../../host/manager/client.js";
import { type Outside, readMachine, runMachine } from "../../host/manager/machine.js";
import { refuses } from "../refusal.js";

const test = suite("managers");

const SESSION = `VDE switch V.2.3.2
(C) somebody

vde$ 0000 DATA END WITH '.'
Numports=32
1000 not a result
.
1000 Success

vde$ 3005 port/+ 09
1022 Invalid argument: x

VDEwf$ `;

function heard(step: number): string[] {
  const reader = new ConsoleReader();
  const said: Said[] = [];
  for (let at = 0; at < SESSION.length; at += step) said.push(...reader.read(SESSION.slice(at, at + step)));
  return said.map((each) => {
    if (each.kind === "prompt") return `prompt ${each.name}`;
    return each.kind === "result" ? `result ${each.code} ${each.text}` : `${each.kind} ${each.text}`.trim();
  });
}

for (const step of [1, 2, 7, 1000]) {
  test(`a session in pieces of ${step}`, () => {
    const first = ["banner VDE switch V.2.3.2", "banner (C) somebody", "banner", "prompt vde"];
    const data = ["data Numports=32", "data 1000 not a result", "result 0 Success"];
    const last = ["event port/+ 09", "result 22 Invalid argument: x", "prompt VDEwf"];
    assert.equal(
      heard(step).filter((text, i) => i < 4 || text !== "prompt vde"),
      [...first, ...data, ...last],
    );
  });
}

/** Runs a program against answers, one for each text that it sends, the first ahead of all. */
async function run(program: string, words: string[], answers: string[]) {
  let waiting = answers.shift() ?? "";
  const [sent, printed]: [string[], string[]] = [[], []];
  const outside: Outside = {
    send(text) {
      sent.push(text);
      waiting += answers.shift() ?? "";
    },
    print: (text) => void printed.push(text),
    async readUntil(text) {
      const at = waiting.indexOf(text);
      if (at < 0) return undefined;
      const found = waiting.slice(0, at + text.length);
      waiting = waiting.slice(found.length);
      return found;
    },
  };
  return { status: await runMachine(readMachine(program), words, outside), sent, printed: printed.join("") };
}

const VDECMD = `TIMEOUT 1000
1 IN '$ ' 100
3 SEND '$*\\n'
5 THROW
6 IN '\\n' 100
7 IF '0000 DATA END WITH \\'.\\'' 10
8 IF '10' 20
9 GOTO 100
10 THROW
11 IN '\\n' 100
12 IF '.\\n' 5
13 COPY
14 GOTO 10
20 SKIP 2
22 EXITATOI
100 EXIT -1
`;

test("vdecmd's own program sends all words, prints the data, and ends with the errno", async () => {
  const answer = "0000 DATA END WITH '.'\nNumports=32\nHUB=false\n.\n1000 Success\n";
  const { status, sent, printed } = await run(VDECMD, ["port/setvlan", "1", "2"], ["hello\nvde$ ", answer]);
  assert.equal([status, sent, printed], [0, ["port/setvlan 1 2\n"], "Numports=32\nHUB=false\n"]);
  assert.is((await run(VDECMD, ["x"], ["vde$ ", "1022 Invalid argument\n"])).status, 22);
  assert.is((await run(VDECMD, ["x"], [])).status, -1);
});

test("every other instruction does what it says", async () => {
  const words =
    "1 SEND '$1 $0 $2$9'\n2 SHIFT\n3 SEND '$*'\n4 IFARG 6\n5 EXIT 9\n6 IN 'x' 5\n7 SKIP 'ab'\n8 RVATOI 16\n9 EXITRV";
  const { status, sent } = await run(words, ["a", "b", "c"], ["ab1fx"]);
  assert.equal([status, sent], [0x1f, ["b a b c c", "b c"]]);
  assert.is((await run("1 SHIFT\n2 IFARG 4\n3 EXIT 3\n4 EXIT 4", ["a"], [])).status, 3);
});

for (const [program, what] of [
  ["", "nothing"],
  ["# only a comment", "a comment alone"],
  ["1 GOTO 55", "a jump to nowhere"],
  ["1 IN 'x' 2", "a time-out that leads nowhere"],
  ["1 FLY", "an instruction that there is not"],
  ["1 EXIT", "a word too few"],
  ["1 EXIT 1 2", "a word too many"],
  ["x EXIT 1", "a number that is none"],
  ["TIMEOUT soon\n1 EXIT 1", "a time that is none"],
] as const) {
  test(`${what} is no program`, () => refuses("EINVAL", () => readMachine(program)));
}

test("a program without an end is ended", async () => {
  await run("1 GOTO 1", [], []).then(
    () => assert.unreachable(),
    (error) => assert.is(error.code, "ELOOP"),
  );
});

test.run();
