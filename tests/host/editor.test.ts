// The line editor on a model of a screen: what a person sees after which keys.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { setUpEditor, typed } from "../editor.js";
import { random } from "../random.js";
import { Screen } from "../screen.js";

const test = suite("line editor");

const ALT = "\x1b";
const LEFT = "\x1b[D";
const RIGHT = "\x1b[C";
const UP = "\x1b[A";
const DOWN = "\x1b[B";

for (const [title, keys, result] of [
  ["what is typed stands at the cursor", `prt${LEFT}${LEFT}o`, "po|rt"],
  ["Home and End", "bc\x1b[Ha\x1b[Fd", "abcd|"],
  ["Home and End of the Linux console and of application mode", "bc\x1b[1~a\x1b[4~d\x1bOHx\x1bOFy", "xabcdy|"],
  ["C-a, C-e, C-b, C-f", "bc\x01a\x05d\x02\x02x\x06y", "abxcy|d"],
  ["backspace and Delete", `abcd\x7f${LEFT}${LEFT}\x1b[3~`, "a|c"],
  ["C-d deletes where there is something", "abc\x01\x04", "|bc"],
  ["C-h is backspace", "abc\x08", "ab|"],
  ["M-b and M-f by words", `port/print 12${ALT}b${ALT}b${ALT}f`, "port/print| 12"],
  ["C-left and C-right by words", "one two\x1b[1;5D\x1b[1;5D\x1b[1;5C", "one| two"],
  ["C-w cuts a word of the shell, C-y puts it back", "port/print 12\x17\x17\x19", "port/print 12|"],
  ["what is cut in a row is one piece", `a b c${ALT}\x7f${ALT}\x7f\x01\x19>`, "b c>|a"],
  ["C-k and C-u cut one piece in a row, each on its side", "one two\x1bb\x0b\x15>\x19", ">one two|"],
  ["M-y goes through what was cut", "one\x15two\x15\x19\x1by", "one|"],
  ["M-d", `one two\x01${ALT}d`, "| two"],
  ["C-t swaps", "prot\x02\x14", "prto|"],
  ["M-u, M-l, M-c", `one two${ALT}b${ALT}b${ALT}u\x01${ALT}f${ALT}c`, "ONE Two|"],
  ["C-_ undoes", "one\x17\x1f", "one|"],
  ["Alt and a key in two reads", "one two\x1b[1;3D", "one |two"],
  ["keys that mean nothing are passed over", "a\x1b[5;9~\x1b[200\x1b[99Xb\x00c", "abc|"],
] as const) {
  test(title, () => assert.is(typed(keys), result));
}

test("wide characters, accents and emoji are stepped over whole", () => {
  assert.is(typed(`日本${LEFT}\x7f`), "|本");
  const { screen, editor } = setUpEditor();
  editor.type("日本語e\u0301👨‍👩‍👧x");
  assert.equal(screen.cursor, [0, "vde$ ".length + 3 * 2 + 1 + 2 + 1]);
  editor.type(LEFT + LEFT);
  assert.equal(screen.cursor, [0, "vde$ ".length + 3 * 2 + 1]);
  editor.type(`${LEFT}\x7f`);
  assert.is(screen.text, "vde$ 日本e\u0301👨‍👩‍👧x");
});

test("a wide character that does not fit in a row stands in the next", () => {
  const { screen, editor } = setUpEditor({ columns: 10 });
  editor.type("abcd日本");
  assert.equal(screen.rows, ["vde$ abcd", "日本"]);
  editor.type(`${LEFT}${LEFT}x`);
  assert.equal(screen.rows, ["vde$ abcdx", "日本"]);
});

test("a line that is longer than the terminal is wide is edited anywhere", () => {
  const { screen, editor, entered } = setUpEditor({ columns: 20 });
  const line = "load /tmp/a/very/long/path/that/goes/on/and/on";
  editor.type(`${line}\x01\x1bf!\x05?`);
  const shown = `vde$ load! ${line.slice(5)}?`;
  assert.equal(screen.rows, [shown.slice(0, 20), shown.slice(20, 40), shown.slice(40)]);
  editor.type("\r");
  assert.equal(entered, [`load! ${line.slice(5)}?`]);
  assert.is(screen.rows.at(-1), "vde$");
});

test("what comes meanwhile stands above the line, however long the line is, and wherever its cursor", () => {
  for (const length of [0, 5, 14, 15, 16, 34, 35, 36, 150]) {
    for (const keys of ["", "\x01", `\x01${RIGHT.repeat(length >> 1)}`]) {
      const { screen, editor } = setUpEditor({ columns: 20 });
      editor.print("before");
      editor.type("x".repeat(length) + keys);
      const cursor = screen.cursor[0];
      editor.print("** event 1");
      editor.print("** event 2, which is longer than the row is");
      const rows = `vde$ ${"x".repeat(length)}`.match(/.{1,20}/g)!.map((row) => row.trimEnd());
      assert.is(
        screen.text,
        ["before", "** event 1", "** event 2, which is", " longer than the row", " is", ...rows].join("\n"),
        `${length} ${JSON.stringify(keys)}`,
      );
      assert.is(screen.cursor[0], cursor + 4);
      editor.type("\x05\r");
      assert.is(screen.rows.at(-1), "vde$");
    }
  }
});

test("a line that is longer than the screen is seen around its cursor", () => {
  const { screen, editor, entered } = setUpEditor({ columns: 10, height: 4 });
  const line = Array.from({ length: 95 }, (_, i) => i % 10).join("");
  editor.type(line);
  assert.equal(screen.rows.slice(-4).length, 4);
  editor.type("\x01>");
  assert.is(screen.rows.slice(-4)[0], "vde$ >0123");
  editor.type("\r");
  assert.equal(entered, [`>${line}`]);
});

test("another width draws the line anew, and nothing else", () => {
  for (const [from, to] of [
    [40, 20],
    [20, 40],
    [20, 11],
    [11, 30],
    [60, 60],
  ] as const) {
    const { screen, editor } = setUpEditor({ columns: from });
    editor.print("before");
    editor.type("load /tmp/a/very/long/path/that/goes/on/and/on\x1bb\x1bb");
    screen.resize(to);
    editor.resized();
    editor.print("event");
    const shown = "vde$ load /tmp/a/very/long/path/that/goes/on/and/on";
    const rows = shown.match(new RegExp(`.{1,${to}}`, "g"))!.map((row) => row.trimEnd());
    assert.is(screen.text, ["before", "event", ...rows].join("\n"), `${from} ${to}`);
  }
});

test("Up and Down go through what was entered, and what is typed is kept", () => {
  const lines = ["one", "two", "three"];
  assert.is(typed(UP, { lines }), "three|");
  assert.is(typed(UP + UP + UP + UP, { lines }), "one|");
  assert.is(typed(`ne${UP}${UP}${DOWN}${DOWN}w`, { lines }), "new|");
  assert.is(typed(`${UP}!${UP}${DOWN}`, { lines }), "three!|");
  assert.is(typed(`${ALT}<`, { lines }), "one|");
  assert.is(typed(`\x10\x10\x0e`, { lines }), "three|");
  assert.is(typed(`x${ALT}.`, { lines: ["port/print 1"] }), "x1|");
  assert.is(typed(`x${ALT}.${ALT}.`, { lines: ["port/print 1", "port/print 2"] }), "x1|");
});

test("what is typed while a command runs is not shown twice", () => {
  const { screen, editor, entered } = setUpEditor();
  editor.type("slow\r");
  editor.type("port/sh");
  editor.print("answer");
  editor.type("owinfo\rnext");
  assert.is(screen.text, "vde$ slow\nanswer");
  editor.open({ text: "vde$ " });
  assert.is(screen.text, "vde$ slow\nanswer\nvde$ port/showinfo\nvde$ next");
  assert.equal(entered, ["slow", "port/showinfo"]);
});

test("what is pasted runs nothing before Return, and then line by line", () => {
  const { screen, editor, entered } = setUpEditor();
  editor.type("\x1b[200~vlan/create 1\r\nvlan/");
  editor.type("create 2\tx\n\n\x1b[201");
  editor.type("~");
  assert.equal(entered, []);
  assert.is(screen.text, "vde$ vlan/create 1↵vlan/create 2 x");
  editor.type("\r");
  assert.equal(entered, ["vlan/create 1", "vlan/create 2 x"]);
});

for (const [what, begins, ends] of [
  ["a terminal that marks what is pasted", "\x1b[200~", "\x1b[201~\r"],
  ["one that does not", "", "\r"],
] as const)
  test(`3,000 lines that are pasted all run, in ${what}`, () => {
    const { editor, entered } = setUpEditor();
    const lines = Array<string>(3_000).fill("slow");
    editor.type(`${begins}${lines.join(begins === "" ? "\r" : "\n")}${ends}`);
    for (let i = 1; i < lines.length; i++) editor.open({ text: "vde$ " });
    assert.equal(entered, lines);
  });

test("what is pasted cannot write to the terminal", () => {
  const { screen, editor } = setUpEditor();
  editor.type("\x1b[200~a\x1b[2Jb\x07\x1b[201~");
  assert.is(screen.text, "vde$ a^[[2Jb^G");
  assert.is(screen.bells, 0);
});

test("C-c drops the line, and where there is none asks to end; C-d on an empty line ends", () => {
  const { screen, editor, ends } = setUpEditor();
  editor.type("port/pr\x03");
  assert.is(screen.text, "vde$ port/pr^C\nvde$");
  assert.equal(ends, []);
  editor.type("\x03\x04");
  assert.equal(ends, ["interrupt", "end"]);
});

test("C-c ends while a command runs", () => {
  const { editor, ends } = setUpEditor();
  editor.type("slow\rxyz\x03");
  assert.equal(ends, ["interrupt"]);
});

test("while others have the terminal nothing is drawn, and then the line is there again", () => {
  const { screen, editor } = setUpEditor();
  editor.type("port/pr");
  editor.leave();
  screen.write("sh> bg\n");
  editor.print("event");
  editor.resized();
  assert.is(screen.text, "vde$ port/pr\nsh> bg\nevent");
  editor.return();
  editor.type("int");
  assert.is(screen.text, "vde$ port/pr\nsh> bg\nevent\nvde$ port/print");
});

test("C-l clears the screen but for the line", () => {
  const { screen, editor } = setUpEditor();
  editor.print("before");
  editor.type("port/pr\x0c");
  assert.is(screen.text, "vde$ port/pr");
});

test("lines with secrets, or a blank before them, are not kept", () => {
  const { editor, kept } = setUpEditor();
  editor.type("port/print\rport/print\r quiet\rport/link ws://h/?token=abc\r\r");
  assert.equal(kept, ["port/print"]);
});

test("whatever keys come, in whatever pieces, the screen shows the line and what was written, and nothing else", () => {
  const { pick, below } = random(7);
  const keys = ["a", "b ", "日", "e\u0301", LEFT, RIGHT, UP, DOWN, "\x01", "\x05", "\x17", "\x19", "\x7f", "\x1bb"];
  for (let round = 0; round < 300; round++) {
    const { screen, editor, entered } = setUpEditor({ columns: 7 + below(30), height: 50, lines: ["an older line"] });
    const printed: string[] = [];
    for (let step = 0; step < 40; step++) {
      if (below(8) !== 0) {
        editor.type(pick(keys));
        continue;
      }
      printed.push(`${round}:${step}`);
      editor.print(printed.at(-1)!);
    }
    editor.type("\r");
    const naive = new Screen(screen.columns, 50);
    naive.write([...printed, `vde$ ${entered[0]}`, "vde$ "].join("\n"));
    assert.is(screen.text, naive.text, `round ${round}`);
    assert.equal(screen.cursor, naive.cursor);
  }
});

test.run();
