// The programs that an installation makes: by the launcher where that runs, as scripts where it does not.

import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { inLab, type Lab } from "../interop/lab.js";
import { needs } from "../skip.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const test = suite("programs by their names");
/** What compiled the launchers that are shipped. */
const COMPILER = "12.2.0";
const COMPILERS = { x64: "x86_64-linux-gnu-gcc", arm64: "aarch64-linux-gnu-gcc" } as const;

function version(compiler: string): string {
  return spawnSync(compiler, ["-dumpfullversion"], { encoding: "utf8" }).stdout?.trim();
}

/** The package in a folder of its own; what it only reads is a link to ours. */
function unpack(lab: Lab): string {
  const folder = lab.path("package");
  mkdirSync(`${folder}/dist`, { recursive: true });
  for (const name of ["launcher", "bin", "package.json"])
    cpSync(`${root}${name}`, `${folder}/${name}`, { recursive: true });
  for (const name of ["host-node", "host", "assembly"])
    cpSync(`${root}dist/${name}`, `${folder}/dist/${name}`, { recursive: true });
  for (const name of ["node_modules", "build"]) symlinkSync(`${root}${name}`, `${folder}/${name}`);
  return folder;
}

function install(folder: string, agent: string, ...words: readonly string[]): void {
  const env = { ...process.env, npm_config_user_agent: agent };
  const { status, stderr } = spawnSync(process.execPath, [`${folder}/launcher/install.js`, ...words], { env });
  assert.is(status, 0, String(stderr));
}

function run(program: string, ...words: readonly string[]): string {
  return spawnSync(program, words, { encoding: "utf8" }).stdout;
}

function isScript(program: string): boolean {
  return readFileSync(program, "latin1").startsWith("#!/usr/bin/env node\n");
}

const NAMES = Object.keys(JSON.parse(readFileSync(`${root}package.json`, "utf8")).bin);

test(
  "npm makes a program of its own for each name, and each is a different file",
  inLab(async (lab) => {
    const folder = unpack(lab);
    install(folder, "npm/10.8.2 node/v20.20.2 linux x64");
    const files = NAMES.map((name) => statSync(`${folder}/dist/bin/${name}`));
    assert.is(new Set(files.map(({ ino }) => ino)).size, NAMES.length);
    assert.ok(files.every(({ mode }) => (mode & 0o777) === 0o755));
    assert.match(run(`${folder}/dist/bin/vde_switch`, "--help"), /^Usage: vde_switch /);
    assert.match(run(`${folder}/dist/bin/loom`, "wire", "--help"), /^Usage: loom wire /);
    const before = files.map(({ ino }) => ino);
    install(folder, "npm/10.8.2 node/v20.20.2 linux x64");
    const after = NAMES.map((name) => statSync(`${folder}/dist/bin/${name}`).ino);
    assert.equal(after, before, "who runs keeps the file that it is found by");
  }),
);

test(
  "other package managers, and the package as it is published, get scripts that work",
  inLab(async (lab) => {
    const folder = unpack(lab);
    for (const [agent, ...words] of [["pnpm/9.1.0 node/v20.20.2"], ["yarn/1.22.22"], ["npm/10.8.2", "--scripts"]]) {
      install(folder, agent!, ...words);
      assert.ok(
        NAMES.every((name) => isScript(`${folder}/dist/bin/${name}`)),
        agent,
      );
      assert.match(run(`${folder}/dist/bin/wirefilter`, "--help"), /^Usage: wirefilter /);
    }
  }),
);

test(
  "programs run on after their folder was moved, through links, and by any name",
  inLab(async (lab) => {
    const folder = unpack(lab);
    install(folder, "npm/10.8.2");
    const moved = lab.path("elsewhere");
    renameSync(folder, moved);
    symlinkSync(`${moved}/dist/bin/vde_plug`, lab.path("cable"));
    symlinkSync(`${moved}/dist/bin/loom`, lab.path("vdeterm"));
    assert.match(run(lab.path("cable"), "--help"), /^Usage: vde_plug /);
    assert.match(run(lab.path("vdeterm"), "--help"), /^Usage: vdeterm /);
  }),
);

test(
  "a program takes words, environment and standard streams as a script does, and gives its exit code",
  inLab(async (lab) => {
    const folder = unpack(lab);
    install(folder, "npm/10.8.2");
    const options = { encoding: "utf8", env: { ...process.env, NODE_OPTIONS: "--title=another" } } as const;
    const refused = spawnSync(`${folder}/dist/bin/vde_switch`, ["-n", "é \n", "", "x"], options);
    assert.match(refused.stderr, /^vde_switch: -n é \\n: the number of ports is 1 to \d+\n$/);
    assert.is(refused.status, 1);
    assert.is(spawnSync(`${folder}/dist/bin/dpipe`, ["true", "=", "sh", "-c", "exit 3"], options).status, 3);
  }),
);

for (const [kind, compiler] of Object.entries(COMPILERS))
  needs(test, {
    commands: [compiler],
    unless: version(compiler) !== COMPILER && `another compiler than ${COMPILER} makes other code`,
  })(
    `the launcher for ${kind} that is shipped is what its source says`,
    inLab(async (lab) => {
      assert.is(spawnSync("bash", [`${root}launcher/build.sh`, lab.folder]).status, 0);
      assert.ok(readFileSync(lab.path(`launcher-${kind}`)).equals(readFileSync(`${root}launcher/launcher-${kind}`)));
    }),
  );

needs(test, { commands: [COMPILERS[process.arch as keyof typeof COMPILERS] ?? `a launcher for ${process.arch}`] })(
  "a launcher that any compiler has made does the same",
  inLab(async (lab) => {
    const folder = unpack(lab);
    rmSync(`${folder}/launcher/launcher-${process.arch}`);
    assert.is(spawnSync("bash", [`${folder}/launcher/build.sh`]).status, 0);
    install(folder, "npm/10.8.2");
    assert.not(isScript(`${folder}/dist/bin/vde_switch`));
    assert.match(run(`${folder}/dist/bin/vde_switch`, "--help"), /^Usage: vde_switch /);
  }),
);

test.run();
