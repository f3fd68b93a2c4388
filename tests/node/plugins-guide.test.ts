// The plugins of docs/guides/plugins.md, as they stand there.

import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { data, inFolder, pluginBench, SUCCESS } from "./plugins-bench.js";

const test = suite("plugins guide");
const root = fileURLToPath(new URL("../../../", import.meta.url));
const guide = readFileSync(join(root, "docs/guides/plugins.md"), "utf8");
const [tally = "", guard = ""] = [...guide.matchAll(/^```js\n(.*?)^```/gms)].map(([, code = ""]) => code);

test("the first one counts, answers, tells, and goes", () =>
  inFolder(async (folder) => {
    writeFileSync(join(folder, "tally.mjs"), tally);
    const { one, say } = await pluginBench(folder);
    for (const command of ["plugin/add tally", "debug/add tally"]) assert.is(await one.say(command), SUCCESS);
    say(2, "b > *", "b > a");
    say(1, "a > b");
    assert.is(one.said().replace(/^\nvde\$ /, ""), "3401 tally/first Port 2\n3401 tally/first Port 1\n");
    assert.is(await one.say("tally/print"), data(["Port 2 frames 2", "Port 1 frames 1"]));
    assert.is(await one.say("tally/reset"), SUCCESS);
    assert.is(await one.say("tally/print"), data([]));
    assert.is(await one.say("plugin/del tally"), SUCCESS);
    assert.match(await one.say("tally/print"), /^1038 /);
  }));

test("the second one imports the package, and gets its arguments read", async () => {
  const file = join(root, "dist", "plugins-guide-guard.mjs"); // inside of the package, so that it finds it by its name
  writeFileSync(file, guard);
  try {
    const { one, say, pass, log } = await pluginBench();
    assert.is(await one.say(`plugin/add ${file}`), SUCCESS);
    assert.match(await one.say("guard/limit 1 many"), /^1022 /);
    assert.is(await one.say("guard/limit 1 2"), SUCCESS);
    say(1, "a > b", "a > b");
    pass(1000);
    assert.equal(log, []);
    say(1, "a > b", "a > b", "a > b");
    pass(1000);
    assert.equal(log, ["port 1 sent 3 frames"]);
  } finally {
    rmSync(file);
  }
});

test.run();
