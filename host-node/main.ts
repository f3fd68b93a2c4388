// Which tool a command line asks for: by the name that it was started under, or by its first word.

import { perhaps } from "../host/near.js";
import { endWithReader } from "./cli/broken-pipe.js";
import { end } from "./cli/ending.js";
import { hideSecrets, takeWords } from "./cli/secret-words.js";
import { readStart, takeName } from "./cli/started.js";
import { TOOLS } from "./tools/aliases.js";

/** Runs a command line, and ends the process. `argv` is as Node has it: node, script, words. */
export async function main(argv: readonly string[]): Promise<void> {
  const { name, words: typed } = readStart(argv);
  const words = takeWords(typed);
  await hideSecrets(words);
  const compatible = TOOLS.find(({ aka }) => aka.includes(name));
  takeName(compatible ? name : "loom");
  const [first = "--help", ...rest] = words;
  const chosen = compatible ?? TOOLS.find((tool) => tool.name === first);
  if (chosen === undefined) return about(first);
  const { startTool } = await import("./cli/start.js");
  const ending = compatible
    ? await startTool(await chosen.load(), name, words)
    : await startTool(await chosen.load(), `loom ${chosen.name}`, rest);
  end(ending);
}

async function about(word: string): Promise<void> {
  endWithReader("loom");
  if (["--help", "-h", "help"].includes(word)) process.stdout.write(overview());
  else if (["--version", "-v"].includes(word)) process.stdout.write(`${(await import("./version.js")).VERSION}\n`);
  else {
    const names = TOOLS.flatMap(({ name, aka }) => [name, ...aka]);
    const meant = perhaps(names, word) || `: ${TOOLS.map(({ name }) => name).join(", ")}`;
    process.stderr.write(`loom: ${word}: no such tool${meant}\n`);
    process.exitCode = 2;
  }
}

function overview(): string {
  const rows = TOOLS.map(({ name, aka, summary }) => `  ${name.padEnd(10)} ${summary} (${aka.join(", ")})`);
  return `Usage: loom TOOL [OPTION]...\n\n${rows.join("\n")}\n\nloom TOOL --help says more.\n`;
}
