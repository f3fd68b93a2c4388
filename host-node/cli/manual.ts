// What a tool says of itself: help, a reference page, a man page and completion, all from its table of options.

import type { Option } from "./options.js";
import { COMMON_OPTIONS, type Tool } from "./tool.js";

/** Where sentences begin, beyond the longest name, and where they end. */
const HELP_COLUMN = 27;
const HELP_WIDTH = 79;

/** Every option of a tool, by its name. */
export function optionsOf(tool: Tool): [name: string, option: Option][] {
  return Object.entries({ ...tool.options, ...COMMON_OPTIONS });
}

function flags([name, { short, aka = [], value }]: [string, Option]): { short: string; long: string; label: string } {
  return {
    short: short ? `-${short}` : "",
    long: [name, ...aka].map((each) => `--${each}`).join(", "),
    label: value?.label ?? "",
  };
}

function sentence({ help, default: fallback }: Option): string {
  return fallback === undefined ? help : `${help} (${fallback})`;
}

/** Breaks a sentence into lines of a width. */
function wrap(text: string, width: number): string[] {
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
  const rows = optionsOf(tool).map((option) => {
    const { short, label } = flags(option);
    const left = `  ${short === "" ? "    " : `${short}, `}--${option[0]} ${label}`.trimEnd();
    const lines = wrap(sentence(option[1]), HELP_WIDTH - HELP_COLUMN);
    return left.padEnd(HELP_COLUMN) + lines.join(`\n${" ".repeat(HELP_COLUMN)}`);
  });
  const operands = tool.operands === "" ? "" : ` ${tool.operands}`;
  return `Usage: ${program} [OPTION]...${operands}\n${tool.summary}\n\n${rows.join("\n")}\n`;
}

/** The options as a table in Markdown. */
export function markdown(tool: Tool): string {
  const rows = optionsOf(tool).map((entry) => {
    const { short, long, label } = flags(entry);
    const names = [...(short ? [short] : []), ...long.split(", ")].map((name) => `\`${name}\``).join(" ");
    const [, option] = entry;
    const many = option.many ? "; again, or with commas, for more" : "";
    const cells = [names, label, `${sentence(option)}${many}`, option.value?.accepts ?? "", option.added ? "" : "yes"];
    return `| ${cells.join(" | ")} |`;
  });
  return [
    "| option | value | what it does | what is accepted | in VDE |",
    "| --- | --- | --- | --- | --- |",
    ...rows,
  ].join("\n");
}

/** A man page, section 1. */
export function manPage(tool: Tool, version: string): string {
  const rows = optionsOf(tool).map((entry) => {
    const { short, long, label } = flags(entry);
    const names = `${short ? `${short}, ` : ""}${long}${label ? ` ${label}` : ""}`;
    return `.TP\n.B ${names.replaceAll("-", "\\-")}\n${sentence(entry[1])}`;
  });
  const name = `loom-${tool.name}`;
  const synopsis = [`loom ${tool.name}`, ...tool.aka].map((each) => `.B ${each}\n[OPTION]... ${tool.operands}\n.br`);
  return [
    `.TH ${name.toUpperCase()} 1 "" "Etherloom ${version}"`,
    `.SH NAME\n${name} \\- ${tool.summary}`,
    `.SH SYNOPSIS\n${synopsis.join("\n")}`,
    `.SH OPTIONS\n${rows.join("\n")}\n`,
  ].join("\n");
}

/** Bash completion for tools by all their names. */
export function completion(tools: readonly Tool[]): string {
  const words = (tool: Tool) => optionsOf(tool).map(([name]) => `--${name}`);
  const cases = tools.map((tool) => `    ${[tool.name, ...tool.aka].join("|")}) words="${words(tool).join(" ")}" ;;`);
  const names = tools.map(({ name }) => name).join(" ");
  return `_loom() {
  local tool=\${COMP_WORDS[0]##*/} words
  [ "$tool" = loom ] && tool=\${COMP_WORDS[1]} && [ "$COMP_CWORD" = 1 ] && tool=
  case $tool in
${cases.join("\n")}
    *) words="${names}" ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}")
}
complete -o default -F _loom ${["loom", ...tools.flatMap(({ aka }) => aka)].join(" ")}
`;
}
