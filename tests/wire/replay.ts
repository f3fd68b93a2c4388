// Replays what managers said to VDE's own wirefilter, and what it answered, against ours. The signs are those of the
// switch's transcripts; `! wire mono` says how it was started, and `rc=PATH` with which script;
// `! state 2` is where chance had led VDE's.

import { runScript } from "../../host/wire/script.js";
import type { Manager } from "../host/console-bench.js";
import { Expectations } from "../transcripts/apply.js";
import type { Difference } from "../transcripts/difference.js";
import { steps, unescaped } from "../transcripts/steps.js";
import { WireBench } from "./bench.js";

const PROMPT = "\nVDEwf$ ";

export interface Replay {
  /** What went otherwise than the transcript says, or than the table says that it goes. */
  readonly failures: readonly string[];
  /** What the script at the start had to say. */
  readonly complaints: readonly string[];
}

export async function replay(
  name: string,
  scripts: Readonly<Record<string, string>>,
  table: readonly Difference[],
): Promise<Replay> {
  const [first, ...others] = steps(name, PROMPT);
  const [, rc] = /rc=(\S+)/.exec(first?.action ?? "") ?? [];
  const bench = new WireBench({ isMono: / mono\b/.test(first?.action ?? ""), scripts });
  const complaints = rc === undefined ? [] : await runScript(bench.console, rc);
  const expectations = new Expectations(name, table, PROMPT);
  const failures: string[] = [];
  let manager: Manager | undefined;
  for (const { line, action, original } of others) {
    const [, to] = /^! state (\d+)$/.exec(action) ?? [];
    if (to !== undefined) bench.filter.chain.go(Number(to));
    else if (action.startsWith("!")) manager = bench.open();
    else await manager?.session.feed(action.startsWith(">=") ? unescaped(action.slice(3)) : `${action.slice(2)}\n`);
    const got = expectations.stripped(manager?.said() ?? "");
    const { text, mend } = expectations.of(action, original);
    if (got !== text) failures.push(`${name}.txt:${line}: ${action}\n--- expected\n${text}\n--- got\n${got}`);
    for (const command of mend) await manager?.say(command);
  }
  return { failures: [...failures, ...expectations.unmet], complaints };
}
