// The commands that there are: found by what a line begins with, listed, completed, and printed as docs.

import { refuse } from "../errors.js";
import { type Command, type Kind, type Menu, syntax } from "./command.js";

/** A menu, and what its commands work on. */
interface Bound {
  readonly menu: Menu<never>;
  readonly target: never;
}

/** A command that a line names, and what follows its path in that line. */
export interface Found {
  readonly command: Command<never>;
  readonly target: never;
  readonly rest: string;
}

export class Commands {
  #menus: readonly Bound[] = [];

  /** Adds a menu at the end. EEXIST where a command has its path already. */
  add<Target>(menu: Menu<Target>, target: Target): void {
    const paths = new Set(this.#menus.flatMap((bound) => bound.menu.commands).map(({ path }) => path));
    const taken = menu.commands.find(({ path }) => paths.has(path));
    if (taken !== undefined) refuse("EEXIST", `there is a command ${taken.path} already`);
    this.#menus = [...this.#menus, { menu, target: target as never }];
  }

  remove(menu: Menu<never>): void {
    this.#menus = this.#menus.filter((bound) => bound.menu !== menu);
  }

  /** The command with the longest path that the line begins with; its argument may be glued to it, as in VDE. */
  find(line: string): Found | undefined {
    let found: Found | undefined;
    for (const { menu, target } of this.#menus) {
      for (const command of menu.commands) {
        const { path } = command;
        if (!line.startsWith(path) || path.length <= (found?.command.path.length ?? 0)) continue;
        found = { command, target, rest: line.slice(path.length).replace(/^[ \t]+/, "") };
      }
    }
    return found;
  }

  /** What the Tab key offers for the last word of `line`. */
  complete(line: string): string[] {
    const text = line.trimStart();
    if (!/\s/.test(text)) return [...this.paths()].filter((path) => path.startsWith(text));
    const [path = "", ...words] = text.split(/\s+/);
    for (const { menu, target } of this.#shown()) {
      const found = menu.commands.find((each) => each.path === path);
      if (found !== undefined) return offered(found.kinds, target, words, text.slice(path.length).trimStart());
    }
    return [];
  }

  /** The table that `help` prints: what begins with `prefix`. */
  *help(prefix = ""): Generator<string> {
    yield row("COMMAND PATH", "SYNTAX", "HELP");
    yield row("------------", "--------------", "------------");
    for (const { menu } of this.#shown()) {
      if (menu.name !== "" && menu.name.startsWith(prefix)) yield row(menu.name, "============", menu.title);
      for (const { path, kinds, help } of menu.commands)
        if (path.startsWith(prefix)) yield row(path, syntax(kinds), help);
    }
  }

  /** The same without rulers: a row for each menu, and for each command. */
  *helpRows(prefix = ""): Generator<readonly [path: string, syntax: string, help: string]> {
    for (const { menu } of this.#shown()) {
      if (menu.name !== "" && menu.name.startsWith(prefix)) yield [menu.name, "", menu.title];
      for (const { path, kinds, help } of menu.commands) if (path.startsWith(prefix)) yield [path, syntax(kinds), help];
    }
  }

  /** A row for each command that has a help: its path with its arguments, as wide as `width` says of its menu. */
  *rows(width: (menu: string) => number): Generator<string> {
    for (const { menu } of this.#shown())
      for (const { path, kinds, help } of menu.commands)
        if (help !== "") yield `${`${path} ${syntax(kinds)}`.trimEnd().padEnd(width(menu.name))} ${help}`;
  }

  /** The same as Markdown, for docs/reference/console.md. */
  *markdown(): Generator<string> {
    for (const { menu } of this.#shown()) {
      yield* [`## ${menu.name || menu.title}`, "", "| command | arguments | what it does |", "| --- | --- | --- |"];
      for (const { path, kinds, help } of menu.commands)
        yield `| \`${path}\` | ${escaped(syntax(kinds))} | ${escaped(help)} |`;
      yield "";
    }
  }

  /** The commands that a person may give. */
  *paths(): Generator<string> {
    for (const { menu } of this.#shown()) for (const { path } of menu.commands) yield path;
  }

  /** What `help` may be limited to: commands, and menus. */
  *topics(): Generator<string> {
    for (const { menu } of this.#shown()) {
      if (menu.name !== "" && menu.commands.some(({ path }) => path.startsWith(menu.name))) yield menu.name;
      for (const { path } of menu.commands) yield path;
    }
  }

  /** The commands whose answers are tables. */
  *tables(): Generator<string> {
    for (const { menu } of this.#shown())
      for (const command of menu.commands) if (command.shows === "lines" && command.table) yield command.path;
  }

  *#shown(): Generator<Bound> {
    for (const bound of this.#menus) if (!bound.menu.isHidden) yield bound;
  }
}

/** Words for the argument that is being typed, each in place of the last word alone. */
function offered(kinds: readonly Kind<unknown>[], target: never, words: readonly string[], rest: string): string[] {
  const at = kinds.findIndex((kind, i) => kind.rest || i === words.length - 1);
  const kind = kinds[at];
  if (kind?.words === undefined || at >= words.length) return [];
  const last = words.at(-1) ?? "";
  const typed = kind.rest ? restOf(rest, at) : last;
  const found = [...kind.words(target, { before: words.slice(0, at), word: typed })];
  const start = typed.length - last.length;
  return [...new Set(found.filter((word) => word.startsWith(typed)).map((word) => word.slice(start)))];
}

/** What is left behind so many words. */
function restOf(text: string, words: number): string {
  return text.replace(new RegExp(`^(?:\\S+\\s+){${words}}`), "");
}

function row(path: string, arguments_: string, help: string): string {
  return `${path.padEnd(18)} ${arguments_.padEnd(15)} ${help}`;
}

function escaped(text: string): string {
  return text.replace(/[|<]/g, "\\$&");
}
