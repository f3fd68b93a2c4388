// The management console of a wire: its menus, and what it says of itself.

import type { Caller } from "../console/command.js";
import { Interpreter } from "../console/interpreter.js";
import { refuse } from "../errors.js";
import type { System } from "../system.js";
import type { Filter } from "./filter.js";
import { markovMenu } from "./menus/markov.js";
import { moreMenu } from "./menus/more.js";
import { parameterMenu } from "./menus/parameters.js";

/** What a wire's manager needs of the machine that it runs on. */
export interface WireSystem {
  /** The version of this package. */
  readonly version: string;
  /** Where each frame that leaves is told of, and as whom. */
  readonly blink?: { readonly path: string; readonly id: string } | undefined;
  /** The text of a script. Throws a SwitchError: ENOENT, EACCES, EISDIR. */
  readScript(path: string): string;
  /** What may be named, for the Tab key. */
  readonly offers?: System["offers"];
  /** One line to the log. */
  log(text: string): void;
  /** Ends the wire, in order. */
  shutdown(): void;
}

export interface WireConsoleOptions {
  readonly filter: Filter;
  readonly system: WireSystem;
  /** One direction alone: from left to right. */
  readonly isMono?: boolean;
}

export class WireConsole extends Interpreter {
  readonly filter: Filter;
  readonly system: WireSystem;
  readonly isMono: boolean;
  readonly prompt = "\nVDEwf$ ";
  readonly farewell = "1-01 Unknown error -1\n";
  readonly #watchers = new Set<(event: string) => void>();

  constructor({ filter, system, isMono = false }: WireConsoleOptions) {
    super();
    this.filter = filter;
    this.system = system;
    this.isMono = isMono;
    this.commands.add(parameterMenu, this);
    this.commands.add(markovMenu, this);
    this.commands.add(moreMenu, this);
    filter.onstate = (from, to) => this.#tell(from, to);
  }

  get banner(): string {
    return `\nVDE wirefilter V.2.3.3-etherloom-${this.system.version}\n(C) 2026 The Etherloom authors - MIT\n`;
  }

  /** Lets a caller hear when another state begins, or no more. */
  watch({ tell }: Caller, on: boolean): void {
    if (tell === undefined) refuse("EINVAL", "there is nobody here to be told");
    if (on) this.#watchers.add(tell);
    else this.#watchers.delete(tell);
  }

  forget({ tell }: Caller): void {
    if (tell !== undefined) this.#watchers.delete(tell);
  }

  protected log(text: string): void {
    this.system.log(text);
  }

  #tell(from: number, to: number): void {
    if (this.#watchers.size === 0) return;
    const { chain } = this.filter;
    const name = (state: number) => (state < chain.count ? chain.state(state).name : "");
    const event = `3${800 + (to % 100)} Node ${from} "${name(from)}" -> ${to} "${name(to)}"`;
    for (const tell of this.#watchers) tell(event);
  }
}
