// Makes the programs in dist/bin, one for each name that package.json gives. Where this machine can run them they are
// copies of the launcher, each a file of its own, so that scripts find a daemon by its executable; elsewhere, and in
// the package as it is published, they are scripts. Runs after a build and after an installation.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const MARK = "ETHERLOOM-PATHS\0";
const PATH_SIZE = 4096;
const WORD_SIZE = 64;

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = join(root, "dist/bin");
const { bin, version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

/** The launcher for a name: with this Node, and the script, by their places. */
function launcher(name) {
  const octets = readFileSync(join(root, `launcher/launcher-${process.arch}`));
  const start = octets.indexOf(MARK) + MARK.length;
  const write = (text, offset, size) => {
    if (Buffer.byteLength(text) >= size) throw new RangeError(`${text} is too long`);
    octets.write(text, start + offset);
  };
  write(process.execPath, 0, PATH_SIZE);
  write(join(root, "bin/loom.js"), PATH_SIZE, PATH_SIZE);
  write(`--launched-as=${name}`, 2 * PATH_SIZE, WORD_SIZE);
  return octets;
}

function script() {
  return '#!/usr/bin/env node\nimport("../host-node/main.js").then(({ main }) => main(process.argv));\n';
}

/** By another name first. One that runs goes on with its file, and is found by it unless the content has changed. */
function install(name, content) {
  const path = join(folder, name);
  if (existsSync(path) && readFileSync(path).equals(Buffer.from(content))) return;
  writeFileSync(`${path}.new`, content, { mode: 0o755 });
  renameSync(`${path}.new`, path);
}

/** Tried, not guessed. Other package managers than npm write a script around each name, which runs it by Node. */
function canLaunch() {
  if (!/^npm\//.test(process.env.npm_config_user_agent ?? "npm/")) return false;
  if (process.platform !== "linux" || !existsSync(join(root, `launcher/launcher-${process.arch}`))) return false;
  try {
    install("loom", launcher("loom"));
    return spawnSync(join(folder, "loom"), ["--version"], { encoding: "utf8" }).stdout === `${version}\n`;
  } catch {
    return false;
  }
}

if (existsSync(join(root, "dist/host-node/main.js"))) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "type": "commonjs" }\n');
  const make = !process.argv.includes("--scripts") && canLaunch() ? launcher : script;
  for (const name of Object.keys(bin)) install(name, make(name));
}
