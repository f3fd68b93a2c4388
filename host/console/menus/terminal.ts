// What terminals ask a console for the person before them: words that may stand on a line, and listings as tables. Every
// console of ours has it, and it shows in no help: VDE's know none of it, and a terminal goes on without.

import { refuse } from "../../errors.js";
import { type Cell, listing, type Menu } from "../command.js";
import type { Commands } from "../commands.js";
import { rest } from "../kinds.js";
import { printable } from "../text.js";

/** Nothing in a cell moves the terminal that it is shown on. */
function plain(cell: Cell): Cell {
  return typeof cell === "string" ? printable(cell) : cell;
}

/** Words that are offered at once. */
const OFFERS_MAX = 1_000;

export const terminalMenu: Menu<{ readonly commands: Commands }> = {
  name: "terminal",
  title: "FOR TERMINALS",
  isHidden: true,
  commands: [
    listing("terminal/complete", [rest("LINE")], "the words that may stand last", ({ commands }, line) =>
      commands.complete(line).slice(0, OFFERS_MAX),
    ),
    listing("terminal/tables", [], "the commands that answer with a table", ({ commands }) => commands.tables()),
    listing("terminal/table", [rest("LINE")], "a listing as rows of JSON", function* ({ commands }, line, caller) {
      const { command: found, target, rest: words } = commands.find(line) ?? {};
      if (found?.shows !== "lines" || found.table === undefined || target === undefined)
        return refuse("ENOSYS", "its answer is no table, see terminal/tables");
      const { head, none, rows } = found.table(target, words ?? "", caller);
      yield JSON.stringify({ head, none });
      for (const row of rows) yield row && JSON.stringify(row.map(plain));
    }),
  ],
};
