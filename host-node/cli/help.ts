// What --help prints, from a tool's table of options.

import type { Option } from "./options.js";
import { optionsOf, type Tool } from "./tool.js";

/** Where sentences begin, on the next line where a name is longer, and where they end. */
const HELP_COLUMN = 27;
const HELP_WIDTH = 79;
const INDENT = " ".repeat(HELP_COLUMN);

/** An option's names and value as they are shown. */
export function flags([name, { short, aka = [], value }]: [string, Option]): {
  short: string;
  long: string;
  label: string;
} {
  return {
    short: short ? `-${short}` : "",
    long: [name, ...aka].map((each) => `--${each}`).join(", "),
    label: value?.label ?? "",
  };
}

/** What an option does, and what holds without it. */
export function sentence({ help, default: fallback }: Option): string {
  return fallback === undefined ? help : `${help} (${fallback})`;
}

/** Breaks a sentence into lines of a width. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const line = lines.at(-1);
    if (line === undefined || line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines;
}

/** What --help prints. */
export function help(tool: Tool, program: string): string {
  const rows = Object.entries(optionsOf(tool)).map((option) => {
    const { short, label } = flags(option);
    const left = `  ${short === "" ? "    " : `${short}, `}--${option[0]} ${label}`.trimEnd();
    const lines = wrap(sentence(option[1]), HELP_WIDTH - HELP_COLUMN);
    const start = left.length < HELP_COLUMN ? left.padEnd(HELP_COLUMN) : `${left}\n${INDENT}`;
    return start + lines.join(`\n${INDENT}`);
  });
  const operands = tool.operands === "" ? "" : ` ${tool.operands}`;
  return `Usage: ${program} [OPTION]...${operands}\n${tool.summary}\n\n${rows.join("\n")}\n`;
}
