// What a tool says of itself beside --help: a table in Markdown, a man page and completion.

import { flags, sentence } from "../host-node/cli/help.js";
import { optionsOf, type Tool } from "../host-node/cli/tool.js";
import { table } from "./table.js";

/** The options as a table in Markdown. */
export function markdown(tool: Tool): string {
  const rows = Object.entries(optionsOf(tool)).map((entry) => {
    const { short, long, label } = flags(entry);
    const [, option] = entry;
    const names = [...(short ? [short] : []), ...long.split(", ")].map((name) => `\`${name}\``).join(" ");
    const more = { again: "; again for more", true: "; again, or with commas, for more" };
    const many = option.many ? more[`${option.many}`] : "";
    return [names, label, `${sentence(option)}${many}`, option.value?.accepts ?? "", option.added ? "" : "yes"];
  });
  return table(["option", "value", "what it does", "what is accepted", "in VDE"], rows);
}

/** A man page, section 1. */
export function manPage(tool: Tool, version: string): string {
  const rows = Object.entries(optionsOf(tool)).map((entry) => {
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
  const words = (tool: Tool) => Object.entries(optionsOf(tool)).map(([name]) => `--${name}`);
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
