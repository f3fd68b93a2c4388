// SCP_EXTRA_OPTIONS, in which VDE's users keep what scp needs to reach a host: the same in the words of ssh.

import { refuse } from "../../host/errors.js";
import { splitCommand } from "../transports/cmd.js";

export const EXTRA = "SCP_EXTRA_OPTIONS";

/** Options of both, with a value and without. */
const VALUES = "ciFJo";
const FLAGS = "46ACqv";
/** Those of scp alone, which are about copying. */
const COPY_VALUES = "lDX";
const COPY_FLAGS = "3OprRsT";

/** Words for ssh. Throws a SwitchError where they cannot be meant. */
export function sshWords(text: string): string[] {
  const words = splitCommand(text);
  const own: string[] = [];
  while (words.length > 0) {
    const word = words.shift()!;
    if (!/^-[^-]/.test(word)) refuse("EINVAL", `${EXTRA}: ${word}: options of scp are wanted, as -P 2222`);
    own.push(...translated(word.slice(1), words));
  }
  return own;
}

/** Letters that stand together; the last one's value may be glued to it, or is the next word. */
function translated(letters: string, words: string[]): string[] {
  const [letter = ""] = letters;
  const rest = letters.slice(1);
  const value = () =>
    (rest !== "" ? rest : words.shift()) ?? refuse("EINVAL", `${EXTRA}: -${letter}: its value is missing`);
  const others = () => (rest === "" ? [] : translated(rest, words));
  if (letter === "P") return ["-p", value()];
  if (letter === "p" && rest === "" && /^\d+$/.test(words[0] ?? "")) return ["-p", words.shift()!]; // who thinks of ssh
  if (letter === "p" && /^\d+$/.test(rest)) return ["-p", rest];
  if (letter === "B") return ["-oBatchMode=yes", ...others()];
  if (VALUES.includes(letter)) return [`-${letter}`, value()];
  if (FLAGS.includes(letter)) return [`-${letter}`, ...others()];
  if (COPY_VALUES.includes(letter)) {
    value();
    return [];
  }
  if (COPY_FLAGS.includes(letter)) return others();
  return refuse("EINVAL", `${EXTRA}: -${letter}: ssh has nothing for it; -P, -F, -i, -J and -o it has`);
}
