// What a command-line tool is. Parsing, help, reference, man pages and completion all come from this shape.

import type { Options, Values } from "./options.js";
import { path } from "./values.js";

/** What a tool is run with. */
export interface Run {
  /** What messages are signed with: the name that the tool was started by. */
  readonly program: string;
  /** One line: to standard error, or to syslog from the background. Never waits, never throws. */
  log(text: string): void;
  /** Lets lines that would go to the terminal be shown by who edits a line there; undefined is as before. */
  divert(log: ((text: string) => void) | undefined): void;
  /** Fires when the tool shall end. */
  readonly stop: AbortSignal;
  /** Ends the run in order, as a signal does. */
  end(): void;
  /** Says that the tool serves: its pidfile is written, and whoever started it as a daemon goes on. */
  ready(): void;
  /** Ends the run in order, with a fault to report. */
  fail(error: unknown): void;
}

export interface Tool<Table extends Options = Options> {
  /** The subcommand. */
  readonly name: string;
  /** Names under which VDE users know it; each is a bin of its own. */
  readonly aka: readonly string[];
  readonly summary: string;
  /** Words that are no options, as the help shows them; "" where there are none. */
  readonly operands: string;
  readonly options: Table;
  /** From a word like this on, all words are operands, whatever they begin with: they are another program's. */
  readonly stopsAt?: RegExp;
  /** What it ends with under one of VDE's names where its command line cannot be meant; 1 where it is not given. */
  readonly misuse?: number;
  /** Ends on the hang-up of its terminal, and says nothing of signals: it is part of a command line, as `cat` is. */
  readonly isFilter?: true;
  /** Throws a UsageError where the words together cannot be meant: before it goes to the background. */
  check?(values: Values<Table>, operands: readonly string[]): void;
  /** Runs until it is done or stopped, with what it holds let go. A thrown Failure is one line on standard error. */
  run(values: Values<Table>, operands: readonly string[], run: Run): Promise<void>;
}

/** What could not be done, in words for who asked for it; without any where the exit code alone is to tell. */
export class Failure extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Lets `run` see its options in their own types. */
export function tool<const Table extends Options>(spec: Tool<Table>): Tool {
  return spec as unknown as Tool;
}

/** What every tool has that runs on. */
export const SERVICE_OPTIONS = {
  daemon: { short: "d", help: "go to the background, and return when it serves" },
  pidfile: { short: "p", value: path, help: "write the process id to a file of its own" },
} as const satisfies Options;

/** What every tool has. */
export const COMMON_OPTIONS = {
  help: { short: "h", help: "print this help" },
  version: { short: "v", help: "print the version" },
} as const satisfies Options;

/** Every option of a tool. A letter that it has a use of its own for is not the common one's. */
export function optionsOf(tool: Tool): Options {
  const taken = Object.values(tool.options).map(({ short }) => short);
  const common = Object.entries<Options[string]>(COMMON_OPTIONS).map(([name, { short, ...rest }]) => {
    return [name, short === undefined || taken.includes(short) ? rest : { short, ...rest }] as const;
  });
  return { ...tool.options, ...Object.fromEntries(common) };
}
