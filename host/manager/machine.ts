// The small programs of unixcmd's configuration files: numbered instructions that wait for text, send some, and end with
// a status. They run in the order of their numbers.
//
//   1 IN '$ ' 100          read until this has come; on time-out or the end go to 100
//   3 SEND '$*\n'          $* and $0 are all words, $1 the second one: they count from 0
//   5 THROW                forget what was read
//   7 IF '10' 20           go to 20 where what was read begins so
//   9 GOTO 100
//  13 COPY                 print what was read
//  20 SKIP 2               pass over two characters of it, or over a text
//  22 EXITATOI             end with the number that it begins with
// 100 EXIT -1
//
// Further: SHIFT drops the first word, IFARG L goes to L where one is left, RVATOI [BASE] reads a number that EXITRV ends
// with, TIMEOUT MS (without a number) is how long IN waits.

import { refuse } from "../errors.js";

export interface Instruction {
  readonly label: number;
  readonly name: string;
  readonly words: readonly string[];
}

export interface Machine {
  readonly timeoutMs: number;
  readonly instructions: readonly Instruction[];
}

/** What a machine talks to. */
export interface Outside {
  /** Reads up to and with `text`. undefined on time-out, or at the end. */
  readUntil(text: string, timeoutMs: number): Promise<string | undefined>;
  send(text: string): void;
  print(text: string): void;
}

const TIMEOUT_MS = 10_000;
const STEPS_MAX = 1_000_000;
/** The opcodes, and how many words each has. */
const OPCODES: Readonly<Record<string, readonly [min: number, max: number]>> = {
  IN: [2, 2],
  THROW: [0, 0],
  SEND: [1, 1],
  IF: [2, 2],
  GOTO: [1, 1],
  COPY: [0, 0],
  SKIP: [1, 1],
  SHIFT: [0, 0],
  IFARG: [1, 1],
  RVATOI: [0, 1],
  EXIT: [1, 1],
  EXITRV: [0, 0],
  EXITATOI: [0, 0],
};

/** Reads a program. EINVAL, with the line, where it is none. */
export function readMachine(text: string): Machine {
  let timeoutMs = TIMEOUT_MS;
  const instructions: Instruction[] = [];
  for (const [i, line] of text.split("\n").entries()) {
    const [first = "", name = "", ...words] = tokens(line);
    if (first === "" || first.startsWith("#")) continue;
    if (first === "TIMEOUT") timeoutMs = Number(name);
    else if (/^\d+$/.test(first) && fits(name, words.length)) instructions.push({ label: Number(first), name, words });
    else refuse("EINVAL", `line ${i + 1}: ${line.trim()}`);
  }
  if (instructions.length === 0) refuse("EINVAL", "there is no instruction in it");
  if (!(timeoutMs > 0)) refuse("EINVAL", "TIMEOUT is a time in milliseconds");
  return { timeoutMs, instructions: checked(instructions) };
}

function fits(name: string, count: number): boolean {
  const [min, max] = OPCODES[name] ?? [1, 0];
  return count >= min && count <= max;
}

/** In order, and with no jump to nowhere. */
function checked(instructions: Instruction[]): Instruction[] {
  const labels = new Set(instructions.map(({ label }) => label));
  for (const { label, name, words } of instructions) {
    const target = ["IN", "IF", "GOTO", "IFARG"].includes(name) ? Number(words.at(-1)) : label;
    if (!labels.has(target)) refuse("EINVAL", `${label} ${name}: there is no ${words.at(-1)}`);
  }
  return instructions.sort((a, b) => a.label - b.label);
}

function tokens(line: string): string[] {
  const found = line.matchAll(/'((?:\\.|[^'\\])*)'|(\S+)/g);
  return [...found].map(([, quoted, plain]) => quoted?.replace(/\\(.)/g, (_, c) => ESCAPES[c] ?? c) ?? plain ?? "");
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };

/** One run of a program. */
class Runner {
  readonly #machine: Machine;
  readonly #outside: Outside;
  readonly #words: string[];
  #buffer = "";
  #value = 0;

  constructor(machine: Machine, words: readonly string[], outside: Outside) {
    this.#machine = machine;
    this.#outside = outside;
    this.#words = [...words];
  }

  async run(trace: (text: string) => void): Promise<number> {
    let at = 0;
    for (let step = 0; step < STEPS_MAX; step++) {
      const instruction = this.#machine.instructions[at];
      if (instruction === undefined) return 0;
      trace(`NOW ${instruction.label} parsing ${this.#buffer}`);
      const status = this.#status(instruction);
      if (status !== undefined) return status;
      const label = await this.#step(instruction);
      at = label === undefined ? at + 1 : this.#machine.instructions.findIndex((each) => each.label === label);
    }
    return refuse("ELOOP", `not done after ${STEPS_MAX} steps`);
  }

  /** The end, where an instruction is one. */
  #status({ name, words: [word = "0"] }: Instruction): number | undefined {
    if (name === "EXIT") return Number(word);
    if (name === "EXITRV") return this.#value;
    return name === "EXITATOI" ? numberAt(this.#buffer, 10) : undefined;
  }

  /** Does an instruction, and returns where it jumps to, if it does. */
  async #step({ name, words: [first = "", second = ""] }: Instruction): Promise<number | undefined> {
    switch (name) {
      case "IN":
        return await this.#in(first, Number(second));
      case "IF":
        return this.#buffer.startsWith(first) ? Number(second) : undefined;
      case "GOTO":
        return Number(first);
      case "IFARG":
        return this.#words.length > 0 ? Number(first) : undefined;
      case "THROW":
        this.#buffer = "";
        return undefined;
      case "SEND":
        return void this.#outside.send(this.#filled(first));
      case "COPY":
        return void this.#outside.print(this.#buffer);
      case "SKIP":
        this.#buffer = this.#buffer.slice(/^\d+$/.test(first) ? Number(first) : first.length);
        return undefined;
      case "SHIFT":
        return void this.#words.shift();
      default:
        this.#value = numberAt(this.#buffer, Number(first) || 10);
        return undefined;
    }
  }

  async #in(text: string, otherwise: number): Promise<number | undefined> {
    const read = await this.#outside.readUntil(text, this.#machine.timeoutMs);
    this.#buffer += read ?? "";
    return read === undefined ? otherwise : undefined;
  }

  #filled(text: string): string {
    const all = this.#words.join(" ");
    return text.replace(/\$(\*|\d+)/g, (_, which) =>
      which === "*" || which === "0" ? all : (this.#words[which] ?? ""),
    );
  }
}

function numberAt(text: string, base: number): number {
  return Number.parseInt(text, base) || 0;
}

/** Runs a program with words. Returns the status that it ends with. */
export function runMachine(
  machine: Machine,
  words: readonly string[],
  outside: Outside,
  trace: (text: string) => void = () => {},
): Promise<number> {
  return new Runner(machine, words, outside).run(trace);
}
