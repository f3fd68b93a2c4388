// Sessions with VDE's own wirefilter, had again with ours: the same octets, but for what wire-differences.ts lists.

import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { wireDifferences } from "../transcripts/wire-differences.js";
import { WireBench } from "./bench.js";
import { replay } from "./replay.js";

const test = suite("wire transcripts");

const SCRIPTS = {
  "/tmp/vdetools-test/wf.rc": `# comment

markov-numnodes 3
markov-time 500
delay 50
delay 100+10N[1]
loss 10[2]
bogus cmd
  loss 3
setedge 0,1,5
showinfo
markov-setnode 8
`,
  "/tmp/vdetools-test/wf2.rc": "# comment\n\ndelay 50\nbogus cmd\nloss 3\nmarkov-setnode 8\nloss 4[7]\n",
};
const BOGUS = "bogus cmd Function not implemented: there is no such command, see help";

for (const [name, complaints] of [
  ["mgmt", []],
  ["mono", []],
  ["markov", []],
  ["load", [BOGUS, "markov-setnode 8 Invalid argument: the states are 0 to 2"]],
  [
    "load-again",
    [
      BOGUS,
      "markov-setnode 8 Invalid argument: the states are 0 to 0",
      "loss 4[7] Invalid argument: the states are 0 to 0",
    ],
  ],
] as const) {
  test(`${name} goes as with VDE's wirefilter`, async () => {
    const result = await replay(`wire/${name}`, SCRIPTS, wireDifferences);
    assert.is(result.failures.join("\n"), "");
    assert.equal(result.complaints, complaints);
  });
}

test("a difference that is not listed shows", async () => {
  const { failures } = await replay("wire/mono", {}, wireDifferences.slice(1));
  assert.ok(failures.some((failure) => failure.includes("R.Davoli")));
});

/** What VDE takes and we refuse: the rest of the table is the same. */
const REFUSED: Readonly<Record<string, string>> = {
  "delay -5": "below nothing",
  "delay 5 ms": "trailing words",
  "delay LR5RL6": "two directions at once: the second was lost",
  "delay 10+": "a plus without its number",
  "delay 10-5": "trailing words",
  "delay 10+-5": "half a width below nothing",
  "delay 100+50%": "trailing words",
  "delay 100[x]": "no state",
  "delay 100[]": "no state",
  "delay KN": "no number",
  "delay N": "no number",
  "delay inf": "for ever",
  "delay nan": "no number",
  "delay 100NN": "two spreads",
  "delay 100UN": "two spreads",
  "delay 1k+1": "a unit for one of two numbers: 1 + 0 in VDE",
  "delay 5K+2": "the same",
  "delay LR5K+2N": "the same",
  "delay 3T": "no unit: 3 in VDE",
  "loss 150": "more than all",
  "loss -3": "below nothing",
  fifo: "no number: off in VDE",
  "fifo x": "the same",
  "delay[0] 5": "the state belongs behind the value: nothing was set in VDE",
};

const table = readFileSync(new URL("../../../tests/transcripts/wire/values.tsv", import.meta.url), "utf8")
  .trimEnd()
  .split("\n")
  .map((line) => {
    const [, command = "", result = "", shown = ""] = /^(.{22}) (1\d{3} .*?) +([A-Z][\w.]+ .*)$/.exec(line) ?? [];
    return { command: command.trimEnd(), result, shown };
  });

test("values are read as VDE reads them, or refused", async () => {
  const manager = new WireBench().open();
  let refusals = 0;
  for (const { command, result, shown } of table) {
    const said = await manager.say(command);
    if (REFUSED[command] !== undefined) {
      refusals++;
      assert.match(said, /^1022 Invalid argument: \S/, command);
      const setting = settingThatVdeHas(command, shown);
      if (setting !== undefined) await manager.say(setting);
      continue;
    }
    assert.is(said.split(":")[0]?.trimEnd(), result, command);
    assert.ok((await manager.say("showinfo")).includes(`\n${shown}\n`), `${command}: ${shown}`);
  }
  assert.is(refusals, Object.keys(REFUSED).length);
});

/** Brings our wire to where VDE's is, for the lines that follow. */
function settingThatVdeHas(command: string, shown: string): string | undefined {
  if (command.startsWith("fifo")) return "fifo 0";
  const [, right, left] = /L->R (\S+) +R->L (\S+)/.exec(shown) ?? [];
  if (right === undefined || left === undefined || /[-n]/.test(right)) return "delay 100";
  const name = command.split(/[ [[]/)[0];
  return right === left ? `${name} ${right}` : undefined;
}

test.run();
