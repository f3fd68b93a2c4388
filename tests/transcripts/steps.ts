// The steps of a transcript: what a manager sent or what happened, and what VDE answered. replay.ts has the signs.

import { readFileSync } from "node:fs";

export interface Step {
  readonly line: number;
  readonly action: string;
  /** What VDE answered. */
  original: string;
}

/** Reads a transcript of a console that prompts so. */
export function steps(name: string, prompt: string): Step[] {
  const found: Step[] = [];
  const text = readFileSync(new URL(`../../../tests/transcripts/${name}.txt`, import.meta.url), "utf8");
  for (const [index, line] of text.trimEnd().split("\n").entries()) {
    const last = found.at(-1);
    if (line.startsWith(">") || line.startsWith("!")) found.push({ line: index + 1, action: line, original: "" });
    else if (line.startsWith("#") || last === undefined) continue;
    else if (line === "<$") last.original += prompt;
    else last.original += line.startsWith("<= ") ? line.slice(3) : `${line.slice(2)}\n`;
  }
  return found;
}

/** What a step sends as it is: ">= help\\r\\n". */
export function unescaped(text: string): string {
  const escapes: Record<string, string> = { n: "\n", r: "\r", t: "\t", "\\": "\\", x00: "\0" };
  return text.replace(/\\(x00|.)/g, (_, name) => escapes[name] ?? name);
}
