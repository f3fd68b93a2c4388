// The switch's console in a terminal of the page.

import { openConsole, type PageSwitch } from "etherloom/browser";
import { LineEditor } from "./line-editor.js";
import { openTerminal } from "./terminal.js";
import { offer } from "./tries.js";

const TRIES = ["help", "port/print", "hash/print", "fstp/show", "vlan/print"];

export function openSwitchConsole(sw: PageSwitch): void {
  const terminal = openTerminal("console", {
    label: "Console of the switch",
    convertEol: true,
    ontype: (text) => editor.type(text),
  });
  const editor = new LineEditor({
    write: (text) => terminal.write(text),
    columns: () => terminal.cols,
    onenter: (line) => void session.feed(`${line}\n`),
    complete: (line) => session.console.commands.complete(line),
  });
  const session = openConsole(sw, {
    write: (text) => editor.print(text),
    onleave: () => editor.print("reload the page for another session\n"),
    log: (text) => editor.print(`${text}\n`),
  });
  offer("console", TRIES, (command) => {
    editor.type(`\x15${command}\r`);
    terminal.focus();
  });
}
