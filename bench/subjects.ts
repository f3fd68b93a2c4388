// What is measured: our switch, the C switch that we replace, and the floor under both. Each is started alike: a folder
// to listen in, standard input held open, and nothing else that this machine may have configured.

import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findProgram } from "../host-node/programs.js";
import { atExit } from "./cleanup.js";

/** What a case needs of a switch beyond its defaults. */
export interface SwitchOptions {
  readonly ports?: number;
  readonly taps?: readonly string[];
  /** Whether it has a console, at its folder's name and ".mgmt". */
  readonly console?: boolean;
  /** What ours plugs into a port of its own. */
  readonly link?: string;
}

export type SubjectName = "etherloom" | "vde_switch" | "floor";

/** One of the programs that are compared. */
export interface Subject {
  readonly name: SubjectName;
  /** Why it cannot be measured here; undefined if it can. */
  readonly lacks: string | undefined;
  command(dir: string, options: SwitchOptions): readonly string[];
}

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** A program of this machine, those for root among them. */
export function hostProgram(name: string): string | undefined {
  return findProgram(name, ["/usr/sbin", "/sbin"]);
}

/** A folder that is gone when the bench ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "loom-bench-"));
  atExit(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function etherloom(): Subject {
  const program = join(ROOT, "bin/loom.js");
  const command = (dir: string, { ports, taps = [], console, link }: SwitchOptions) => [
    ...[process.execPath, program, "switch", "--sock", dir, "--nostdin"],
    ...(ports === undefined ? [] : ["--numports", String(ports)]),
    ...(console ? ["--mgmt", `${dir}.mgmt`] : []),
    ...(link === undefined ? [] : ["--link", link]),
    ...taps.flatMap((tap) => ["--tap", tap]),
  ];
  return { name: "etherloom", lacks: existsSync(program) ? undefined : "bin/loom.js is not built", command };
}

function vdeSwitch(): Subject {
  const program = hostProgram("vde_switch");
  const command = (dir: string, { ports, taps = [], console }: SwitchOptions) => [
    ...[program ?? "", "-s", dir, "-f", "/dev/null"],
    ...(ports === undefined ? [] : ["-n", String(ports)]),
    ...(console ? ["-M", `${dir}.mgmt`] : []),
    ...taps.flatMap((tap) => ["-t", tap]),
  ];
  return { name: "vde_switch", lacks: program === undefined ? "vde_switch is not installed" : undefined, command };
}

function floor(): Subject {
  const binary = hostProgram("cc") && join(temporaryFolder(), "floor");
  if (binary !== undefined) execFileSync("cc", ["-O2", "-o", binary, join(ROOT, "bench/floor.c")], { timeout: 60_000 });
  const lacks = binary === undefined ? "no C compiler (cc)" : undefined;
  return { name: "floor", lacks, command: (dir) => [binary ?? "", dir] };
}

let all: Subject[] | undefined;

export function subjects(): Subject[] {
  all ??= [etherloom(), vdeSwitch(), floor()];
  return all;
}

export function subjectNamed(name: SubjectName): Subject {
  return subjects().find((subject) => subject.name === name)!;
}
