// What a console can, asked of the console itself: a switch of ours, or one of VDE's.

import type { Conversation } from "../manager/conversation.js";
import { perhaps } from "../near.js";
import { VdeWords } from "./vde-words.js";

export interface Known {
  /** It answers what VDE's own do not know. */
  readonly isOurs: boolean;
  readonly names: readonly string[];
  readonly tables: readonly string[];
  readonly words?: VdeWords;
}

export const NOTHING: Known = { isOurs: false, names: [], tables: [] };

/** VDE's own consoles answer the first question as any word that is no command. */
export async function known(conversation: Conversation): Promise<Known> {
  const tables = await conversation.ask("terminal/tables");
  if (tables?.text === "Success") {
    const names = await conversation.ask("terminal/complete ");
    return { isOurs: true, tables: tables.lines, names: names?.lines ?? [] };
  }
  const help = await conversation.ask("help");
  const words = new VdeWords(help?.lines ?? []);
  return { isOurs: false, tables: [], names: words.names, words };
}

/** What a line with a mistyped command perhaps meant, as the end of a sentence; "" where nothing is near. */
export function hintFor(line: string, names: readonly string[]): string {
  const [word = ""] = line.trimStart().split(/\s/);
  return names.includes(word) ? "" : perhaps(names, word);
}
