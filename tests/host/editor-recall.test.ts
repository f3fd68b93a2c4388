// Ways to a line that need not be typed: searching the history, and completion.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { setUpEditor, typed } from "../editor.js";

const test = suite("line editor: search and completion");

test("C-r finds older lines by what is in them", () => {
  const lines = ["vlan/create 10", "port/print", "vlan/create 20", "hash/print"];
  const { screen, editor, entered } = setUpEditor({ lines, columns: 60 });
  editor.type("typed\x12");
  assert.is(screen.text, "(reverse-i-search)`': typed");
  editor.type("vlan");
  assert.is(screen.text, "(reverse-i-search)`vlan': vlan/create 20");
  editor.type("\x12");
  assert.is(screen.text, "(reverse-i-search)`vlan': vlan/create 10");
  editor.type("\x12");
  assert.is(screen.text, "(failed reverse-i-search)`vlan': vlan/create 10");
  editor.type("\x13");
  assert.is(screen.text, "(i-search)`vlan': vlan/create 20");
  editor.type("\x07");
  assert.is(screen.text, "vde$ typed");
  editor.type("\x15\x12create\x12\x05\x7f5");
  assert.is(screen.text, "vde$ vlan/create 15");
  editor.type("\x12hash\r");
  assert.equal(entered, ["hash/print"]);
});

test("C-r keeps its place while others write", () => {
  const { screen, editor } = setUpEditor({ lines: ["port/print"] });
  editor.type("\x12port");
  editor.print("event");
  assert.is(screen.text, "event\n(reverse-i-search)`port': port/print");
});

test("Tab adds what all have in common, lists them, and ends the only one", () => {
  const words = ["port/print", "port/remove", "port/resetcounter"];
  assert.is(typed("po\t", { words }), "port/|");
  assert.is(typed("port/p\t", { words }), "port/print |");
  assert.is(typed("load /et\t", { words: ["/etc/"] }), "load /etc/|");
  const { screen, editor } = setUpEditor({ words });
  editor.type("port/r\t");
  assert.is(screen.text, "vde$ port/re");
  editor.type("\t");
  assert.is(screen.text, "port/print         port/resetcounter\nport/remove\nvde$ port/re");
  const none = setUpEditor();
  none.editor.type("x\t");
  assert.is(none.screen.bells, 1);
});

test("keys that come while completions are asked for come after them", async () => {
  const words = Promise.resolve(["port/print"]);
  const { screen, editor } = setUpEditor({ words });
  editor.type("port/p\t12");
  assert.is(screen.text, "vde$ port/p");
  await words;
  await words;
  assert.is(screen.text, "vde$ port/print 12");
});

test.run();
