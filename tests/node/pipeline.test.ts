// dpipe's grammar: which pipes each line stands for, and which lines stand for nothing.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { UsageError } from "../../host-node/cli/options.js";
import { readPipeline } from "../../host-node/pipeline/grammar.js";

const test = suite("dpipe's grammar");

/** The pipes of a line: "a.1>b.0". */
function pipes(line: string): string[] {
  const { commands, pipes } = readPipeline(line.split(" "));
  const name = (command: number) => commands[command]?.[0];
  return pipes.map(({ from, to }) => `${name(from.command)}.${from.fd}>${name(to.command)}.${to.fd}`).sort();
}

for (const [line, ...wanted] of [
  ["a = b", "a.1>b.0", "b.1>a.0"],
  ["a x -y = b z", "a.1>b.0", "b.1>a.0"],
  ["a = b = c", "a.1>b.0", "b.1>a.0", "b.4>c.0", "c.1>b.3"],
  ["a = b = c = d", "a.1>b.0", "b.1>a.0", "b.4>c.0", "c.1>b.3", "c.4>d.0", "d.1>c.3"],
  ["a =} b }= c", "a.1>b.0", "b.1>c.0", "c.1>a.0"],
  ["a ={ b {= c", "a.1>c.0", "b.1>a.0", "c.1>b.0"],
  ["a =} b }={ c {= d = e", "a.1>b.0", "b.1>d.0", "c.1>a.0", "d.1>c.0", "d.4>e.0", "e.1>d.3"],
  ["a =} b }=} c }= d", "a.1>b.0", "b.1>c.0", "c.1>d.0", "d.1>a.0"],
  ["a ={ b {={ c {= d", "a.1>d.0", "b.1>a.0", "c.1>b.0", "d.1>c.0"],
  ["a = b }= c", "a.1>b.0", "b.1>a.0"],
] as const) {
  test(line, () => assert.equal(pipes(line), wanted));
}

test("what closes nothing is a word like any other", () => {
  assert.equal(readPipeline("a = b }= c".split(" ")).commands, [["a"], ["b", "}=", "c"]]);
});

for (const [line, message] of [
  ["a", /two commands are wanted/],
  ["a =", /a command is missing/],
  ["= a", /a command is missing/],
  ["a = = b", /a command is missing/],
  ["a =} b", /=} is not closed by }=/],
  ["a ={ b", /={ is not closed by {=/],
  ["a =} b = c", /=: }=, }=} or }={ is wanted here/],
  ["a =b", /=b: =, =} or ={ is wanted here/],
] as const) {
  test(`${line} is refused`, () => {
    assert.throws(
      () => readPipeline(line.split(" ")),
      (error: unknown) => error instanceof UsageError && message.test(error.message),
    );
  });
}

test.run();
