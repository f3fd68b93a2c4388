// A line editor on a model of a screen, for tests: what is typed, and what is then to be seen.

import { LineEditor } from "../host/terminal/editor.js";
import { History } from "../host/terminal/history.js";
import { Screen } from "./screen.js";

export interface Setup {
  readonly columns?: number;
  readonly height?: number;
  readonly lines?: readonly string[];
  readonly words?: readonly string[] | Promise<readonly string[]>;
}

export function setUpEditor({ columns = 40, height = 24, lines = [], words = [] }: Setup = {}) {
  const screen = new Screen(columns, height);
  const entered: string[] = [];
  const kept: string[] = [];
  const ends: string[] = [];
  const editor = new LineEditor({
    write: (text) => screen.write(text),
    size: () => ({ columns: screen.columns, rows: height }),
    history: new History({ lines, onadd: (line) => kept.push(line) }),
    complete: () => words,
    onenter(line) {
      entered.push(line);
      if (line !== "slow") editor.open({ text: "vde$ " });
    },
    onend: () => ends.push("end"),
    oninterrupt: () => ends.push("interrupt"),
  });
  editor.open({ text: "vde$ " });
  return { screen, editor, entered, kept, ends };
}

/** What is typed, and what then stands in the line, with the cursor as a bar. */
export function typed(keys: string, setup: Setup = {}): string {
  const { screen, editor } = setUpEditor({ columns: 200, ...setup });
  editor.type(keys);
  const [row, column] = screen.cursor;
  const line = screen.rows[row] ?? "";
  return `${line.slice(0, column).padEnd(column)}|${line.slice(column)}`.replace("vde$ ", "");
}
