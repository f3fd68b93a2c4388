// States, and the chances to go from one to another.

import { command, listing, type Menu } from "../../console/command.js";
import { optional } from "../../console/kinds.js";
import { printable } from "../../console/text.js";
import { refuse } from "../../errors.js";
import type { WireConsole } from "../console.js";
import { onOff, real, state, unlabelled } from "../kinds.js";
import { shownState } from "../showinfo.js";
import { shownNumber } from "../value.js";

const number = { ...unlabelled(), label: "n" };

/** A number at the beginning, and what follows the comma behind it. */
function parts(text: string, form: string): [state: number, rest: string] {
  const [, first, rest] = /^(\d+),(.*)$/s.exec(text) ?? [];
  return first === undefined || rest === undefined ? refuse("EINVAL", `${form} is wanted`) : [Number(first), rest];
}

export const markovMenu: Menu<WireConsole> = {
  name: "markov",
  title: "states",
  commands: [
    command("markov-numnodes", [number], "markov mode: set number of states", ({ filter }, text) => {
      filter.chain.resize(real(text, "the number of states"), filter.now());
      filter.onset();
    }),
    command("markov-setnode", [state], "markov mode: set current state", ({ filter }, to) => {
      filter.chain.go(to);
      filter.onset();
    }),
    command(
      "markov-name",
      [{ ...unlabelled(), label: "n,name" }],
      "markov mode: set state's name",
      ({ filter }, text) => {
        const [which, name] = parts(text, "STATE,NAME");
        filter.chain.state(which).name = name;
      },
    ),
    command("markov-time", [{ ...unlabelled(), label: "ms" }], "markov mode: transition period", ({ filter }, text) => {
      filter.chain.setPeriod(real(text, "a time in ms"), filter.now());
      filter.onset();
    }),
    command("setedge", [{ ...unlabelled(), label: "n1,n2,w" }], "markov mode: set edge weight", ({ filter }, text) => {
      const [from, rest] = parts(text, "FROM,TO,WEIGHT");
      const [to, weight] = parts(rest, "FROM,TO,WEIGHT");
      filter.chain.setEdge(from, to, real(weight, "a weight"));
    }),
    listing(
      "showedges",
      [{ ...optional(state), label: "n" }],
      "markov mode: show edge weights",
      function* (wire, asked) {
        const { chain } = wire.filter;
        const from = asked ?? chain.current;
        const name = (which: number) => printable(chain.state(which).name);
        for (const [to, weight] of chain.edges(from))
          yield `Edge ${from} ->${to}  "${name(from)}"->"${name(to)}" weigth ${shownNumber(weight)}`;
      },
      ({ filter: { chain } }, asked) => {
        const from = asked ?? chain.current;
        const edges = [...chain.edges(from)];
        return {
          head: ["FROM", "TO", "NAME", "WEIGHT"],
          none: `nothing leads away from state ${from}`,
          rows: edges.map(([to, weight]) => [from, to, printable(chain.state(to).name), shownNumber(weight)]),
        };
      },
    ),
    listing("showcurrent", [], "markov mode: show current state", function* (wire) {
      yield `Current Markov ${shownState(wire, wire.filter.chain.current)}`;
    }),
    command("markov-debug", [number], "markov mode: set debug level", (wire, text, caller) =>
      wire.watch(caller, onOff(text)),
    ),
  ],
};
