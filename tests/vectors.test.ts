// Runs vectors/*.md: each chapter is a switch, frames that come in, and all the frames that leave.

import { readdirSync, readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { lab, type Setup } from "./lab.js";

const test = suite("vectors");

interface Vector {
  readonly name: string;
  readonly lines: readonly string[];
}

function vectors(text: string): Vector[] {
  return [...text.matchAll(/^## (.+)$([\s\S]*?)^```\n([\s\S]*?)^```$/gm)].map(([, name = "", why = "", lines = ""]) => {
    assert.not.match(why, /^## /m, `no code below the heading before ${name}`);
    return { name, lines: lines.split("\n").filter((line) => line !== "") };
  });
}

/** "port 2: vlan none, tagged 7 8" or "port 1: trunk, vlan 7". */
function setup(line: string): Setup | undefined {
  const [, port, settings = ""] = /^port (\d+):(.*)$/.exec(line) ?? [];
  if (port === undefined) return undefined;
  const vlan = /vlan (\w+)/.exec(settings)?.[1] ?? "0";
  const tagged = /tagged ([\d ]+)/.exec(settings)?.[1]?.split(" ") ?? [];
  return {
    port: Number(port),
    vlan: vlan === "none" ? 4095 : Number(vlan),
    tagged: tagged.map(Number),
    trunk: settings.includes("trunk"),
  };
}

/** What a vector says, done to a switch: its lines again, with what really left in place of what should. */
function perform(lines: readonly string[]): string[] {
  const bench = lab(lines.flatMap((line) => setup(line) ?? []));
  return lines.flatMap((line) => {
    if (line.startsWith("out")) return [];
    const [, port, hex = ""] = /^in {2}(\d+): ([0-9a-f ]+)$/.exec(line) ?? [];
    const [, ms] = /^pass (\d+) ms$/.exec(line) ?? [];
    assert.ok(port !== undefined || ms !== undefined || setup(line) !== undefined, `no vector: ${line}`);
    if (ms !== undefined) bench.pass(Number(ms));
    if (port === undefined) return [line];
    bench.stations
      .find((station) => station.port === Number(port))!
      .link.send(Buffer.from(hex.replaceAll(" ", ""), "hex"));
    bench.clock.pass(0);
    return [line, ...bench.stations.flatMap((station) => heard(station))];
  });
}

function heard(station: ReturnType<typeof lab>["stations"][number]): string[] {
  const lines = station.heard.map((octets) => `out ${station.port}: ${Buffer.from(octets).toString("hex")}`);
  station.heard = [];
  return lines;
}

function compact(line: string): string {
  return line.replace(/(?<=^out \d+: ).*/, (hex) => hex.replaceAll(" ", ""));
}

const folder = new URL("../../tests/vectors/", import.meta.url);
for (const file of readdirSync(folder)) {
  const text = readFileSync(new URL(file, folder), "utf8");
  const found = vectors(text);

  test(`${file} has a switch in every chapter`, () => {
    assert.is(found.length, text.match(/^## /gm)?.length);
  });

  for (const { name, lines } of found) test(`${file}: ${name}`, () => assert.equal(perform(lines), lines.map(compact)));
}

test.run();
