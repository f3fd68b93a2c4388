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
    const words = line.trimStart().split(/\s+/);
    const [path = "", last = ""] = [words[0], words.at(-1)];
    if (words.length === 1) return this.#paths().filter((each) => each.startsWith(path));
    for (const { menu, target } of this.#menus) {
      const kind: Kind<unknown> | undefined = menu.commands.find((each) => each.path === path)?.kinds[words.length - 2];
      if (kind !== undefined) return [...(kind.words?.(target) ?? [])].filter((word) => word.startsWith(last));
    }
    return [];
  }

  /** The table that `help` prints: what begins with `prefix`. */
  *help(prefix = ""): Generator<string> {
    yield row("COMMAND PATH", "SYNTAX", "HELP");
    yield row("------------", "--------------", "------------");
    for (const { menu } of this.#menus) {
      if (menu.name !== "" && menu.name.startsWith(prefix)) yield row(menu.name, "============", menu.title);
      for (const { path, kinds, help } of menu.commands)
        if (path.startsWith(prefix)) yield row(path, syntax(kinds), help);
    }
  }

  /** A row for each command that has a help: its path with its arguments, as wide as `width` says of its menu. */
  *rows(width: (menu: string) => number): Generator<string> {
    for (const { menu } of this.#menus)
      for (const { path, kinds, help } of menu.commands)
        if (help !== "") yield `${`${path} ${syntax(kinds)}`.trimEnd().padEnd(width(menu.name))} ${help}`;
  }

  /** The same as Markdown, for docs/reference/console.md. */
  *markdown(): Generator<string> {
    for (const { menu } of this.#menus) {
      yield* [`## ${menu.name || menu.title}`, "", "| command | arguments | what it does |", "| --- | --- | --- |"];
      for (const { path, kinds, help } of menu.commands)
        yield `| \`${path}\` | ${escaped(syntax(kinds))} | ${escaped(help)} |`;
      yield "";
    }
  }

  #paths(): string[] {
    return this.#menus.flatMap(({ menu }) => menu.commands.map(({ path }) => path));
  }
}

function row(path: string, arguments_: string, help: string): string {
  return `${path.padEnd(18)} ${arguments_.padEnd(15)} ${help}`;
}

function escaped(text: string): string {
  return text.replace(/[|<]/g, "\\$&");
}
