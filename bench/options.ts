// The command line of the bench.

import { parseArgs } from "node:util";
import { CASES } from "./cases/index.js";

export interface Options {
  readonly rounds: number;
  /** How long each load runs, in milliseconds. */
  readonly ms: number;
  readonly only: readonly string[];
  readonly without: readonly string[];
  readonly json: string | undefined;
  readonly markdown: boolean;
}

export const USAGE = `Usage: npm run bench -- [--rounds N] [--only NAME]... [--without SUBJECT]... [--quick] [--json FILE] [--markdown]

  --rounds N         how often each case is run with each subject (5)
  --only NAME        run this case, or the cases whose names begin so; may be given several times
  --without SUBJECT  leave out etherloom, vde_switch or floor
  --quick            one round of short loads: shows that everything runs, not how fast
  --json FILE        write every sample and the table to FILE
  --markdown         print the table as bench/README.md has it

Cases:
${CASES.map(({ name, about }) => `  ${name.padEnd(18)} ${about}`).join("\n")}
`;

const QUICK_MS = 300;
const FULL_MS = 2000;

export function readOptions(args: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: "string" },
      only: { type: "string", multiple: true, default: [] },
      without: { type: "string", multiple: true, default: [] },
      quick: { type: "boolean", default: false },
      json: { type: "string" },
      markdown: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const { quick, only, without, json, markdown } = values;
  const rounds = Number(values.rounds ?? (quick ? 1 : 5));
  if (values.help || !Number.isInteger(rounds) || rounds < 1) return undefined;
  return { rounds, ms: quick ? QUICK_MS : FULL_MS, only, without, json, markdown };
}
