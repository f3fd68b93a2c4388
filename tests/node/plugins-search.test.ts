// Where plugins are found, and what is none.

import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { importPlugin } from "../../host-node/plugins.js";
import { inFolder, pluginBench, SUCCESS } from "./plugins-bench.js";

const test = suite("plugins search");

const moduleOf = (name: string, help = "") => `export default { name: "${name}", help: "${help}", start() {} };\n`;

async function refusal(name: string, folder: string): Promise<string> {
  try {
    return `found ${(await importPlugin(name, folder)).name}`;
  } catch (error) {
    return (error as Error).message.replaceAll(folder, "~");
  }
}

test("ours are found by name, and by the names that VDE's libraries have", async () => {
  for (const own of ["dump", "pdump", "iplog"])
    for (const name of [own, `${own}.so`, `/usr/lib/vde2/plugins/${own}.so`, `./.libs/lib${own}.so.0.0.1`])
      assert.is((await importPlugin(name, "/nowhere")).name, own, name);
});

test("others are found by path, or by name in the folder of plugins, with or without their ending", () =>
  inFolder(async (folder) => {
    writeFileSync(join(folder, "one.mjs"), moduleOf("first"));
    writeFileSync(join(folder, "two.js"), moduleOf("second"));
    writeFileSync(join(folder, "three.cjs"), 'module.exports = { name: "third", help: "", start() {} };\n');
    const found = { one: "first", "one.mjs": "first", two: "second", "two.js": "second", "three.cjs": "third" };
    for (const [name, plugin] of Object.entries(found)) {
      assert.is((await importPlugin(name, folder)).name, plugin, name);
    }
    assert.is((await importPlugin(join(folder, "one.mjs"), "/nowhere")).name, "first");
    assert.match(await refusal("./one.mjs", folder), /^No such file/, "a path is no name in the folder");
  }));

test("a name of ours is ours, whatever is in the folder; a path is a path", () =>
  inFolder(async (folder) => {
    writeFileSync(join(folder, "dump.mjs"), moduleOf("other"));
    assert.is((await importPlugin("dump", folder)).name, "dump");
    assert.is((await importPlugin(join(folder, "dump.mjs"), folder)).name, "other");
  }));

test("what is not there, and what is no plugin, is refused with the reason", () =>
  inFolder(async (folder) => {
    mkdirSync(join(folder, "empty"));
    const files: Record<string, string> = {
      "broken.mjs": "export default {",
      "late.mjs": "throw new Error('not today');",
      "lacking.mjs": "import 'no-such-package';",
      "nothing.mjs": "",
      "nameless.mjs": "export default { name: '', help: '', start() {} };",
      "startless.mjs": "export default { name: 'x', help: '' };",
      "empty.so": "\x7fELF",
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    assert.is(
      await refusal("none", folder),
      "No such file or directory: there is no ~/none, nor ~/none.js, nor ~/none.mjs; a path has a slash",
    );
    assert.is(await refusal("/none.mjs", folder), "No such file or directory: /none.mjs");
    assert.is(await refusal("/none.so", folder), "No such file or directory: /none.so");
    assert.match(await refusal("libc.so.6", folder), /^Invalid argument: libc.so.6 is a library for VDE's own switch/);
    assert.match(await refusal(join(folder, "empty.so"), folder), /^Invalid argument: .* is a library/);
    assert.is(await refusal("empty", folder), "Invalid argument: empty is no file");
    assert.match(await refusal("broken", folder), /^Invalid argument: broken: SyntaxError: /);
    assert.is(await refusal("late", folder), "Invalid argument: late: Error: not today");
    assert.match(await refusal("lacking", folder), /^Invalid argument: lacking: .*no-such-package/);
    for (const name of ["nothing", "nameless", "startless", "node:fs", "constructor"])
      assert.match(await refusal(name, folder), /no plugin|there is no/, name);
  }));

test("a module that was mended is read again", () =>
  inFolder(async (folder) => {
    const path = join(folder, "mine.mjs");
    writeFileSync(path, "export default {");
    assert.match(await refusal("mine", folder), /SyntaxError/);
    writeFileSync(path, moduleOf("mine", "before"));
    utimesSync(path, 1, 1);
    assert.is((await importPlugin("mine", folder)).help, "before");
    assert.is(await importPlugin("mine", folder), await importPlugin("mine", folder), "but not without need");
    writeFileSync(path, moduleOf("mine", "after"));
    utimesSync(path, 2, 2);
    assert.is((await importPlugin("mine", folder)).help, "after");
  }));

test("answers have VDE's numbers", () =>
  inFolder(async (folder) => {
    writeFileSync(join(folder, "same.mjs"), moduleOf("dump"));
    writeFileSync(join(folder, "broken.mjs"), "export default { name: 'b', help: '', start() { throw Error('no') } };");
    const { one } = await pluginBench(folder);
    assert.match(await one.say("plugin/add"), /^1022 /);
    assert.match(await one.say("plugin/add none"), /^1002 /);
    assert.is(await one.say("plugin/add dump"), SUCCESS);
    for (const name of ["dump", "dump.so", "same"]) assert.match(await one.say(`plugin/add ${name}`), /^1017 /);
    assert.is(await one.say("plugin/add broken"), "1022 Invalid argument: b did not start: Error: no\n");
  }));

test.run();
