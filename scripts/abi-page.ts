// The ABI as a page: the sections of assembly/abi.ts with their comments, and what each constant comes to.

import { readFileSync } from "node:fs";
import * as abi from "../assembly/abi.js";
import { table } from "./table.js";

const source = readFileSync(new URL("../../assembly/abi.ts", import.meta.url), "utf8");
const values = abi as unknown as Readonly<Record<string, number>>;

/** One constant as the source has it. */
const CONSTANT = /^export const (\w+): (\w+) = .*?;(?: \/\/ (.*))?$/;

function row(line: string): string[] | undefined {
  const [, name = "", type = "", comment = ""] = CONSTANT.exec(line) ?? [];
  const value = values[name];
  if (value === undefined) return undefined;
  const shown = value > 0xffff ? `0x${value.toString(16)}` : String(value);
  return [`\`${name}\``, type, shown, comment.replaceAll("|", "\\|")];
}

/** Comment lines as text; what is indented in them is a drawing. */
function prose(lines: readonly string[]): string {
  return lines
    .map((line) => line.replace(/^(\/\/|\/\*\*) ?/, "").replace(/ ?\*\/$/, ""))
    .map((line) => (/^ {2}/.test(line) ? `    ${line.trimStart()}` : line))
    .join("\n");
}

/** The blocks of the page, in the order of the source: what is said, then the constants that it is said of. */
export function abiPage(): string[] {
  const blocks: string[] = [];
  for (const paragraph of source.split(/\n\n+/)) {
    const lines = paragraph.trim().split("\n");
    const comments = lines.filter((line) => /^(\/\/|\/\*\*)/.test(line));
    const rows = lines.map(row).filter((cells) => cells !== undefined);
    if (comments.length > 0) blocks.push(prose(comments));
    if (rows.length > 0) blocks.push(table(["constant", "type", "value", "what it is"], rows));
  }
  return blocks;
}
