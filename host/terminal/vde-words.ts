// What may stand on a line of a console that offers no completion, as VDE's own: its commands and the kinds of their
// arguments from its `help`, and what there is of each kind from its listings.

import type { Answer } from "../manager/conversation.js";

type Ask = (line: string) => Promise<Answer | undefined>;

/** A listing, and what of each of its lines may be named. */
interface Source {
  readonly command: string;
  readonly word: RegExp;
}

const PORTS: Source = { command: "port/allprint", word: /^Port 0*(\d+)/ };
const VLANS: Source = { command: "vlan/allprint", word: /^VLAN 0*(\d+)/ };
const CATEGORIES: Source = { command: "debug/list", word: /^([a-z]+\/\S+)/ };
const PLUGINS: Source = { command: "plugin/list", word: /^(?!NAME|-)(\S+)/ };

/** By the word that `help` has for an argument. What an N is, the menu says. */
const KINDS: Readonly<Record<string, Source>> = { PORT: PORTS, VLAN: VLANS, dbgpath: CATEGORIES, name: PLUGINS };
const NUMBERS: Readonly<Record<string, Source>> = { port: PORTS, vlan: VLANS, "fstp/print": VLANS };
/** Commands whose number is none of these. */
const OTHER_NUMBERS = new Set(["port/setnumports", "port/create", "vlan/create"]);

const RULE = /^-{6}/;

export class VdeWords {
  /** The kinds of arguments of each command. */
  readonly #commands = new Map<string, readonly string[]>();

  /** Reads what `help` says. The title of a menu is no command where commands follow it. */
  constructor(help: readonly string[]) {
    const rule = help.findIndex((line) => RULE.test(line));
    const [, first = "", second = ""] = /^(-+ +)(-+ +)?/.exec(help[rule] ?? "") ?? [];
    const end = first.length + second.length;
    for (const line of help.slice(rule + 1)) {
      const [path = ""] = line.split(/\s/);
      if (path !== "") this.#commands.set(path, line.slice(first.length, end).trim().split(/\s+/));
    }
    for (const path of this.#commands.keys())
      if ([...this.#commands.keys()].some((other) => other.startsWith(`${path}/`))) this.#commands.delete(path);
  }

  get names(): readonly string[] {
    return [...this.#commands.keys()].sort();
  }

  /** Words for the last of a line, which has a command already. */
  async arguments(line: string, ask: Ask): Promise<readonly string[]> {
    const [path = "", ...words] = line.trimStart().split(/\s+/);
    const kind = this.#commands.get(path)?.[words.length - 1]?.replace(/[[\]]/g, "");
    if (kind === "arg") return this.names;
    if (kind === "0/1" || kind === "1/0") return ["0", "1"];
    const source = kind === undefined ? undefined : kind === "N" ? number(path) : KINDS[kind];
    if (source === undefined) return [];
    const { lines = [] } = (await ask(source.command)) ?? {};
    return lines.flatMap((each) => source.word.exec(each)?.[1] ?? []);
  }
}

function number(path: string): Source | undefined {
  if (OTHER_NUMBERS.has(path)) return undefined;
  return NUMBERS[path] ?? NUMBERS[path.split("/")[0] ?? ""];
}
