// How long a tool takes from its start to its end, where it has nothing to do, by the time of `node -e 0` in the same round.

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { type Case, figure, type Sample, SWITCHES } from "../case.js";
import { median } from "../results.js";
import { type SubjectName, temporaryFolder } from "../subjects.js";
import { lacksTools, tool } from "../tools.js";
import { lacksTaps, TAPS } from "./tap.js";

const STARTS = 7;

/** Each tool with a line that ends at once; standard input is at its end. */
function lines(subject: SubjectName, dir: string): Record<string, readonly string[]> {
  const at = (name: string, ...words: readonly string[]) => [tool(subject, name), ...words];
  return {
    vde_plug: at("vde_plug", dir),
    dpipe: at("dpipe", "true", "=", "true"),
    vde_plug2tap: at("vde_plug2tap", "-s", "-", TAPS[0]!),
    vdeterm: at("vdeterm", `${dir}.mgmt`),
    unixterm: at("unixterm", `${dir}.mgmt`),
    unixcmd: at("unixcmd", "-s", `${dir}.mgmt`, "-f", "/etc/vde2/vdecmd", "showinfo"),
    vde_switch: at("vde_switch", "-s", join(temporaryFolder(), "sw"), "-f", "/dev/null"),
  };
}

function timeOf([program, ...words]: readonly string[]): number {
  const start = performance.now();
  const { error } = spawnSync(program!, words, { stdio: ["ignore", "ignore", "ignore"], timeout: 20_000 });
  if (error) throw error;
  return performance.now() - start;
}

export const startUp: Case = {
  name: "start-up",
  about: "Each subject's tools with nothing to do, from start to end, by the time of `node -e 0` in the same round.",
  subjects: SWITCHES,
  on: "etherloom",
  options: { console: true },
  figures: [
    figure("node", "ms"),
    ...["vde_plug", "dpipe", "vde_plug2tap", "vdeterm", "unixterm", "unixcmd"].map((name) =>
      figure(name, "by node", { atMost: 2 }),
    ),
    figure("vde_switch", "by node"),
  ],
  lacks: () => lacksTaps() ?? lacksTools("vde_plug", "dpipe", "vde_plug2tap", "vdeterm", "unixterm", "unixcmd"),
  run: async ({ dir }, _ms, subject) => {
    const all = { node: [process.execPath, "-e", "0"], ...lines(subject, dir) };
    const times = new Map<string, number[]>(Object.keys(all).map((name) => [name, []]));
    for (let i = 0; i < STARTS; i++)
      for (const [name, line] of Object.entries(all)) times.get(name)!.push(timeOf(line));
    const node = median(times.get("node")!)!;
    const sample = [...times].map(([name, each]) => [name, name === "node" ? node : median(each)! / node]);
    return Object.fromEntries(sample) as Sample;
  },
};
