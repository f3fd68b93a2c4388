// Reads a command line as GNU getopt_long_only does, but says what it does not understand instead of going on.
//
// A long name takes one dash or two, and may be cut short while it stays unique; its value follows "=" or is the next
// word. Short flags may stand together, and the value of a short option may be glued to it. A word with one dash is a
// long name where it can be one.

import { isNear } from "../../host/near.js";
import type { Value } from "./values.js";

export interface Option {
  readonly help: string;
  readonly short?: string;
  /** Other long names of the same option. */
  readonly aka?: readonly string[];
  /** An option without one is a flag. */
  readonly value?: Value<unknown>;
  /** What it holds where it is given without its value, which is then glued to it or follows "=" where there is one. */
  readonly bare?: unknown;
  /** May be given more than once; with commas too, but where a value may hold commas itself. */
  readonly many?: true | "again";
  /** Not one of VDE's own: where a shortened name could be either, it is VDE's. */
  readonly added?: true;
  /** What holds where it is not given, as the help says it. */
  readonly default?: string;
}

export type Options = Readonly<Record<string, Option>>;

/** What options hold, in their own types. */
export type Values<Table extends Options> = {
  readonly [Name in keyof Table]: Table[Name] extends { value: Value<infer T> }
    ? Table[Name] extends { many: true | "again" }
      ? readonly T[]
      : T | undefined
    : boolean;
};

/** A command line that cannot be meant. The message says what is accepted. */
export class UsageError extends Error {}

/** One command line under way. */
class Reading {
  readonly values: Record<string, unknown> = {};
  readonly operands: string[] = [];
  readonly #options: Options;
  readonly #words: string[];
  readonly #stopsAt: RegExp | undefined;

  constructor(options: Options, words: readonly string[], stopsAt?: RegExp) {
    this.#options = options;
    this.#words = [...words];
    this.#stopsAt = stopsAt;
    for (const [name, { value, many }] of Object.entries(options)) {
      if (many) this.values[name] = [];
      else if (!value) this.values[name] = false;
    }
  }

  run(): this {
    for (let word = this.#words.shift(); word !== undefined; word = this.#words.shift()) {
      if (word === "--") this.operands.push(...this.#words.splice(0));
      else if (this.#stopsAt?.test(word)) this.operands.push(word, ...this.#words.splice(0));
      else if (word.startsWith("-") && word !== "-") this.#option(word);
      else this.operands.push(word);
    }
    return this;
  }

  #option(word: string): void {
    const [, dashes = "", name = "", given] = /^(--?)([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
    const short = this.#short(name);
    const long = short ?? this.#long(name, `${dashes}${name}`);
    if (long !== undefined) this.#take(long, short ? `-${name}` : `--${long}`, given);
    else if (dashes === "-" && this.#short(name[0] ?? "")) this.#cluster(word.slice(1));
    else throw new UsageError(`${dashes}${name}: no such option${this.#hint(name)}`);
  }

  /** Short flags that stand together, and the last one's value, which may be glued to it. */
  #cluster(letters: string): void {
    const letter = letters[0] ?? "";
    const rest = letters.slice(1);
    const name = this.#short(letter);
    if (name === undefined) throw new UsageError(`-${letter}: no such option${this.#hint(letters)}`);
    if (!this.#options[name]?.value) {
      this.#take(name, `-${letter}`, undefined);
      if (rest !== "") this.#cluster(rest);
      return;
    }
    const hint = this.#hint(letters.replace(/=.*/s, ""));
    if (rest !== "" && hint !== "") throw new UsageError(`-${letters}: no such option${hint} or -${letter} ${rest}`);
    this.#take(name, `-${letter}`, rest === "" ? undefined : rest);
  }

  #take(name: string, shown: string, given: string | undefined): void {
    const { value, many, bare } = this.#options[name]!;
    if (value === undefined) {
      if (given !== undefined) throw new UsageError(`${shown} ${given}: it takes no value`);
      this.values[name] = true;
      return;
    }
    if (given === undefined && bare !== undefined) {
      if (many) (this.values[name] as unknown[]).push(bare);
      else this.values[name] = bare;
      return;
    }
    const word = given ?? this.#words.shift();
    if (word === undefined) throw new UsageError(`${shown}: ${value.label} is missing: ${value.accepts}`);
    const read = (part: string) => {
      const result = value.read(part);
      if (result === undefined) throw new UsageError(`${shown} ${JSON.stringify(part).slice(1, -1)}: ${value.accepts}`);
      return result;
    };
    if (many) (this.values[name] as unknown[]).push(...(many === "again" ? [word] : word.split(",")).map(read));
    else this.values[name] = read(word);
  }

  #short(letter: string): string | undefined {
    if (letter.length !== 1) return undefined;
    return Object.keys(this.#options).find((name) => this.#options[name]?.short === letter);
  }

  /** The option whose name this is, or begins with this. */
  #long(start: string, shown: string): string | undefined {
    const all = Object.entries(this.#options);
    if (start === "") return undefined;
    const exact = all.find(([name, { aka = [] }]) => [name, ...aka].includes(start));
    if (exact) return exact[0];
    const found = all.filter(([name, { aka = [] }]) => [name, ...aka].some((each) => each.startsWith(start)));
    const old = found.filter(([, { added }]) => !added);
    const [only, ...others] = old.length > 0 ? old : found;
    if (others.length === 0 || only === undefined) return only?.[0];
    throw new UsageError(`${shown} could be ${[only, ...others].map(([name]) => `--${name}`).join(", ")}`);
  }

  /** Names that were perhaps meant. */
  #hint(name: string): string {
    const names = Object.entries(this.#options).flatMap(([main, { aka = [] }]) => [main, ...aka]);
    const near = names.filter((each) => isNear(each, name)).map((each) => `--${each}`);
    return near.length === 0 ? "" : `: perhaps ${near.join(" or ")}`;
  }
}

/**
 * Reads words by a table of options, as far as a word that matches `stopsAt`. Throws a UsageError on what the table does
 * not have.
 */
export function readOptions<Table extends Options>(
  options: Table,
  words: readonly string[],
  stopsAt?: RegExp,
): { values: Values<Table>; operands: readonly string[] } {
  const { values, operands } = new Reading(options, words, stopsAt).run();
  return { values: values as Values<Table>, operands };
}
