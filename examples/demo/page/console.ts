// The switch's console in a terminal of the page, as programs hear it, with the line editor of vdeterm.

import { History, LineEditor, openConsole, type PageSwitch } from "etherloom/browser";
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
    size: () => ({ columns: terminal.cols, rows: terminal.rows }),
    history: new History(),
    onenter: (line) => void session.feed(`${line}\n`),
    complete: (line) => session.console.commands.complete(line),
  });
  terminal.onResize(() => editor.resized());
  /** What does not end a line is a prompt. */
  const show = (text: string) => {
    const end = text.lastIndexOf("\n") + 1;
    if (end > 0) editor.print(text.slice(0, end));
    if (end < text.length) editor.open({ text: text.slice(end) });
  };
  const session = openConsole(sw, {
    write: show,
    onleave: () => editor.print("reload the page for another session"),
    log: (text) => editor.print(text),
  });
  offer("console", TRIES, (command) => {
    editor.enter(command);
    terminal.focus();
  });
}
