// The tools under test by VDE's names: ours, and Debian's to compare with, each with each kind of switch.

import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Lab } from "./lab.js";
import type { Program } from "./program.js";
import { real, underTest } from "./switch.js";

const loom = fileURLToPath(new URL("../../../bin/loom.js", import.meta.url));

/** Where a tool is, as the word that starts it. */
export type Toolbox = (lab: Lab, name: string) => string;

/** Under the name that VDE users know. */
export const ours: Toolbox = (lab, name) => {
  mkdirSync(lab.path("bin"), { recursive: true });
  const path = lab.path(`bin/${name}`);
  if (!existsSync(path)) symlinkSync(loom, path);
  return path;
};

export const debians: Toolbox = (_lab, name) => name;

/** Every pair of tools and switches, as a sentence has it. Debian's own with Debian's own show that the tests are right. */
export const PAIRS: readonly { title: string; box: Toolbox; command: readonly string[]; isDebians: boolean }[] = [
  { title: "our tools, our switch", box: ours, command: underTest, isDebians: false },
  { title: "our tools, Debian's switch", box: ours, command: real, isDebians: true },
  { title: "Debian's tools, our switch", box: debians, command: underTest, isDebians: false },
  { title: "Debian's tools, Debian's switch", box: debians, command: real, isDebians: true },
];

/** Starts one of our tools. Its home is the lab. */
export function startTool(lab: Lab, name: string, ...words: readonly string[]): Program {
  return lab.start("env", `HOME=${lab.folder}`, ours(lab, name), ...words);
}
