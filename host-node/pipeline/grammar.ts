// dpipe's command line: commands with separators between them, and the pipes that these stand for.
//
//   a = b                  both ways: a's output to b's input, and b's to a's
//   a =} f }= b            f is in the way from left to right alone
//   a ={ f {= b            f is in the way from right to left alone
//   a =} f }={ g {= b      both
//   a = b = c              b has its left neighbour on 0 and 1, its right one on 3 and 4

import { UsageError } from "../cli/options.js";

/** A descriptor of a command: which command, by its place in the line, and which descriptor. */
export interface End {
  readonly command: number;
  readonly fd: number;
}

export interface Pipeline {
  readonly commands: readonly (readonly string[])[];
  readonly pipes: readonly { readonly from: End; readonly to: End }[];
}

type Section = "" | "}" | "{";

interface Item {
  readonly words: string[];
  /** The way that it stands in: "" for one that is in both. */
  readonly section: Section;
}

export const ALTERNATE_IN = 3;
export const ALTERNATE_OUT = 4;

/** Reads a line. A UsageError says what is wrong with it. */
export function readPipeline(words: readonly string[]): Pipeline {
  const items = split(words);
  if (items.some((item) => item.words.length === 0)) throw new UsageError("a command is missing beside a separator");
  if (items.length < 2) throw new UsageError("two commands are wanted, with = between them (--help)");
  return { commands: items.map((item) => item.words), pipes: wire(items) };
}

function split(words: readonly string[]): Item[] {
  const items: Item[] = [{ words: [], section: "" }];
  for (const word of words) {
    const { section, words: own } = items.at(-1)!;
    const next = separator(word, section);
    if (next === undefined) own.push(word);
    else items.push({ words: [], section: next });
  }
  const { section } = items.at(-1)!;
  if (section !== "") throw new UsageError(`=${section} is not closed by ${section}=`);
  return items;
}

/** The section that a separator begins; undefined for a word that is none. It must close the section that it is in. */
function separator(word: string, section: Section): Section | undefined {
  const [, closes = "", opens = ""] = /^([{}]?)=([{}]?)$/.exec(word) ?? [undefined, undefined];
  const isForm = /^[{}]?=[{}]?$/.test(word);
  if (isForm && closes === section) return opens as Section;
  if (word.startsWith("=")) {
    const wanted = section === "" ? "=, =} or ={" : `${section}=, ${section}=} or ${section}={`;
    throw new UsageError(`${word}: ${wanted} is wanted here`);
  }
  return undefined;
}

/** Pipes between each command that stands in both ways and the next that does, by the filters between them. */
function wire(items: readonly Item[]): Pipeline["pipes"] {
  const pipes: { from: End; to: End }[] = [];
  const both = items.flatMap(({ section }, i) => (section === "" ? [i] : []));
  both.slice(1).forEach((right, i) => {
    const left = both[i]!;
    const between = (section: Section) =>
      items.flatMap((item, at) => (at > left && at < right && item.section === section ? [at] : []));
    const isFirst = i === 0;
    const out = { command: left, fd: isFirst ? 1 : ALTERNATE_OUT };
    const back = { command: left, fd: isFirst ? 0 : ALTERNATE_IN };
    chain(pipes, out, between("}"), { command: right, fd: 0 });
    chain(pipes, { command: right, fd: 1 }, between("{").reverse(), back);
  });
  return pipes;
}

function chain(pipes: { from: End; to: End }[], from: End, through: readonly number[], to: End): void {
  let last = from;
  for (const command of through) {
    pipes.push({ from: last, to: { command, fd: 0 } });
    last = { command, fd: 1 };
  }
  pipes.push({ from: last, to });
}
