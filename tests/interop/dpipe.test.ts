// dpipe from outside: what its commands get, what it ends with, and what it leaves behind.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { isAlive } from "../node/cli-bench.js";
import { needs } from "../skip.js";
import { inLab, type Lab } from "./lab.js";
import { ours, startTool } from "./tools.js";
import { until } from "./wait.js";

const test = suite("dpipe");
const withSetsid = needs(test, { commands: ["setsid"] });

/** The file's text, as soon as it has one. */
function text(lab: Lab, name: string): Promise<string> {
  return until(name, () => (existsSync(lab.path(name)) && readFileSync(lab.path(name), "utf8")) || undefined);
}

test(
  "its commands hear each other, on pipes, with the numbers of a second pair in their environment",
  inLab(async (lab) => {
    const script = lab.path("look");
    const look = "list=; for fd in 0 1 3 4; do test -p /proc/$$/fd/$fd && list=$list$fd; done";
    const tell = "echo $list, $ALTERNATE_STDIN $ALTERNATE_STDOUT >$1; read -r word; echo $word >$1.word";
    writeFileSync(script, `${look}; ${tell}`);
    const dpipe = startTool(lab, "dpipe", "echo", "said", "=", "sh", script, lab.path("b"));
    assert.is((await dpipe.exit()).code, 0);
    assert.is(await text(lab, "b"), "01, 3 4\n");
    assert.is(await text(lab, "b.word"), "said\n");
    const chain = startTool(lab, "dpipe", "sleep", "0.2", "=", "sh", script, lab.path("m"), "=", "sleep", "0.2");
    assert.is((await chain.exit()).code, 0);
    assert.is(await text(lab, "m"), "0134, 3 4\n");
  }),
);

for (const [line, code] of [
  ["true = sh -c exit\\ 7", 7],
  ["sh -c exit\\ 7 = true", 7],
  ["sh -c exit\\ 7 = sh -c exit\\ 8", 8],
  ["sh -c exit\\ 7 = sh -c exit\\ 8 = true", 8],
  ["sh -c kill\\ -PIPE\\ $$ = true", 0],
  ["true = no-such-command", 127],
  ["no-such-command = true", 127],
  ["true = /etc/passwd", 126],
  ["true = sh -c kill\\ -9\\ $$", 137],
  ["sh -c kill\\ -TERM\\ $$ = true", 143],
  ["--bogus true = true", 1],
  ["true", 1],
  ["true =} true", 1],
  ["--help", 0],
] as const) {
  test(
    `${line.replaceAll("\\", "")} ends with ${code}`,
    inLab(async (lab) => {
      const words = line.split(/(?<!\\) /).map((word) => word.replaceAll("\\ ", " "));
      assert.equal(await startTool(lab, "dpipe", ...words).exit(), { code, signal: null });
    }),
  );
}

withSetsid(
  "it works where it leads a session",
  inLab(async (lab) => {
    const dpipe = lab.start("setsid", "--wait", ours(lab, "dpipe"), "true", "=", "true");
    assert.is((await dpipe.exit()).code, 0);
  }),
);

test(
  "its end is the end of its commands and of its files",
  inLab(async (lab) => {
    const options = ["-p", lab.path("pid"), "-P", lab.path("group")];
    const dpipe = startTool(
      lab,
      "dpipe",
      ...options,
      "sleep",
      "61",
      "=",
      "sh",
      "-c",
      `echo $$ >${lab.path("child")}; exec sleep 62`,
    );
    const child = Number(await text(lab, "child"));
    assert.is(await text(lab, "pid"), `${dpipe.pid}\n`);
    assert.is(await text(lab, "group"), `-${dpipe.pid}\n`);
    dpipe.signal("SIGTERM");
    assert.equal(await dpipe.exit(), { code: 0, signal: null });
    await until("its command ends", () => !isAlive(child));
    assert.not.ok(existsSync(lab.path("pid")) || existsSync(lab.path("group")));
  }),
);

test(
  "-n becomes the last command, and its pidfile goes with that one",
  inLab(async (lab) => {
    const child = `echo $$ >${lab.path("child")}; exec sleep 62`;
    const dpipe = startTool(lab, "dpipe", "-n", "-p", lab.path("pid"), "cat", "=", "sh", "-c", child);
    assert.is(Number(await text(lab, "child")), dpipe.pid);
    assert.is(Number(await text(lab, "pid")), dpipe.pid);
    dpipe.signal("SIGTERM");
    assert.equal(await dpipe.exit(), { code: null, signal: "SIGTERM" });
    await until("the pidfile goes", () => !existsSync(lab.path("pid")));
  }),
);

test.run();
