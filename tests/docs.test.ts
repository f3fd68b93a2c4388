// Documentation that is true: printed pages are current, links lead somewhere, and what can be run is run.

import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { TOOLS } from "../host-node/tools/aliases.js";
import { inLab, type Lab } from "./interop/lab.js";

const test = suite("docs");
const root = fileURLToPath(new URL("../../", import.meta.url));
const loom = join(root, "bin/loom.js");

function read(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

/** Every page that is written or printed. */
function pages(): string[] {
  const inDocs = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" }).map((path) =>
    join("docs", path),
  );
  return ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "examples/demo/README.md", ...inDocs].filter((path) =>
    path.endsWith(".md"),
  );
}

/** The code blocks of a language in a page. */
function blocks(page: string, language: string): string[] {
  return [...read(page).matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, "gms"))].map(([, code = ""]) => code);
}

/** Runs shell commands with our tools in the PATH, and /tmp in the lab. */
async function shell(lab: Lab, commands: string): Promise<string> {
  mkdirSync(lab.path("bin"), { recursive: true });
  for (const name of ["loom", ...TOOLS.flatMap(({ aka }) => aka)]) {
    if (!existsSync(lab.path(`bin/${name}`))) symlinkSync(loom, lab.path(`bin/${name}`));
  }
  chmodSync(loom, 0o755);
  const script = commands.replaceAll("/tmp/", `${lab.folder}/`);
  const path = `PATH=${lab.path("bin")}:${dirname(process.execPath)}:${process.env["PATH"]}`;
  const program = lab.start("env", `HOME=${lab.folder}`, path, "sh", "-e", "-c", script);
  assert.is((await program.exit()).code, 0, commands);
  return program.text();
}

test(
  "the size of what a page loads is as the bench says",
  inLab(async (lab) => {
    const check = lab.start(process.execPath, join(root, "dist/scripts/bundle-size.js"), "--check");
    await check.exit();
    assert.is(check.complaints(), "");
  }),
);

test(
  "printed pages are current",
  inLab(async (lab) => {
    const check = lab.start(process.execPath, join(root, "dist/scripts/docs.js"), "--check");
    await check.exit();
    assert.is(check.complaints(), "");
  }),
);

test("links in pages lead somewhere", () => {
  const broken = pages().flatMap((page) =>
    [...read(page).matchAll(/\]\((?!\w+:|#)([^)#]+)[^)]*\)/g)]
      .filter(([, target = ""]) => !existsSync(join(root, dirname(page), target)))
      .map(([, target]) => `${page}: ${target}`),
  );
  assert.equal(broken, []);
});

test("every name of a tool is a command of the package", () => {
  const { bin } = JSON.parse(read("package.json")) as { bin: Record<string, string> };
  assert.equal(Object.keys(bin).sort(), ["loom", ...TOOLS.flatMap(({ aka }) => aka)].sort());
});

for (const commands of blocks("README.md", "sh")) {
  test(
    `README: ${commands.split("\n")[0]}`,
    inLab(async (lab) => {
      await shell(lab, commands);
    }),
  );
}

test(
  "README: the program runs",
  inLab(async (lab) => {
    const [program = ""] = blocks("README.md", "js");
    const file = join(root, "dist/readme-example.mjs"); // inside of the package, so that it finds it by its name
    lab.later(() => rmSync(file, { force: true }));
    writeFileSync(file, program);
    const running = lab.start(process.execPath, file);
    assert.equal(await running.exit(), { code: 0, signal: null });
    assert.is(running.text(), "60 octets\n");
  }),
);

test(
  "the guide's plugin loads, and goes",
  inLab(async (lab) => {
    const [plugin = ""] = blocks("docs/guides/plugins.md", "js");
    writeFileSync(lab.path("package.json"), '{ "type": "module" }');
    writeFileSync(lab.path("tally.js"), plugin);
    const lines = ["plugin/add /tmp/tally.js", "plugin/list", "debug/add tally", "plugin/del tally"];
    const said = await shell(lab, `printf '${lines.join("\\n")}\\n' | vde_switch --sock /tmp/net`);
    assert.equal(said.match(/^1.*$/gm), Array(4).fill("1000 Success"));
    assert.match(said, /^tally +counts frames/m);
  }),
);

test.run();
