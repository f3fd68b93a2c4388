// The bench: every case with every subject in turn, round after round, so that what else the machine does meets all alike.

import { writeFileSync } from "node:fs";
import type { Case, Sample } from "./case.js";
import { CASES } from "./cases/index.js";
import { type Options, readOptions, USAGE } from "./options.js";
import { json, machine, markdownTable, textTable } from "./report.js";
import { type Measured, rows } from "./results.js";
import { type Subject, subjectNamed, subjects } from "./subjects.js";
import { Switch } from "./switch.js";

/** A peer of the tests brings it along, and whoever installs this package does not have it. */
process.env["WS_NO_BUFFER_UTIL"] = "1";

async function sample(one: Case, { name }: Subject, ms: number): Promise<Sample> {
  const running = await Switch.start(subjectNamed(one.on ?? name), one.options);
  try {
    return await one.run(running, ms, name);
  } finally {
    await running.stop();
  }
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

function brief(sample: Sample): string {
  return Object.entries(sample)
    .map(([name, value]) => `${name} ${Number(value.toPrecision(4))}`)
    .join(", ");
}

async function measure(one: Case, present: readonly Subject[], { rounds, ms }: Options): Promise<Measured> {
  const samples: Measured["samples"] = { etherloom: [], vde_switch: [], floor: [] };
  const remarks: string[] = [];
  const remark = (text: string) => {
    say(text);
    remarks.push(text);
  };
  const lacking = one.lacks?.();
  if (lacking) remark(`${one.name}: left out: ${lacking}`);
  for (let round = 1; round <= rounds && !lacking; round++) {
    for (const subject of present.filter(({ name }) => one.subjects.includes(name))) {
      const label = `${one.name} ${round}/${rounds} ${subject.name}`;
      try {
        const got = await sample(one, subject, ms);
        samples[subject.name].push(got);
        say(`${label}: ${brief(got)}`);
      } catch (error) {
        remark(`${label}: failed: ${(error as Error).message}`);
        process.exitCode = 1;
      }
    }
  }
  return { case: one, samples, remarks };
}

async function main(options: Options): Promise<void> {
  const chosen = CASES.filter(
    ({ name }) => options.only.length === 0 || options.only.some((only) => name.startsWith(only)),
  );
  const wanted = subjects().filter(({ name }) => !options.without.includes(name));
  for (const { name, lacks } of wanted) if (lacks) say(`${name}: left out: ${lacks}`);
  const measured: Measured[] = [];
  for (const one of chosen) {
    measured.push(
      await measure(
        one,
        wanted.filter(({ lacks }) => !lacks),
        options,
      ),
    );
  }
  const table = rows(measured);
  console.log(`\n${machine()}; medians of ${options.rounds} interleaved rounds\n`);
  console.log(options.markdown ? markdownTable(table) : textTable(table));
  for (const { remarks } of measured) for (const text of remarks) console.log(text);
  if (options.json) writeFileSync(options.json, json(measured, table, options.rounds));
  if (table.some(({ targets }) => targets.some(({ met }) => met === false))) process.exitCode = 1;
}

const options = readOptions(process.argv.slice(2));
if (options) await main(options);
else console.log(USAGE);
