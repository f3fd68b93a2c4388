// What a service manager sees of a command at the end of a cable: that it failed, and how.

import { existsSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { inLab } from "../interop/lab.js";
import { startSwitch } from "../interop/switch.js";
import { startTool } from "../interop/tools.js";
import { until } from "../interop/wait.js";

const test = suite("a command at the end of a cable");

const CODES: readonly [what: string, words: readonly string[], code: number][] = [
  ["that succeeds", ["=", "true"], 0],
  ["that fails", ["=", "sh", "-c", "exit 7"], 7],
  ["that fails later, with its streams closed before", ["=", "sh", "-c", "exec <&- >&-; sleep 0.3; exit 9"], 9],
  ["as ssh that cannot log in", ["=", "sh", "-c", "exit 255"], 255],
  ["that a signal ended", ["=", "sh", "-c", "kill -KILL $$"], 137],
  ["that is not there", ["=", "no-such-command"], 127],
  ["that cannot be run", ["=", "/etc/passwd"], 126],
  ["by its URL", ["cmd://sh -c 'exit 6'"], 6],
];

for (const [what, words, code] of CODES) {
  test(
    `${what} gives vde_plug its exit code: ${code}`,
    inLab(async (lab) => {
      const { directory } = await startSwitch(lab, "sw");
      assert.equal(await startTool(lab, "vde_plug", directory, ...words).exit(), { code, signal: null });
    }),
  );
}

test(
  "that ends since the cable did is no failure",
  inLab(async (lab) => {
    const { directory } = await startSwitch(lab, "sw");
    const ready = lab.path("ready");
    const tool = startTool(lab, "vde_plug", directory, "=", "sh", "-c", `echo >${ready}; cat >/dev/null; exit 5`);
    await until("the command runs", () => existsSync(ready));
    tool.signal("SIGTERM");
    assert.equal(await tool.exit(), { code: 0, signal: null });
  }),
);

test.run();
